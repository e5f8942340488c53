"""A recount of the event stream that shares nothing with the program but the rule's words."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, field

from events_tracker.base.times import HOUR, MINUTE, Instant
from tests.reliability.month_world import LATEST, Arrival

WINDOW, THRESHOLD, CLEAR_AFTER = 2 * HOUR, 50, 10 * MINUTE

Key = tuple[int, str | None, str]
"""Account, CUC and code."""


@dataclass
class Open:
    """An alert that should be open. ``below``: since when, or None while it holds.

    After a scan that did not read all, more than one may be true: the program may or may not have
    seen that it holds again.
    """

    opened_at: Instant
    quantity: int | None
    highest: int
    below: set[Instant | None] = field(default_factory=lambda: {None})


@dataclass
class Recount:
    """What should be open, given all that has happened."""

    open: dict[Key, Open] = field(default_factory=dict)
    _events: dict[Key, list[tuple[Instant, Instant]]] = field(default_factory=dict)

    def happen(self, events: Iterable[Arrival]) -> None:
        for at, arrived, kind in events:
            insort(
                self._events.setdefault((kind.account_id, kind.cuc, kind.code), []), (at, arrived)
            )

    def forget(self, before: Instant) -> None:
        """Drop what no window reaches any more."""
        for key, times in list(self._events.items()):
            del times[: bisect_left(times, (before, 0))]
            if not times:
                del self._events[key]

    def counts(self, now: Instant) -> dict[Key, int]:
        """Of every group that could matter: its events in the window that have arrived."""
        found = {}
        for key, times in self._events.items():
            if len(times) < THRESHOLD and key not in self.open:
                continue
            first = bisect_left(times, (now - WINDOW, 0))
            last = bisect_right(times, (now, now + LATEST))
            recent = bisect_left(times, (now - LATEST, 0), first, last)
            late = sum(arrived > now for _, arrived in times[recent:last])
            found[key] = last - first - late
        return found

    def scanned(self, now: Instant) -> set[Key]:
        """A scan that read everything; returns what it must have opened."""
        counts = self.counts(now)
        new = {key for key, n in counts.items() if n >= THRESHOLD and key not in self.open}
        for key, was in self.open.items():
            count = counts.get(key, 0)
            if count >= THRESHOLD:
                was.below = {None}
                was.highest = max(was.highest, count)
            else:
                was.below = {now if since is None else since for since in was.below}
        for key in new:
            self.open[key] = Open(now, counts[key], counts[key])
        return new

    def scanned_in_part(self, now: Instant, opened: Iterable[Key]) -> None:
        """A scan that did not: what it opened must have held, and nothing is seen as below."""
        counts = self.counts(now)
        for key in opened:
            assert key not in self.open, key
            assert counts.get(key, 0) >= THRESHOLD, (key, counts.get(key))
            self.open[key] = Open(now, None, counts[key])
        for key, was in self.open.items():
            if counts.get(key, 0) >= THRESHOLD:
                was.below = was.below | {None}
                was.highest = max(was.highest, counts[key])

    def cleared(self, observed_at: Instant, closed: set[Key]) -> dict[Key, Open]:
        """A clear after the last scan; returns what it closed, having checked that it had to."""
        for key, was in self.open.items():
            over = {since is not None and observed_at - since >= CLEAR_AFTER for since in was.below}
            assert (key in closed) in over, (key, was, observed_at)
            if len(over) == 2 and key not in closed:
                was.below = {s for s in was.below if s is None or observed_at - s < CLEAR_AFTER}
        return {key: self.open.pop(key) for key in closed}
