"""How often somebody may do something: so many times in so many seconds."""

import threading
from collections import deque


class Rate:
    """Counts what was done by whom, in memory: a server that begins again has forgotten it."""

    def __init__(self, times: int, seconds: float) -> None:
        self._times = times
        self._seconds = seconds
        self._done: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def wait(self, who: str, now: float) -> float:
        """Return the seconds until this one may do it again; 0 if that is now."""
        with self._lock:
            done = self._recent(who, now)
            return 0.0 if len(done) < self._times else max(0.0, done[0] + self._seconds - now)

    def count(self, who: str, now: float) -> None:
        """Record that it was done."""
        with self._lock:
            done = self._recent(who, now)
            done.append(now)
            self._done[who] = done

    def _recent(self, who: str, now: float) -> deque[float]:
        """Forget what is too long ago, of everybody: the memory must not grow with strangers."""
        for other in [name for name, done in self._done.items() if done[-1] <= now - self._seconds]:
            del self._done[other]
        done = self._done.get(who, deque(maxlen=self._times))
        while done and done[0] <= now - self._seconds:
            done.popleft()
        return done
