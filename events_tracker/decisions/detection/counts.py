"""Tallies of windows, added up from the stretches that windows share."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from events_tracker.base.times import Instant
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.model.readings import Pair, Segment, Tally

Key = TypeVar("Key")


def tally_of(segments: Iterable[Segment], never: NeverCounted) -> Tally:
    """Add up the countable events of some segments."""
    tally = Tally()
    for segment in segments:
        tally = together(tally, never.without(segment.tally))
    return tally


def by_start(segments: Iterable[Segment], never: NeverCounted) -> dict[Instant, Tally]:
    """Tally the window that begins with each segment; all end with the newest one, the first."""
    windows = {}
    tally = Tally()
    for segment in segments:
        tally = together(tally, never.without(segment.tally))
        windows[segment.start] = tally
    return windows


def together(one: Tally, other: Tally) -> Tally:
    """Add two tallies up; both stay as they are."""
    return Tally(_together(one.events, other.events), _together(one.occurrences, other.occurrences))


def _together(
    one: Mapping[Pair, Mapping[Key, int]], other: Mapping[Pair, Mapping[Key, int]]
) -> Mapping[Pair, Mapping[Key, int]]:
    """Add counters up by CUC and code; what only one of them has is shared, not copied."""
    if not one or not other:
        return one or other
    sums = dict(one)
    for pair, counter in other.items():
        sums[pair] = _sum(sums[pair], counter) if pair in sums else counter
    return sums


def _sum(one: Mapping[Key, int], other: Mapping[Key, int]) -> Mapping[Key, int]:
    more, fewer = (one, other) if len(one) >= len(other) else (other, one)
    total = dict(more)
    for key, number in fewer.items():
        total[key] = total.get(key, 0) + number
    return total
