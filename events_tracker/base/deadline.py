"""The clock, as it is handed around, and the time by which a pass must be done."""

from typing import Protocol

from events_tracker.base.times import Instant


class Clock(Protocol):
    """The time of day, a clock that only goes forward, and waiting; commands own the real one."""

    def now(self) -> Instant: ...

    def monotonic(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class Deadline:
    """A moment ``seconds`` after it is made, on the clock's monotonic time."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._ends = clock.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left; zero once the deadline has passed."""
        return max(0.0, self._ends - self._clock.monotonic())

    def passed(self) -> bool:
        return self.remaining() <= 0

    def within(self, seconds: float) -> "Deadline":
        """Return this deadline or one ``seconds`` from now, whichever comes first."""
        return Deadline(self._clock, min(seconds, self.remaining()))

    def earlier_by(self, seconds: float) -> "Deadline":
        """Return a deadline ``seconds`` before this one, so that they are left for what follows."""
        return Deadline(self._clock, max(0.0, self.remaining() - seconds))

    def sleep(self, seconds: float) -> None:
        """Wait, but not beyond the deadline."""
        self._clock.sleep(min(seconds, self.remaining()))
