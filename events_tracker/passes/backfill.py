"""backfill: keep the counts of past hours that no scan could keep, as scans would have.

Whoever asks for it waits for it: it takes a request a minute of the past. It begins with the newest
hour, and each hour is kept by itself, so that it may be stopped and go on at any time. Nothing is
decided by what it reads, and what scans remember is left alone.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from events_tracker.base import limits
from events_tracker.base.errors import Busy, SegwareError, SegwareRefused, UsageError
from events_tracker.base.text import many
from events_tracker.base.times import HOUR, MINUTE, Duration, Instant, Span, format_duration
from events_tracker.decisions import hours
from events_tracker.fetch.minutes import MinuteReader
from events_tracker.model.alarms import Alarm
from events_tracker.model.hours import WHOLE, Detail
from events_tracker.model.readings import Answer
from events_tracker.passes.scan.hours import Keeping

if TYPE_CHECKING:
    from events_tracker.storage import Store

_SILENT = "Segware answered no event for an hour, where scans find many: it was not kept"
_SPOILED = "most events of a minute are not what Segware's events look like: it is missing"


class Lacking(Struct, frozen=True):
    """The hours that are to be read, newest first; ``requests``: about how many that takes."""

    hours: Sequence[Instant]
    requests: int

    @property
    def span(self) -> Span:
        return Span(self.hours[-1], self.hours[0] + HOUR - 1)


def lacking(
    length: Duration, keeping: Keeping, closers: int, store: "Store", now: Instant
) -> Lacking:
    """List the hours of the last so long of which more can be kept; ``closers``: how many users.

    Raises StorageError, and UsageError for more than is kept.
    """
    if not keeping.retention:
        raise UsageError(
            "no counts are kept, because TRACKER_COUNTS_RETENTION is 0: set it to 35d first"
        )
    if length > keeping.retention:
        raise UsageError(
            f"counts are kept for {format_duration(keeping.retention)} "
            "(TRACKER_COUNTS_RETENTION): what is older would be deleted again"
        )
    since = now - length
    known = store.read(lambda rows: rows.hours.known(keeping.source, since - since % HOUR))
    due = hours.due(now, since, keeping.retention, known)
    return Lacking(due[::-1], len(due) * (HOUR // MINUTE + closers))


class _Known(Struct, frozen=True):
    """What decides how an hour is kept, read just before it is."""

    alarms: Sequence[Alarm]
    detail: Detail
    expects_events: bool


class Backfill(Struct):
    """Reads hours and keeps them. ``store`` opens the database for one transaction.

    ``kept``: how many hours were; ``answered_from``: since when Segware has events, where that is
    not all that was asked for. ``stopped``: why the rest was not asked for, and ``stopped_at`` the
    hour that it failed at.
    """

    wanted: Lacking
    source: str
    store: "Callable[[], Store]"
    reader: MinuteReader
    kept: int = 0
    answered_from: Instant | None = None
    stopped: str | None = None
    stopped_at: Instant | None = None
    _failures: Counter[str] = field(default_factory=Counter)
    _failed_in_a_row: int = 0

    def run(self) -> None:
        """Read them all, as far as Segware answers. Raises StorageError."""
        try:
            for start in self._answered():
                self.stopped_at = start
                self._fetch(start)
        except Busy as error:
            self.stopped = f"{error}; a longer --pace asks more slowly"
        except SegwareError as error:
            self.stopped = str(error)
        else:
            self.stopped_at = None

    @property
    def failures(self) -> list[str]:
        """Sentences for what could not be read, each with how much that was."""
        return [f"{why} ({many(number, 'time')})" for why, number in self._failures.items()]

    def _answered(self) -> Sequence[Instant]:
        """Choose the hours of which Segware still has the events.

        Of what it does not keep any more, its answers are as empty as of a quiet night.
        """
        span = self.wanted.span
        first = self.reader.answered_from(span)
        if first == span.start:
            return self.wanted.hours
        self.answered_from = span.end + 1 if first is None else first
        return [start for start in self.wanted.hours if start >= self.answered_from]

    def _fetch(self, start: Instant) -> None:
        known = self._known(start)
        if known.detail == WHOLE:
            return  # by another host, meanwhile
        closed = self.reader.closed(Span(start, start + HOUR - 1))
        folding = hours.Folding(start, closed, hours.is_opening(known.alarms))
        records = 0
        for at in range(start, start + HOUR, MINUTE):
            minute = Span(at, at + MINUTE - 1)
            answer = self._minute(minute)
            if answer is not None:
                folding.add(minute, answer)
                records += answer.fetched
        if known.expects_events and not records:
            self._failures[_SILENT] += 1
            return
        hour = folding.hour()
        if hours.worth_keeping(hour.stretches, known.detail):
            now = self.reader.clock.now()
            self.store().update(lambda rows: rows.hours.keep(self.source, hour, now))
            self.kept += 1

    def _known(self, start: Instant) -> _Known:
        alarms, known, state = self.store().read(
            lambda rows: (
                rows.alarms.all(),
                rows.hours.known(self.source, start),
                rows.runs.scans(),
            )
        )
        return _Known(
            alarms=[alarm for alarm in alarms if alarm.enabled],
            detail=known.get(start, Detail()),
            expects_events=state.good_events >= limits.SILENCE_AFTER_EVENTS,
        )

    def _minute(self, minute: Span) -> Answer | None:
        """Read a minute; None if that failed, or if it may not be believed, as scans have it.

        Raises SegwareError where asking on is useless, or unwelcome.
        """
        try:
            answer = self.reader.read(minute)
        except (SegwareRefused, Busy):
            raise
        except SegwareError as error:
            self._failed_in_a_row += 1
            if self._failed_in_a_row == limits.FAILED_IN_A_ROW:
                raise SegwareError(f"{error}, {self._failed_in_a_row} times in a row") from None
            self._failures[f"{error}: a minute is missing"] += 1
            return None
        self._failed_in_a_row = 0
        if answer.malformed * 2 > answer.fetched:
            self._failures[_SPOILED] += 1
            return None
        return answer
