"""Which time ranges to ask for, one request each.

Both ends of a range are inclusive on the wire, so the next one begins a millisecond after this one
ends: nothing is asked twice, nothing is left out. How many records an answer may carry is not
published; it is learned from what was answered and what was refused.
"""

import math
from collections.abc import Iterable

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.base.times import HOUR, LATEST, MINUTE, Duration, Instant, Span
from events_tracker.model.readings import LimitEstimate

_FILL = 0.85
"""Traffic is uneven: a slice is cut for this part of what an answer is believed to carry."""
_USUAL_LIMIT = 10_000
"""The limit that is supposed before anything was refused."""
_TRIED = 0.75
"""Once this part of it was carried and nothing refused, more is tried."""
_FAR = 5
"""While nothing was refused, so many times what was carried is tried."""
_NEAR = 2
"""A power of ten up to so many times what was carried is believed to be the limit."""
_NEARER = 1.5
"""Once the limit is known to this factor, the same goes for any round number in between."""
_NARROW_ENOUGH = 1.2
"""Once the limit is known to this factor, no request is spent on knowing it better."""
_LONGER = 0.1
"""By so much a slice may be longer than meant, to begin at a whole minute."""
_OF_THE_REST = 2 / 3
"""The part of what is left of a stretch that one slice may take, where slices are kept.

What lies across a window's edge cannot be used, and the edge moves on: the oldest slices are
reached first, so they are the shortest.
"""
_BELIEVED: Duration = 10 * MINUTE
"""So long a refusal is believed; then it is tried whether so many records are refused yet."""
_NEIGHBOURS = 2
"""So many slices, those nearest in time, tell how dense the traffic is somewhere."""


def segments(starts: Iterable[Instant], end: Instant) -> list[Span]:
    """Cut at the starts of windows that all end at ``end``; return the stretches, newest first.

    An event has no time of its own: which windows it lies in is known only if no slice reaches
    across the start of one.
    """
    found = []
    for start in sorted(set(starts), reverse=True):
        found.append(Span(start, end))
        end = start - 1
    return found


class _Inside(Struct):
    """The part read so far of a slice that was refused as a whole."""

    length: Duration = 0
    records: int = 0


