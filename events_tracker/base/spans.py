"""Stretches of time, put together and taken apart."""

from collections.abc import Iterable

from events_tracker.base.times import Span


def merged(spans: Iterable[Span]) -> list[Span]:
    """Join the stretches that touch or overlap, oldest first."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        if found and span.start <= found[-1].end + 1:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def without(span: Span, parts: Iterable[Span]) -> list[Span]:
    """List what is left of a span without some parts, which may reach beyond it; oldest first."""
    found, start = [], span.start
    for part in merged(parts):
        if start < part.start:
            found.append(Span(start, min(part.start - 1, span.end)))
        start = max(start, part.end + 1)
        if start > span.end:
            break
    if start <= span.end:
        found.append(Span(start, span.end))
    return found
