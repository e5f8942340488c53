"""How many events each account sent in a span, by the counts that are kept of it."""

from collections import Counter

from events_tracker.base.times import MINUTE, Instant, Span
from events_tracker.model.hours import Hour, KeptCounts


def by_account(kept: KeptCounts) -> Counter[int]:
    """Add up all events of each account, by its id, whatever their codes.

    Openings and closings that are only known by the hour count where all of it is in the span.
    """
    events: Counter[int] = Counter()
    for hour in kept.hours:
        if kept.span.covers(hour.span):
            # A month has millions of lines: they are not looked at one by one.
            for account_id, number in zip(hour.accounts, hour.numbers, strict=True):
                events[account_id] += number
            events.update(hour.openings)
        else:
            _add_part(events, hour, kept.span)
    return events


def _add_part(events: Counter[int], hour: Hour, span: Span) -> None:
    for line in KeptCounts(span, [hour]).lines():
        events[line.account_id] += line.number


def known_until(kept: KeptCounts) -> Instant | None:
    """Return the last moment of the span of which anything is kept; None if nothing is."""
    stretches = kept.stretches
    return stretches[-1].end if stretches else None


def missing_minutes(kept: KeptCounts) -> int:
    """Count the whole minutes of which nothing is kept."""
    return sum(gap.length // MINUTE for gap in kept.missing)
