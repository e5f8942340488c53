"""Which remembered slices a scan may use, what it must ask for, and what it may remember.

Events carry no time, so a remembered slice counts only if it lies wholly inside one segment of the
windows. What is younger than the settling time is read on every scan, every remembered slice again
within an hour, so that late events count.
"""

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from events_tracker.limits import CLOCK_TOLERANCE
from events_tracker.model.readings import Answer, Remembered, Slice, Tally
from events_tracker.model.times import HOUR, MINUTE, Duration, Instant

READ_AGAIN: Duration = HOUR
_LONG_PAST: Duration = 6 * HOUR
"""What ended so long ago is read again by the hour."""
_MINUTE_BY_MINUTE: Duration = 6 * MINUTE
"""A settled stretch up to this length is asked for by the minute."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a scan takes from memory, and the stretches that it asks for."""

    taken: Sequence[Slice]
    asked: Sequence[Slice]


def use(
    segments: Iterable[Slice], kept: Iterable[Remembered], now: Instant, settled: Instant
) -> Use:
    """Cover the segments: from memory where it may be used, by asking elsewhere.

    ``settled``: the last moment that is old enough to be remembered.
    """
    newest_first = sorted(kept, key=lambda remembered: -remembered.read_at)
    taken: list[Slice] = []
    asked: list[Slice] = []
    for segment in segments:
        inside = _disjoint(r for r in newest_first if _within(r.slice_, segment))
        for run in _runs(inside, now):
            slices = [remembered.slice_ for remembered in run]
            if all(remembered.again_at > now for remembered in run):
                taken += slices
            else:
                asked.append(Slice(slices[0].start, slices[-1].end))
        for gap in _gaps(segment, [remembered.slice_ for remembered in inside]):
            asked += _cut(gap, settled)
    return Use(taken, asked)


def _runs(kept: Iterable[Remembered], now: Instant) -> Iterable[list[Remembered]]:
    """What is read again together: an unbroken hour of what is long past, all else by itself.

    The slices of a long window were remembered minute by minute. Asked for again one by one, they
    would need the more requests the longer it is.
    """
    run: list[Remembered] = []
    for remembered in kept:
        if run and not _asked_together(run[-1].slice_, remembered.slice_, now - _LONG_PAST):
            yield run
            run = []
        run.append(remembered)
    if run:
        yield run


def _asked_together(one: Slice, other: Slice, long_past: Instant) -> bool:
    return (
        one.end + 1 == other.start
        and one.start // HOUR == other.end // HOUR
        and other.end < long_past
    )


def _disjoint(candidates: Iterable[Remembered]) -> list[Remembered]:
    """Slices that do not overlap, the one that was read last where two do; in order of time."""
    chosen: list[Remembered] = []
    for candidate in candidates:
        place = bisect(chosen, candidate.slice_.start, key=_start)
        beside = chosen[max(place - 1, 0) : place + 1]
        if not any(_overlap(candidate.slice_, other.slice_) for other in beside):
            chosen.insert(place, candidate)
    return chosen


def _start(remembered: Remembered) -> Instant:
    return remembered.slice_.start


def _within(inner: Slice, outer: Slice) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _overlap(one: Slice, other: Slice) -> bool:
    return one.start <= other.end and other.start <= one.end


def _gaps(segment: Slice, covered: Iterable[Slice]) -> list[Slice]:
    """What is left of a segment between slices in order of time."""
    gaps: list[Slice] = []
    start = segment.start
    for slice_ in covered:
        if slice_.start > start:
            gaps.append(Slice(start, slice_.start - 1))
        start = slice_.end + 1
    if start <= segment.end:
        gaps.append(Slice(start, segment.end))
    return gaps


def _cut(gap: Slice, settled: Instant) -> list[Slice]:
    """A gap in the parts that matter: what cannot be remembered apart from what can."""
    first = gap.start + -gap.start % MINUTE
    last = (min(gap.end, settled) + 1) // MINUTE * MINUTE - 1
    if last < first:
        return [gap]
    parts = [Slice(gap.start, first - 1)] if gap.start < first else []
    parts += _growing(first, last)
    if last < gap.end:
        parts.append(Slice(last + 1, gap.end))
    return parts


def _growing(first: Instant, last: Instant) -> list[Slice]:
    """Whole minutes in slices: each minute of a short stretch, else the longer the later.

    What lies across a window's edge cannot be used, and the edge moves on: the oldest slices are
    reached first, so they are the shortest.
    """
    if last - first < _MINUTE_BY_MINUTE:
        return [Slice(at, at + MINUTE - 1) for at in range(first, last, MINUTE)]
    parts = [Slice(first, first + MINUTE - 1)]
    length = 2 * MINUTE
    while parts[-1].end < last:
        start = parts[-1].end + 1
        parts.append(Slice(start, min(start + length - 1, last)))
        length *= 3
    return parts


def is_whole_minutes(slice_: Slice) -> bool:
    """Whether a slice begins and ends with a UTC minute."""
    return slice_.start % MINUTE == 0 and (slice_.end + 1) % MINUTE == 0


def minute_of(slice_: Slice) -> Slice | None:
    """The one minute that a slice is a part of; None if it reaches over several."""
    start = slice_.start // MINUTE * MINUTE
    return Slice(start, start + MINUTE - 1) if slice_.end < start + MINUTE else None


def together(parts: Iterable[Answer]) -> Answer:
    """One answer out of those to the parts of a minute that was too full for one."""
    events: Tally = Tally()
    malformed = 0
    for answer in parts:
        events.update(answer.events)
        malformed += answer.malformed
    return Answer(events, malformed)


def again_at(position: int, of: int, now: Instant) -> Instant:
    """When the slice at this position, of those remembered together, is read again.

    Within an hour; many that are remembered at once are spread over its second half, so that they
    do not all come due at once.
    """
    return now + READ_AGAIN - READ_AGAIN // 2 * position // max(1, of)


def settled_before(now: Instant, served_at: Instant | None, settle: Duration) -> Instant | None:
    """The last moment whose events have settled, by the earlier of our clock and the API's.

    None if the two are too far apart, or the API does not tell: then nothing is remembered.
    """
    if served_at is None or abs(served_at - now) > CLOCK_TOLERANCE:
        return None
    return min(now, served_at) - settle - 1