class SlicePlan:
    """The slices still to be asked for, newest first, cut to what an answer is likely to carry.

    How long a slice may be is told by its neighbours: by how many records those nearest in time
    held, and by what was refused around it. A refused slice, and it alone, is asked for again in
    smaller ones. Until something was answered only one request is under way, since nothing is known
    yet that would make another one worth its while.

    A refusal that other answers contradict, since they carried as much, taught nothing about the
    limit: a service may refuse for once, or for an hour.
    """

    def __init__(
        self,
        stretches: Iterable[Span],
        learned: LimitEstimate,
        now: Instant,
        *,
        kept: bool = False,
    ) -> None:
        self._pending = sorted(stretches, key=lambda span: span.end)
        self._before = learned
        self._carried = learned.carried
        self._under_way: set[Span] = set()
        self._exploring: Span | None = None
        self._read: dict[Span, int] = {}
        self._refused: dict[Span, _Inside] = {}
        self._now = now
        self._kept = kept
        self._most_read = 0
        at = learned.refused_at
        believed = at is not None and abs(now - at) < _BELIEVED
        self._fewest_refused = learned.refused if believed else None
        self._refused_at = at
        self._failed = False

    def next(self) -> Span | None:
        """Choose the newest slice to ask for; None if none is left, or an answer comes first."""
        if not self._pending or (self._under_way and not self._carried and not self._failed):
            return None
        stretch = self._pending.pop()
        length, exploring = self._length(stretch)
        span = _newest(stretch, length)
        if span.start > stretch.start:
            self._pending.append(Span(stretch.start, span.start - 1))
        self._under_way.add(span)
        if exploring and span.length > length // 2:
            self._exploring = span
        return span

    def answered(self, span: Span, events: int) -> None:
        """Note that a slice was read whole, and how many records it held."""
        self._done(span)
        self._read[span] = events
        self._carried = max(events, self._carried or 0)
        self._most_read = max(events, self._most_read)
        if self._fewest_refused is not None and events >= self._fewest_refused:
            self._fewest_refused = None
        for refused, inside in list(self._refused.items()):
            if refused.start <= span.start and span.end <= refused.end:
                inside.length += span.length
                inside.records += events
                if inside.length == refused.length:
                    self._know_refused(refused, inside.records)

    def refused(self, span: Span) -> bool:
        """Split a slice that held too much; False if it is a single millisecond."""
        self._done(span)
        if span.length == 1:
            return False
        self._refused[span] = _Inside()
        self._pending.append(span)
        self._pending.sort(key=lambda pending: pending.end)
        return True

    def failed(self, span: Span) -> None:
        """Note that a slice was not answered for another reason; it is not asked for again."""
        self._done(span)
        self._failed = True

    @property
    def known(self) -> int:
        """The number of slices so far: read, under way, and still to be asked for."""
        return len(self._read) + self.unread

    @property
    def unread(self) -> int:
        """The number of slices so far that are under way, or still to be asked for."""
        return len(self._under_way) + len(self._pending)

    def left(self) -> list[Span]:
        """List what was not asked for, or not answered yet."""
        return [*self._pending, *self._under_way]

    def learned(self) -> LimitEstimate:
        """Return what is known of the limit now, with what this pass adds to it."""
        carried, refused, at = self._carried, self._fewest_refused, self._refused_at
        if refused is None and (self._before.refused or 0) > self._most_read:
            # Nothing was read that would tell whether it still holds.
            refused, at = self._before.refused, self._before.refused_at
        if carried is not None and refused is not None and carried >= refused:
            # The limit went down since: only what this pass saw counts.
            carried = max((n for n in self._read.values() if n < refused), default=None)
        rate = self._rate(self._read) or self._before.rate
        return LimitEstimate(carried, refused, rate, at if refused is not None else None)

    def _done(self, span: Span) -> None:
        self._under_way.discard(span)
        if self._exploring == span:
            self._exploring = None

    def _know_refused(self, refused: Span, records: int) -> None:
        """Learn from a refused slice that was read in smaller ones: so many were too many."""
        del self._refused[refused]
        if records > self._most_read:
            self._fewest_refused = min(records, self._fewest_refused or records)
            self._refused_at = self._now

    def _length(self, stretch: Span) -> tuple[Duration, bool]:
        """Choose how long the slice that ends a stretch is; also tell if it explores the limit."""
        end = stretch.end
        bound = min(
            (span.length // 2 for span in self._refused if span.start <= end <= span.end),
            default=LATEST,
        )
        if self._kept:
            bound = min(bound, max(limits.MINUTE_BY_MINUTE, int(stretch.length * _OF_THE_REST)))
            bound = self._within_an_hour(end, bound)
        rate = self._rate_near(end)
        if not self._carried or rate is None:
            return bound, False
        records, exploring = self._worth_asking(self._carried, self._too_many(rate))
        return min(bound, max(1, int(records * HOUR / rate))), exploring

    def _within_an_hour(self, end: Instant, length: Duration) -> Duration:
        """Let a slice that may be kept begin with its hour, or later.

        Counts are kept by the hour: of what lies in two, nothing is known of either.
        """
        of_hour = end % HOUR + 1
        lately = end > self._now - limits.LONG_PAST
        if lately and of_hour % MINUTE == 0 and of_hour <= length * (1 + _LONGER):
            return of_hour
        return length

    def _worth_asking(self, carried: int, refused: float | None) -> tuple[float, bool]:
        """Choose how many records to ask for at once; also tell if that explores the limit."""
        if refused is None and carried < _TRIED * _USUAL_LIMIT:
            return _FILL * _USUAL_LIMIT, False
        likely, sure = _likely_limit(carried, refused)
        if sure:
            return _FILL * likely, False
        if self._exploring is None:
            return _FILL * likely, True
        return _FILL * max(carried, _USUAL_LIMIT if refused is None else 0), False

    def _too_many(self, rate: float | None) -> float | None:
        """Tell how many records are too many, as far as refusals do; None without refusals."""
        if self._fewest_refused is not None or not self._refused or rate is None:
            return self._fewest_refused
        return min(span.length for span in self._refused) * rate / HOUR

    def _rate_near(self, at: Instant) -> float | None:
        """Estimate the records in an hour by the slices that were read nearest to a moment."""
        nearest = sorted(self._read, key=lambda read: _distance(read, at))[:_NEIGHBOURS]
        if not nearest:
            return self._before.rate or None
        return self._rate(nearest) or 1

    def _rate(self, slices: Iterable[Span]) -> int | None:
        """Calculate the records in an hour, over some slices that were read."""
        length = events = 0
        for span in slices:
            length += span.length
            events += self._read[span]
        return round(events * HOUR / length) if length else None


def _distance(span: Span, at: Instant) -> Duration:
    return max(span.start - at, at - span.end, 0)


def _likely_limit(carried: int, refused: float | None) -> tuple[float, bool]:
    """Guess how many records an answer may carry; also tell if no request is worth knowing better.

    People choose round numbers, most of all powers of ten.
    """
    if refused is None:
        return carried * _FAR, False
    middle = (carried * refused) ** 0.5
    power = 10 ** math.floor(math.log10(refused))
    if carried <= power < refused:
        return power, power <= carried * _NEAR
    rounded = next((n for n in (5 * power, 2 * power) if carried <= n < refused), None)
    if rounded is not None and refused <= carried * _NEARER:
        return rounded, True
    if refused <= carried * _NARROW_ENOUGH:
        return carried, True
    return middle, False


def _newest(stretch: Span, length: Duration) -> Span:
    """Cut off the newest part of a stretch, at most this long, at a whole minute if it can be."""
    if length >= stretch.length:
        return stretch
    start = stretch.end - length + 1
    before, after = start - start % MINUTE, start + -start % MINUTE
    if start - before <= length * _LONGER and before >= stretch.start:
        start = before
    elif after <= stretch.end - length // 2:
        start = after
    return Span(start, stretch.end)
