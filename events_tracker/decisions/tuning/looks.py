"""The moments at which scans looked, and how much of their windows is known today."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache

from events_tracker.base.times import HOUR, MINUTE, Duration, Instant, Span


def middle(stretch: Span) -> Instant:
    """Return the moment at which the events of a stretch are taken to have come.

    Nobody knows it better: of a minute it is wrong by half a minute at most, of a longer stretch
    by half of that.
    """
    return (stretch.start + stretch.end) // 2


def supposed(span: Span, reach: Duration, first_scan: Instant | None) -> Sequence[Instant]:
    """List the moments before the first scan at which cron would have scanned: each minute.

    They begin ``reach`` before the span. None where less than an hour of it is before that scan:
    so much more than its window the first scan itself keeps.
    """
    until = span.end + 1 if first_scan is None else min(first_scan, span.end + 1)
    if first_scan is not None and until - span.start < HOUR:
        return ()
    start = span.start - reach
    return range(start + -start % MINUTE, until, MINUTE)


class Looks:
    """The ends of the windows of good scans, in order. ``missing``: what was not kept, in order."""

    def __init__(self, moments: Sequence[Instant], missing: Sequence[Span]) -> None:
        self.moments = moments
        self._missing = missing
        self.next_whole = lru_cache(maxsize=None)(self._next_whole)

    def inside(self, at: Instant, window: Duration) -> tuple[int, int]:
        """Find the first look whose window holds a moment, and the first one that no longer does.

        Both are places in ``moments``.
        """
        return bisect_left(self.moments, at), bisect_right(self.moments, at + window)

    def since(self, at: Instant) -> int:
        """Find the first look at a moment or after it."""
        return bisect_left(self.moments, at)

    def _next_whole(self, window: Duration) -> Sequence[int]:
        """Tell of each look which is the next one, or itself, whose window is known as a whole.

        Where there is none, it is the number of all looks.
        """
        whole = bytearray(b"\x01") * len(self.moments)
        for span in self._missing:
            first, _ = self.inside(span.start + MINUTE // 2, window)
            _, last = self.inside(span.end - MINUTE // 2, window)
            if first < last:
                whole[first:last] = bytes(last - first)
        following, found = len(whole), [0] * len(whole)
        for place in range(len(whole) - 1, -1, -1):
            following = place if whole[place] else following
            found[place] = following
        return found
