"""Which remembered slices a scan may use, what it must ask for, and what it may remember.

Events carry no time, so a remembered slice counts only if it lies wholly inside one segment of the
windows. What is younger than the settling time is read on every scan, every remembered slice again
within an hour, so that late events count.
"""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from events_tracker.base import limits
from events_tracker.base.times import HOUR, MINUTE, Duration, Instant, Span
from events_tracker.model.readings import Answer, CachedSlice, Pair


@dataclass(frozen=True, slots=True)
class CachePlan:
    """What a scan takes from memory, and the stretches that it asks for."""

    taken: Sequence[Span]
    asked: Sequence[Span]


def use(
    segments: Iterable[Span], kept: Iterable[CachedSlice], now: Instant, settled: Instant
) -> CachePlan:
    """Cover the segments: from memory where it may be used, by asking elsewhere.

    ``settled``: the last moment that is old enough to be remembered.
    """
    newest_first = sorted(kept, key=lambda remembered: -remembered.read_at)
    taken: list[Span] = []
    asked: list[Span] = []
    for segment in segments:
        inside = _disjoint(r for r in newest_first if _within(r.span, segment))
        for run in _runs(inside, now):
            slices = [remembered.span for remembered in run]
            if all(remembered.again_at > now for remembered in run):
                taken += slices
            else:
                asked.append(Span(slices[0].start, slices[-1].end))
        for gap in _gaps(segment, [remembered.span for remembered in inside]):
            asked += _cut(gap, settled)
    return CachePlan(taken, asked)


def _runs(kept: Iterable[CachedSlice], now: Instant) -> Iterable[list[CachedSlice]]:
    """What is read again together: an unbroken hour of what is long past, all else by itself.

    The slices of a long window were remembered minute by minute. Asked for again one by one, they
    would need the more requests the longer it is.
    """
    run: list[CachedSlice] = []
    for remembered in kept:
        if run and not _asked_together(run[-1].span, remembered.span, now - limits.LONG_PAST):
            yield run
            run = []
        run.append(remembered)
    if run:
        yield run


def _asked_together(one: Span, other: Span, long_past: Instant) -> bool:
    return (
        one.end + 1 == other.start
        and one.start // HOUR == other.end // HOUR
        and other.end < long_past
    )


def _disjoint(candidates: Iterable[CachedSlice]) -> list[CachedSlice]:
    """Slices that do not overlap, the one that was read last where two do; in order of time."""
    chosen: list[CachedSlice] = []
    for candidate in candidates:
        place = bisect(chosen, candidate.span.start, key=_start)
        beside = chosen[max(place - 1, 0) : place + 1]
        if not any(_overlap(candidate.span, other.span) for other in beside):
            chosen.insert(place, candidate)
    return chosen


def _start(remembered: CachedSlice) -> Instant:
    return remembered.span.start


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _overlap(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _gaps(segment: Span, covered: Iterable[Span]) -> list[Span]:
    """What is left of a segment between slices in order of time."""
    gaps: list[Span] = []
    start = segment.start
    for span in covered:
        if span.start > start:
            gaps.append(Span(start, span.start - 1))
        start = span.end + 1
    if start <= segment.end:
        gaps.append(Span(start, segment.end))
    return gaps


def _cut(gap: Span, settled: Instant) -> list[Span]:
    """A gap in the parts that matter: what cannot be remembered apart from what can."""
    first = gap.start + -gap.start % MINUTE
    last = (min(gap.end, settled) + 1) // MINUTE * MINUTE - 1
    if last < first:
        return [gap]
    parts = [Span(gap.start, first - 1)] if gap.start < first else []
    parts += _growing(first, last)
    if last < gap.end:
        parts.append(Span(last + 1, gap.end))
    return parts


def _growing(first: Instant, last: Instant) -> list[Span]:
    """Whole minutes in slices: each minute of a short stretch, else the longer the later.

    What lies across a window's edge cannot be used, and the edge moves on: the oldest slices are
    reached first, so they are the shortest.
    """
    if last - first < limits.MINUTE_BY_MINUTE:
        return [Span(at, at + MINUTE - 1) for at in range(first, last, MINUTE)]
    parts = [Span(first, first + MINUTE - 1)]
    length = 2 * MINUTE
    while parts[-1].end < last:
        start = parts[-1].end + 1
        parts.append(Span(start, min(start + length - 1, last)))
        length *= 3
    return parts


def is_whole_minutes(span: Span) -> bool:
    """Whether a slice begins and ends with a UTC minute."""
    return span.start % MINUTE == 0 and (span.end + 1) % MINUTE == 0


def minute_of(span: Span) -> Span | None:
    """The one minute that a slice is a part of; None if it reaches over several."""
    start = span.start // MINUTE * MINUTE
    return Span(start, start + MINUTE - 1) if span.end < start + MINUTE else None


def together(parts: Iterable[Answer]) -> Answer:
    """Make one answer out of those to the parts of a minute that was too full for one."""
    accounts: defaultdict[Pair, list[int]] = defaultdict(list)
    occurrences: defaultdict[Pair, list[tuple[int, str]]] = defaultdict(list)
    malformed = 0
    for answer in parts:
        for pair, ids in answer.accounts.items():
            accounts[pair] += ids
        for pair, found in answer.occurrences.items():
            occurrences[pair] += found
        malformed += answer.malformed
    return Answer(accounts, malformed, occurrences=occurrences)


def again_at(position: int, of: int, now: Instant) -> Instant:
    """When the slice at this position, of those remembered together, is read again.

    Within an hour; many that are remembered at once are spread over its second half, so that they
    do not all come due at once.
    """
    return now + limits.READ_AGAIN - limits.READ_AGAIN // 2 * position // max(1, of)


def settled_before(now: Instant, served_at: Instant | None, settle: Duration) -> Instant | None:
    """The last moment whose events have settled, by the earlier of our clock and the API's.

    None if the two are too far apart, or the API does not tell: then nothing is remembered.
    """
    if served_at is None or abs(served_at - now) > limits.CLOCK_TOLERANCE:
        return None
    return min(now, served_at) - settle - 1
