"""Which remembered slices a scan may use, what it must ask for, and what it may remember.

Events carry no time, so a kept slice counts only if it lies wholly inside one segment of the
windows. What is younger than the settling time is read on every scan; what is kept, again at ages
of 5, 10 and 30 minutes and from then on hourly, so that late events count.
"""

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.base.times import HOUR, MINUTE, Duration, Instant, Span
from events_tracker.model.readings import Answer, CachedSlice, Pair


class Reread(Struct, frozen=True):
    """A stretch that is read again: how many records it held, and its age when it was last read."""

    span: Span
    fetched: int
    age: Duration


class CachePlan(Struct, frozen=True):
    """The slices that a scan takes from the cache, and the stretches that it asks for.

    ``again``: those of the latter that were kept, and are due to be read again.
    """

    taken: Sequence[Span]
    asked: Sequence[Span]
    again: Sequence[Reread]


def use(
    segments: Iterable[Span], kept: Iterable[CachedSlice], now: Instant, settled: Instant
) -> CachePlan:
    """Cover the segments: from the cache where it may be used, by asking elsewhere.

    ``settled``: the last moment that is old enough to be kept. What was read before it was as old,
    by a host or under a setting that waits less for late events, is asked for like what is missing.
    """
    old_enough = [r for r in kept if r.read_at - r.span.end >= now - settled]
    newest_first = sorted(old_enough, key=lambda remembered: -remembered.read_at)
    taken: list[Span] = []
    asked: list[Span] = []
    again: list[Reread] = []
    for segment in segments:
        inside = disjoint(r for r in newest_first if segment.covers(r.span))
        for run in _runs(inside, now):
            slices = [remembered.span for remembered in run]
            if all(remembered.again_at > now for remembered in run):
                taken += slices
            else:
                again.append(_read_again(run))
                asked.append(again[-1].span)
        for gap in _gaps(segment, [remembered.span for remembered in inside]):
            asked += _cut(gap, settled)
    return CachePlan(taken, asked, again)


def _read_again(run: Sequence[CachedSlice]) -> Reread:
    return Reread(
        Span(run[0].span.start, run[-1].span.end),
        sum(kept.fetched for kept in run),
        min(kept.read_at - kept.span.end for kept in run),
    )


def late(
    again: Iterable[Reread], read: Mapping[Span, int], settle: Duration
) -> dict[Duration, int]:
    """Count the events that came after their slices were last read, by how late they surely were.

    ``read``: how many records each slice held that was read now. The lateness is one of the ages at
    which slices are read: the last one at which the events were not there yet.
    """
    steps = (settle, *limits.READ_AGAIN_AT, limits.READ_AGAIN)
    found: Counter[Duration] = Counter()
    for one in again:
        parts = {span: fetched for span, fetched in read.items() if one.span.covers(span)}
        if sum(span.length for span in parts) == one.span.length:
            passed = max((step for step in steps if settle <= step <= one.age), default=settle)
            found[passed] += max(0, sum(parts.values()) - one.fetched)
    return {lateness: events for lateness, events in found.items() if events}


def _runs(kept: Iterable[CachedSlice], now: Instant) -> Iterable[list[CachedSlice]]:
    """Group what is read again together: an unbroken hour of what is long past, all else singly.

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


def disjoint(candidates: Iterable[CachedSlice]) -> list[CachedSlice]:
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


def _overlap(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _gaps(segment: Span, covered: Iterable[Span]) -> list[Span]:
    """List what is left of a segment between slices in order of time."""
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
    """Cut a gap in the parts that matter: what cannot be kept apart from what can.

    A short one is asked for minute by minute, so that its minutes are kept as such.
    """
    first = gap.start + -gap.start % MINUTE
    last = (min(gap.end, settled) + 1) // MINUTE * MINUTE - 1
    if last < first:
        return [gap]
    parts = [Span(gap.start, first - 1)] if gap.start < first else []
    if last - first < limits.MINUTE_BY_MINUTE:
        parts += [Span(at, at + MINUTE - 1) for at in range(first, last, MINUTE)]
    else:
        parts.append(Span(first, last))
    if last < gap.end:
        parts.append(Span(last + 1, gap.end))
    return parts


def is_whole_minutes(span: Span) -> bool:
    """Tell whether a slice begins and ends with a UTC minute."""
    return span.start % MINUTE == 0 and (span.end + 1) % MINUTE == 0


def minute_of(span: Span) -> Span | None:
    """Find the one minute that a slice is a part of; None if it reaches over several."""
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


def again_at(end: Instant, after: int, now: Instant) -> Instant:
    """Choose when a slice that ends here, read now, is read again: late events come mostly soon.

    At certain ages while it is young, then within an hour. Many that are kept at once are spread
    over that hour's second half, so that they do not all come due at once: the oldest come last,
    since they may have left every window by then. ``after``: how many older ones are kept with it.
    """
    for age in limits.READ_AGAIN_AT:
        if end + age > now:
            return end + age
    return now + limits.READ_AGAIN - after * MINUTE % (limits.READ_AGAIN // 2)


def unused_before(windows: Instant, now: Instant, last_good: Instant | None) -> Instant:
    """Find the moment before which neither a window nor an hour's counts need slices.

    After a break, they are needed until the hours are kept that the last scans before it saw.
    """
    seen = now if last_good is None else min(now, last_good)
    return min(windows, seen - limits.SLICES_KEPT)


def settled_before(now: Instant, served_at: Instant | None, settle: Duration) -> Instant | None:
    """Find the last moment whose events have settled, by the earlier of our clock and the API's.

    None if the two are too far apart, or the API does not tell: then nothing is remembered.
    """
    if served_at is None or abs(served_at - now) > limits.CLOCK_TOLERANCE:
        return None
    return min(now, served_at) - settle - 1
