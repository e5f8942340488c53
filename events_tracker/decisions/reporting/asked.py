"""Which span of time is meant by what somebody wrote, for whoever asks for a report."""

from datetime import tzinfo

from events_tracker.base.limits import LONGEST_REPORT, SHIFT
from events_tracker.base.times import DAY, MINUTE, Instant, Span, is_age, is_month, parse_span


class NoSpan(ValueError):
    """There is no such span to report on; its words say why.

    ``field``: what would be put right, ``since``, ``until`` or ``month``; ``key``: what is wrong.
    """

    def __init__(self, field: str, key: str, text: str) -> None:
        super().__init__(text)
        self.field = field
        self.key = key


def asked_span(
    since: str | None, until: str | None, month: str | None, now: Instant, zone: tzinfo
) -> Span:
    """Read it: a shift, if nothing is said; it ends now at the latest. Raises NoSpan.

    A day is meant to its end, but shifts change on the minute: ``06:00`` is six o'clock sharp. An
    age (``12h``) is that of the beginning when the span ends.
    """
    if month is not None:
        span = _month(since, until, month, now, zone)
        first, last = span.start, min(span.end, now)
    else:
        last = now
        if until is not None:
            named = _named("until", until, now, zone)
            last = min(named.start if named.length <= MINUTE else named.end, now)
        first = last - SHIFT
        if since is not None:
            first = _named("since", since, last if is_age(since) else now, zone).start
    field = "since" if month is None else "month"
    if first > now:
        raise NoSpan(field, "future", "that is in the future: there is nothing to report yet")
    if first >= last:
        raise NoSpan("until", "between", "--until is not after --since: nothing can lie between")
    if last - first > LONGEST_REPORT:
        days = LONGEST_REPORT // DAY
        raise NoSpan(field, "long", f"a report covers {days} days at most")
    return Span(first, last)


def _month(since: str | None, until: str | None, month: str, now: Instant, zone: tzinfo) -> Span:
    if since is not None or until is not None:
        raise NoSpan("month", "both", "--month goes without --since and --until")
    if not is_month(month):
        raise NoSpan("month", "month", f"{month!r} is not a month: write 2026-11")
    return _named("month", month, now, zone)


def _named(field: str, text: str, now: Instant, zone: tzinfo) -> Span:
    try:
        return parse_span(text, now, zone)
    except ValueError as error:
        raise NoSpan(field, "time", str(error)) from None
