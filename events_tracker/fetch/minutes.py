"""Read a long past minute by minute: one request after the other, no faster than is wanted."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.base.deadline import Clock, Deadline
from events_tracker.base.errors import OverLimit, SegwareError, SegwareRefused
from events_tracker.base.times import DAY, HOUR, SECOND, Duration, Instant, Span
from events_tracker.decisions.fetch.slice_cache import settled_before, together
from events_tracker.fetch.occurrences import closed_occurrences
from events_tracker.model.readings import Answer

if TYPE_CHECKING:
    from events_tracker.segware import Segware


class MinuteReader(Struct):
    """Asks Segware, with ``pace`` from the beginning of one request to that of the next.

    ``progress`` is told of each request how many there were before it. Every method raises
    SegwareError.
    """

    segware: "Segware"
    clock: Clock
    pace: Duration
    ignored_closers: Sequence[int]
    progress: Callable[[int], None]
    requests: int = 0
    _next_at: float = 0.0

    def read(self, span: Span) -> Answer:
        """Read all events of a stretch, in halves where one answer may not carry them."""
        try:
            answer = self._in_turn().events(span, bool(self.ignored_closers))
        except OverLimit:
            if span.length == 1:
                raise
            middle = span.start + span.length // 2
            halves = (Span(span.start, middle - 1), Span(middle, span.end))
            return together([self.read(half) for half in halves])
        # As scans have it, which keep no slice otherwise: by a wrong clock, it may be to come yet.
        if settled_before(self.clock.now(), answer.served_at, 0) is None:
            raise SegwareRefused(
                "this host's clock and Segware's are more than a minute apart, or Segware tells no "
                "time: set the clock (NTP)"
            )
        return answer

    def closed(self, span: Span) -> frozenset[str]:
        """Read which occurrences an ignored user closed, of those events of a span may be of."""
        found: frozenset[str] = frozenset()
        for user_id in self.ignored_closers:
            segware, deadline = self._in_turn(), Deadline(self.clock, limits.SCAN_SECONDS)
            ids, failures = closed_occurrences(segware, [user_id], span, self.clock.now(), deadline)
            if failures:
                raise SegwareError(failures[0])
            found |= ids
        return found

    def answered_from(self, asked: Span) -> Instant | None:
        """Find from when on Segware's answers are whole: it may not keep events for as long.

        That is after the hour with the oldest event, unless the day before has one; None if there
        is none at all.
        """
        day = self._first(Span(asked.start - DAY, asked.end), DAY)
        if day is None or day.end < asked.start:
            return None if day is None else asked.start
        hour = self._first(day, HOUR)
        return asked.end + 1 if hour is None else hour.end + 1

    def _first(self, span: Span, length: Duration) -> Span | None:
        """Find the first part of a span, so long, that holds any event."""
        return next(filter(self._holds_any, _parts(span, length)), None)

    def _holds_any(self, span: Span) -> bool:
        try:
            return self._in_turn().events(span).fetched > 0
        except OverLimit:
            return True

    def _in_turn(self) -> "Segware":
        """Wait until it is time for a request, and return what it may be asked of."""
        self.clock.sleep(max(0.0, self._next_at - self.clock.monotonic()))
        self._next_at = self.clock.monotonic() + self.pace / SECOND
        self.progress(self.requests)
        self.requests += 1
        return self.segware.within(Deadline(self.clock, limits.SCAN_SECONDS))


def _parts(span: Span, length: Duration) -> Iterator[Span]:
    for start in range(span.start, span.end + 1, length):
        yield Span(start, min(start + length - 1, span.end))
