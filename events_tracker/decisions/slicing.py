"""Which time ranges to ask for, one request each.

Both ends of a range are inclusive on the wire, so the next one begins a millisecond after this one
ends: nothing is asked twice, nothing is left out.
"""

from collections.abc import Iterable

from events_tracker.model.readings import Slice
from events_tracker.model.times import Instant


def segments(starts: Iterable[Instant], end: Instant) -> list[Slice]:
    """The stretches between neighbouring starts of windows that all end at ``end``, newest first.

    An event has no time of its own: which windows it lies in is known only if no slice reaches
    across the start of one.
    """
    found = []
    for start in sorted(set(starts), reverse=True):
        found.append(Slice(start, end))
        end = start - 1
    return found


def halves(slice_: Slice) -> tuple[Slice, Slice]:
    """The newer and the older half of a slice of at least two milliseconds."""
    middle = slice_.start + slice_.length // 2
    return Slice(middle, slice_.end), Slice(slice_.start, middle - 1)


class SlicePlan:
    """The slices still to be asked for, newest first; only what was over the limit is split."""

    def __init__(self, stretches: Iterable[Slice]) -> None:
        self._pending = sorted(stretches, key=lambda slice_: slice_.end)
        self.known = len(self._pending)
        """How many slices there are so far: asked for, and still to be asked for."""

    def next(self) -> Slice | None:
        """The newest slice that was not asked for yet; None when there is none."""
        return self._pending.pop() if self._pending else None

    def over_limit(self, slice_: Slice) -> bool:
        """Put a slice's halves in its place; False if it is one millisecond already."""
        if slice_.length == 1:
            return False
        newer, older = halves(slice_)
        self._pending += [older, newer]
        self.known += 1
        self._pending.sort(key=lambda pending: pending.end)
        return True

    def left(self) -> list[Slice]:
        """What was not asked for."""
        return list(self._pending)
