"""The life of a trigger, beside the SQL that keeps it: what each statement does to one row.

The statements work on all rows at once (sql/triggers.sql); here is the same for one, to be replayed
without a database. A property test holds that both agree.
"""

from msgspec.structs import replace

from events_tracker.base.times import Duration, Instant
from events_tracker.model.alerts import Observation, Trigger


def observed(seen: Observation, seq: int, end: Instant, horizon: Instant) -> Trigger:
    """Return the trigger after scan number ``seq`` saw it in a window that ends at ``end``.

    A scan whose number is not higher than the last one's changes nothing. ``below_since`` is when
    the condition was first seen not to hold, None while it holds. ``observed_at`` does not go back,
    unless what it says lies beyond ``horizon``: then a wrong clock wrote it.
    """
    trigger = seen.trigger
    if seq <= trigger.observed_seq:
        return trigger
    below_since = None if seen.holds else min(trigger.below_since or end, end)
    is_newer = end < trigger.observed_at <= horizon
    return replace(
        trigger,
        quantity=seen.quantity,
        highest=seen.highest,
        below_since=below_since,
        observed_seq=seq,
        observed_at=trigger.observed_at if is_newer else end,
    )


def closed_by_hand(trigger: Trigger) -> Trigger | None:
    """Return the trigger after somebody closed its alert; None where its row goes.

    While the group still breaches, the row stays, muted, and keeps it silent.
    """
    return replace(trigger, muted=True) if trigger.below_since is None else None


def quiet_for(below_since: Instant | None, observed_at: Instant) -> Duration | None:
    """Measure how long scans saw the condition not to hold; None if the last one saw it hold.

    Both ends are ends of windows of applied scans, so that no clock is read.
    """
    return None if below_since is None else observed_at - below_since
