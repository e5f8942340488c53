"""HOLD: a hold as programs read it."""

from typing import Any

from events_tracker.base.times import Instant, iso
from events_tracker.model.holds import Listed

HOLD_FIELDS = (
    *("id", "account_code", "trade_name", "cuc", "code", "alarm", "from", "until"),
    *("ended_at", "ended_by", "by", "reason", "held", "status"),
)
HOLD_TIMES = ("from", "until", "ended_at")


def hold_object(listed: Listed, now: Instant) -> dict[str, Any]:
    """Write a hold as the contract's HOLD; what is over says when and by whom it ended."""
    hold = listed.hold
    over_at = hold.over_at(now)
    found = {
        "id": hold.id,
        "account_code": hold.account_code,
        "trade_name": hold.trade_name,
        "cuc": hold.cuc,
        "code": hold.code,
        "alarm": hold.alarm,
        "from": iso(hold.starts_at),
        "until": iso(hold.ends_at),
        "ended_at": None if over_at is None else iso(over_at),
        "ended_by": hold.over_by(now),
        "by": hold.made_by,
        "reason": hold.reason,
        "held": listed.held,
        "status": "active" if over_at is None else "ended",
    }
    return {field: found[field] for field in HOLD_FIELDS}
