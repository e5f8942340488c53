"""Instants and durations: whole milliseconds, UTC, and their texts.

Everything inside counts in ``int`` milliseconds (since 1970-01-01T00:00Z for an instant), so that
no zone, driver or rounding can change what a moment means. Text appears only at the edges.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

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
_AGE = re.compile(r"([0-9]{1,9})([smhdw])( ago)?")
_AGE_UNITS = {**_UNITS, "w": 7 * DAY}
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_DATE = re.compile(r"[0-9]{4}(-?)[0-9]{2}\1[0-9]{2}")
_DAY_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})(?:/([0-9]{4}))?(?:[ T]+(.+))?")
_DAYS_AGO = {"today": 0, "hoje": 0, "yesterday": 1, "ontem": 1}
_TIME_OF_DAY = re.compile(r"[0-9]{1,2}:[0-9]{2}")
_OFFSET = re.compile(r"(Z|[+-][0-9:.]+)$", re.IGNORECASE)
_ONE_DAY = timedelta(days=1)
_ONE_MILLISECOND = timedelta(milliseconds=1)
LATEST: Instant = 253_402_300_799_999
"""The last millisecond of the year 9999: later than anything that is stored."""


def instant(moment: datetime) -> Instant:
    """Convert an aware datetime, cut (not rounded) to its millisecond."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def utc(at: Instant) -> datetime:
    """Convert an instant to an aware datetime in UTC."""
    return _EPOCH + timedelta(milliseconds=at)


def iso(at: Instant) -> str:
    """Write an instant in ISO 8601, in UTC with milliseconds, as Segware, JSON and CSV have it."""
    return utc(at).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03d}Z"


def local(at: Instant, zone: tzinfo) -> str:
    """Write an instant for people, in a zone and with its offset: ``2026-11-21 09:00:00-03:00``."""
    return utc(at).astimezone(zone).isoformat(sep=" ", timespec="seconds")


def short(at: Instant, now: Instant, zone: tzinfo) -> str:
    """Write an instant in a zone: ``02:10``, or ``26/11 02:10`` if that is not today."""
    there, today = utc(at).astimezone(zone), utc(now).astimezone(zone)
    return f"{there:%H:%M}" if there.date() == today.date() else f"{there:%d/%m %H:%M}"


def rough(length: Duration) -> str:
    """Write about how long something took, in the largest unit that fits twice: ``3 h``."""
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if length >= 2 * unit:
            return f"{length // unit} {name}"
    return f"{max(0, length) // SECOND} s"


def parse_duration(text: str) -> Duration:
    """Read a whole number and its unit: ``2h``, ``45m``, ``7d``, ``10s``; or ``0`` without one.

    Raises ValueError with a sentence that says what would be right.
    """
    if text.strip() == "0":
        return 0
    match = _DURATION.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a duration: write a whole number and s, m, h or d (2h)")
    return int(match[1]) * _UNITS[match[2]]


def format_duration(length: Duration) -> str:
    """Write the shortest text that ``parse_duration`` reads back: ``2h``, ``90m``, ``0m``."""
    for unit in ("d", "h", "m", "s"):
        if length and length % _UNITS[unit] == 0:
            return f"{length // _UNITS[unit]}{unit}"
    return "0m"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time; its first and its last millisecond both belong to it."""

    start: Instant
    end: Instant

    @property
    def length(self) -> Duration:
        """Milliseconds that it covers: one, when start and end are the same."""
        return self.end - self.start + 1

    def covers(self, other: "Span") -> bool:
        """Tell whether all of another stretch lies in this one."""
        return self.start <= other.start and other.end <= self.end


def parse_span(text: str, now: Instant, zone: tzinfo) -> Span:
    """Read all the time that a text names: ``2026-11-21`` is a whole day, ``22:00`` a minute.

    Understands ISO 8601 (without an offset: in ``zone``), a date as Brazil writes it
    (``21/11/2026 09:00``; without its year: the last one), a month (``2026-11``), a time of day
    (the last one), ``today``, ``yesterday``, ``hoje``, ``ontem``, and an age before ``now``
    (``7d``, ``1w ago``). What is earlier than 1970 is taken for its beginning. Raises ValueError
    with a sentence that says what would be right.
    """
    return _parsed(text, now, zone, is_coming=False)


def _parsed(text: str, now: Instant, zone: tzinfo, *, is_coming: bool) -> Span:
    said = text.strip()
    today = utc(now).astimezone(zone).date()
    try:
        if found := _AGE.fullmatch(said):
            at = max(now - int(found[1]) * _AGE_UNITS[found[2]], 0)
            return Span(at, at)
        if said in _DAYS_AGO:
            return _span(str(today - _DAYS_AGO[said] * _ONE_DAY), zone)
        if _TIME_OF_DAY.fullmatch(said):
            past = _span(f"{today} {said:0>5}", zone)
            return past if past.start <= now else _span(f"{today - _ONE_DAY} {said:0>5}", zone)
        return _span(_year_first(said, today, is_coming=is_coming), zone)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is not a time: write 2026-11-21T09:00, 2026-11-21, 2026-11, 22:00, "
            "yesterday, or an age such as 7d"
        ) from None


def parse_coming(text: str, now: Instant, zone: tzinfo) -> Instant:
    """Read a moment to come: a day or a month ends with itself.

    A time of day and a date without its year are the next ones.

    Otherwise as :func:`parse_span`; raises ValueError as that does. What is past stays past.
    """
    found = _parsed(text, now, zone, is_coming=True)
    if _TIME_OF_DAY.fullmatch(text.strip()):
        at = utc(found.start).astimezone(zone)
        return found.start if found.start > now else instant(at + _ONE_DAY)
    return found.end + 1 if found.length > DAY // 2 else found.start


def _year_first(text: str, today: date, *, is_coming: bool) -> str:
    """Write ``21/11/2026 09:00`` as ISO 8601; what is written otherwise stays as it is."""
    match = _DAY_FIRST.fullmatch(text)
    if match is None:
        return text
    day, month, year, time = match.groups()
    there = date(int(year or today.year), int(month), int(day))
    if year is None and is_coming and there < today:
        there = there.replace(year=today.year + 1)
    elif year is None and not is_coming and there > today:
        there = there.replace(year=today.year - 1)
    return f"{there} {time:0>5}" if time else str(there)


def is_month(text: str) -> bool:
    """Tell whether a text is written like a month: ``2026-11``."""
    return bool(_MONTH.fullmatch(text.strip()))


def is_age(text: str) -> bool:
    """Tell whether a text is written like an age: ``12h``."""
    return bool(_AGE.fullmatch(text.strip()))


def _span(text: str, zone: tzinfo) -> Span:
    """Read the span of an ISO 8601 text: of both times, where clocks were set back between them.

    Its length is that of the smallest part that is written.
    """
    if _MONTH.fullmatch(text):
        moment = datetime.fromisoformat(f"{text}-01")
        length = timedelta(days=monthrange(moment.year, moment.month)[1])
    elif found := _DATE.match(text):
        moment = datetime.fromisoformat(text)
        length = _length(_OFFSET.sub("", text[found.end() :]))
    else:
        raise ValueError
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    end = moment + (length - _ONE_MILLISECOND)
    last = max(instant(end), instant(end.replace(fold=1)))
    return Span(max(instant(moment), 0), max(last, 0))


def _length(time: str) -> timedelta:
    """Tell the length of a time of day by its digits: ``09:00`` a minute, none at all a day."""
    digits = sum(map(str.isdigit, time))
    lengths = (_ONE_DAY, timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1))
    return lengths[digits // 2] if digits <= 6 else _ONE_MILLISECOND
