"""What was open before a scan, as it saw that."""

from collections.abc import Sequence

from msgspec import Struct

from events_tracker.base.times import Instant
from events_tracker.model.alerts import Trigger
from events_tracker.passes.scan.plan import Planned, Scan


class OpenBefore(Struct, frozen=True):
    """An alert that was open before a scan, as this one saw it, or the last one that could.

    ``heard_at``: when this one last heard its account, if it did.
    """

    register_id: str
    holds: bool
    quantity: int
    highest: int
    heard_at: Instant | None


def open_before(scan: Scan, planned: Planned, triggers: Sequence[Trigger]) -> Sequence[OpenBefore]:
    """List what was open before of the alarms that this scan evaluates, as far as it saw it."""
    alarms = {alarm.id for alarm in scan.seen.alarms}
    seen = {observed.trigger.register_id: observed for observed in planned.observations}
    before = []
    for trigger in triggers:
        if trigger.muted or trigger.alarm_id not in alarms:
            continue
        now = seen.get(trigger.register_id)
        if now is None:
            holds, heard_at = trigger.below_since is None, None
            numbers = trigger.quantity, trigger.highest
        else:
            holds, heard_at = now.holds, planned.heard.get(trigger.group.account_id)
            numbers = now.quantity, now.highest
        before.append(OpenBefore(trigger.register_id, holds, *numbers, heard_at))
    return before
