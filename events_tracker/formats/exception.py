"""EXCEPTION: an alarm's exception as programs read it."""

from typing import TYPE_CHECKING, Any

from events_tracker.base.times import Instant, iso

if TYPE_CHECKING:
    from events_tracker.reports.exceptions import Listed

EXCEPTION_FIELDS = (
    "account_code",
    "trade_name",
    "company",
    "value",
    "until",
    "reason",
    "by",
    "at",
)
ENDED_FIELDS = (*EXCEPTION_FIELDS, "ended_at", "ended_by")
"""The fields where those that have ended are listed as well."""
EXCEPTION_TIMES = ("until", "at", "ended_at")


def exception_object(listed: "Listed", *, ended: bool = False) -> dict[str, Any]:
    """Write an exception; ``until`` is its last moment, as `--until` reads it back."""
    one = listed.exception
    found = {
        "account_code": one.account_code,
        "trade_name": listed.trade_name,
        "company": listed.company,
        "value": one.value,
        "until": None if one.ends_at is None else iso(one.ends_at - 1),
        "reason": one.reason,
        "by": one.made_by,
        "at": iso(one.made_at),
        "ended_at": _time(one.ended_at),
        "ended_by": one.ended_by,
    }
    return {field: found[field] for field in (ENDED_FIELDS if ended else EXCEPTION_FIELDS)}


def _time(at: Instant | None) -> str | None:
    return None if at is None else iso(at)
