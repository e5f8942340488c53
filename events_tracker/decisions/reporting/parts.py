"""Which entries a span of time saw, and in which part of its report each of them is."""

from msgspec.structs import replace

from events_tracker.base.times import Instant, Span
from events_tracker.model.alerts import Alert
from events_tracker.model.reports import Entry, Part


def part(entry: Entry, span: Span) -> Part:
    """Tell the one part that an entry is in, which was open at some moment of the span."""
    is_open = entry.cleared_at is None or entry.cleared_at > span.end
    if entry.opened_at < span.start:
        return Part.OPEN_BEFORE if is_open else Part.OPENED_BEFORE_AND_OVER
    return Part.OPENED_AND_OPEN if is_open else Part.OPENED_AND_OVER


def as_it_was(alert: Alert, at: Instant) -> Alert:
    """Return an entry without what became of it after that moment."""
    if alert.cleared_at is not None and alert.cleared_at > at:
        alert = replace(alert, cleared_at=None, clear_reason=None)
    if alert.archived_at is not None and alert.archived_at > at:
        alert = replace(alert, archived_at=None)
    return alert


def span_before(span: Span) -> Span:
    """Return the span of equal length that ends where this one begins."""
    return Span(span.start - span.length, span.start - 1)
