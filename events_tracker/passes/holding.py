"""Which news holds keep back, inside whatever transaction (or foresight of one) makes them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from events_tracker.base.times import Instant
from events_tracker.decisions.delivery.holding import keeper
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Alert
from events_tracker.model.deliveries import Told

if TYPE_CHECKING:
    from events_tracker.storage import Rows


def kept_back(rows: "Rows", opened: Iterable[tuple[Alarm, Alert]], at: Instant) -> list[Alert]:
    """Write into alerts of these alarms which hold keeps their news back at a moment, if any."""
    openings = list(opened)
    holds = rows.holds.standing() if openings else []
    found = []
    for alarm, alert in openings:
        by = keeper(holds, alert, at) if alarm.notify else None
        found.append(alert if by is None else replace(alert, hold_id=by.id))
    return found


def keep_ends_back(
    rows: "Rows", pass_id: str, told: Iterable[Told], now: Instant
) -> dict[str, str]:
    """Find the holds, by register id, that keep it back that what this pass is closing is over.

    ``told``: who is to hear of that. Where a hold keeps the opening back, it keeps the end back as
    well, so that both are told at once.
    """
    held = {one.register_id: one.hold_id for one in told if one.hold_id is not None}
    others = {one.register_id for one in told} - held.keys()
    holds = [hold for hold in rows.holds.standing() if hold.is_active(now)] if others else []
    for alert in rows.triggers.closing_alerts(pass_id) if holds else ():
        by = keeper(holds, alert, now) if alert.register_id in others else None
        if by is not None:
            held[alert.register_id] = by.id
            rows.register.hold([alert.register_id], by.id)
    return held
