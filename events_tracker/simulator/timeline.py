"""Things in order of time, added and read by several threads at once."""

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import itemgetter
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Timeline(Generic[Thing]):
    """Things with a time in milliseconds each; any number may share a millisecond."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: list[int] = []
        self._things: list[Thing] = []

    def __len__(self) -> int:
        return len(self._things)

    def add(self, pairs: Iterable[tuple[int, Thing]]) -> None:
        """Add (time, thing) pairs in any order; those of one time keep the order of adding."""
        batch = sorted(pairs, key=itemgetter(0))
        if not batch:
            return
        with self._lock:
            # Only what lies after the first new thing has to be put in order again.
            start = bisect_right(self._times, batch[0][0])
            later = list(zip(self._times[start:], self._things[start:], strict=True))
            if later:
                batch = sorted(later + batch, key=itemgetter(0))
            self._times[start:] = [at for at, _ in batch]
            self._things[start:] = [thing for _, thing in batch]

    def between(self, start_ms: int, end_ms: int) -> list[Thing]:
        """Return the things from ``start_ms`` to ``end_ms``, both included, in order of time."""
        with self._lock:
            first = bisect_left(self._times, start_ms)
            return self._things[first : bisect_right(self._times, end_ms, first)]

    def count(self, start_ms: int, end_ms: int) -> int:
        """Count the things that ``between`` would return."""
        with self._lock:
            return bisect_right(self._times, end_ms) - bisect_left(self._times, start_ms)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._times.clear()
            self._things.clear()
