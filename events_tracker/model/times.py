"""Instants and durations: whole milliseconds, UTC, and their texts.

Everything inside counts in ``int`` milliseconds (since 1970-01-01T00:00Z for an instant), so that
no zone, driver or rounding can change what a moment means. Text appears only at the edges.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo

Instant = int
"""A moment, in milliseconds since 1970-01-01T00:00:00Z."""
Duration = int
"""A length of time in milliseconds."""

SECOND: Duration = 1_000
MINUTE: Duration = 60 * SECOND
HOUR: Duration = 60 * MINUTE
DAY: Duration = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_DURATION = re.compile(r"([0-9]{1,9})([smhd])")
LATEST: Instant = 253_402_300_799_999
"""The last millisecond of the year 9999: later than anything that is stored."""


def instant(moment: datetime) -> Instant:
    """The instant of an aware datetime, cut (not rounded) to its millisecond."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def utc(at: Instant) -> datetime:
    """The aware UTC datetime of an instant."""
    return _EPOCH + timedelta(milliseconds=at)


def iso(at: Instant) -> str:
    """ISO 8601 in UTC with milliseconds, as Segware, JSON and CSV have it."""
    return utc(at).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03d}Z"


def local(at: Instant, zone: tzinfo) -> str:
    """Date, time and offset in a zone, for people: ``2026-11-21 09:00:00-03:00``."""
    return utc(at).astimezone(zone).isoformat(sep=" ", timespec="seconds")


def parse_duration(text: str) -> Duration:
    """``2h``, ``45m``, ``7d``, ``10s``: a whole number and its unit.

    Raises ValueError with a sentence that says what would be right.
    """
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is not a duration: write a whole number and s, m, h or d (2h)")
    return int(found[1]) * _UNITS[found[2]]


def format_duration(length: Duration) -> str:
    """The shortest text that ``parse_duration`` reads back: ``2h``, ``90m``, ``0m``."""
    for unit in ("d", "h", "m", "s"):
        if length and length % _UNITS[unit] == 0:
            return f"{length // _UNITS[unit]}{unit}"
    return "0m"


def parse_moment(text: str, now: Instant, zone: tzinfo) -> Instant:
    """ISO 8601 (without an offset: in ``zone``), or an age before ``now`` (``7d``).

    What is earlier than 1970 is taken for its beginning. Raises ValueError with a sentence that
    says what would be right.
    """
    if _DURATION.fullmatch(text.strip()):
        return max(now - parse_duration(text), 0)
    try:
        moment = datetime.fromisoformat(text.strip())
        at = instant(moment if moment.tzinfo else moment.replace(tzinfo=zone))
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is not a time: write 2026-11-21T09:00 or an age such as 7d"
        ) from None
    return max(at, 0)
