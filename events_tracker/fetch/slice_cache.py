"""The cache of slices in one scan: what need not be asked for, and what is kept of the rest."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from typing import TYPE_CHECKING

from events_tracker.base import limits
from events_tracker.base.batches import batches
from events_tracker.base.errors import TooLarge
from events_tracker.base.ids import digest
from events_tracker.base.times import Duration, Instant, Span
from events_tracker.decisions.fetch import slice_cache as remembering
from events_tracker.decisions.fetch.slice_cache import Reread
from events_tracker.model.readings import Answer, CachedSlice, Reading

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store

_READING = 2
"""The version of how answers are read; another one makes what is remembered a miss."""


def names_of(source: str) -> list[str]:
    """Return the names under which slices of a source may be kept: with occurrences, or without."""
    return [_name(source, by_occurrence=by_occurrence) for by_occurrence in (False, True)]


def _name(source: str, *, by_occurrence: bool) -> str:
    return digest(source, _READING, by_occurrence)


class SliceCache:
    """Slices of one source, as several hosts share them; without ``keeps`` they are only looked at.

    ``full``: every slice is asked for again. ``expects_events``: there were many lately, so that
    answers without any are not believed. ``last_good``: where the window of the last good scan
    ended; None if there is none.
    """

    def __init__(
        self,
        store: "Store",
        source: str,
        now: Instant,
        settle: Duration,
        *,
        by_occurrence: bool,
        keeps: bool = False,
        full: bool = False,
        expects_events: bool = False,
        last_good: Instant | None = None,
    ) -> None:
        self._store = store
        self._source = _name(source, by_occurrence=by_occurrence)
        self._now = now
        self._settle = settle
        self._keeps = keeps
        self._full = full
        self._expects_events = expects_events
        self._last_good = last_good
        self._fetched = 0
        self._ready: dict[Span, Answer] = {}
        self._parts: dict[Span, dict[Span, Answer]] = {}
        self._again: Sequence[Reread] = ()
        self._read: dict[Span, int] = {}

    def forgetful(self) -> "SliceCache":
        """Return this cache with nothing in it, so that every slice is asked for."""
        other = copy(self)
        other._full = True
        other._fetched, other._ready, other._parts = 0, {}, {}
        other._again, other._read = (), {}
        return other

    def hides(self, reading: Reading) -> bool:
        """Tell whether, but for what is remembered, the service fell silent or answers nonsense."""
        silent = self._expects_events and reading.whole and not reading.fetched
        return bool(reading.remembered) and (silent or reading.mostly_malformed)

    def drop(self) -> None:
        """Delete all that is cached: what the service answers now contradicts it."""
        if self._keeps:
            self._store.update(lambda rows: rows.slices.drop(self._source))

    def newest(self, span: Span) -> Instant | None:
        """Tell where the newest slice ends that is cached of a stretch of time; None if none is."""
        return max((cached.span.end for cached in self.index(span)), default=None)

    def index(self, span: Span) -> list[CachedSlice]:
        """List the slices that are cached of a stretch of time, without their counts."""
        return self._store.read(lambda rows: rows.slices.index(self._source, span.start, span.end))

    def use(self, segments: list[Span], take: Callable[[Span, Answer], None]) -> list[Span]:
        """Pass each cached slice to ``take``; return the stretches that must be asked for."""
        whole = Span(min(s.start for s in segments), max(s.end for s in segments))
        kept = [] if self._full else self.index(whole)
        plan = remembering.use(segments, kept, self._now, self._now - self._settle - 1)
        self._again = plan.again
        gone: list[Span] = []
        # A few at a time: what was added up is let go before the next ones are read. The newest
        # first: who was heard in them need not be looked for in older ones.
        newest_first = sorted(plan.taken, key=lambda span: span.start, reverse=True)
        for some in batches(newest_first, limits.SLICES_AT_ONCE):
            answers = self.answers(some)
            for span in some:
                if span in answers:
                    take(span, answers[span])
            # Damaged, or dropped by somebody in between: it is asked for like everything else.
            gone += [span for span in some if span not in answers]
        if gone and self._keeps:
            self._store.update(lambda rows: rows.slices.drop_these(self._source, gone))
        return [*plan.asked, *gone]

    def recall_whole(
        self, stretches: Sequence[Span], take: Callable[[Span, Answer, Instant], None]
    ) -> list[Span]:
        """Pass to ``take`` what is cached of each stretch that is cached whole; return the others.

        With it comes when the first of its slices was read.
        """
        if not stretches:
            return []
        whole = Span(min(s.start for s in stretches), max(s.end for s in stretches))
        kept = self.index(whole)
        read_at = {cached.span: cached.read_at for cached in kept}
        others = []
        for stretch in stretches if kept else ():
            plan = remembering.use([stretch], kept, self._now, self._now - self._settle - 1)
            answers = {} if plan.asked else self.answers(plan.taken)
            if plan.asked or len(answers) < len(plan.taken):
                others.append(stretch)
            else:
                oldest = min(read_at[span] for span in plan.taken)
                take(stretch, remembering.together(answers.values()), oldest)
        return others if kept else list(stretches)

    def answers(self, slices: Sequence[Span]) -> dict[Span, Answer]:
        """Read cached slices with their counts; what is gone, or damaged, is missing."""
        try:
            return self._store.read(lambda rows: rows.slices.read(self._source, slices))
        except TooLarge:
            return {}

    def keep(self, span: Span, answer: Answer) -> None:
        """Cache an answer that has settled, covers whole minutes and may be believed."""
        self._fetched += answer.fetched
        self._read[span] = answer.fetched
        if answer.malformed * 2 > answer.fetched:
            return
        settled = remembering.settled_before(self._now, answer.served_at, self._settle)
        if not self._keeps or settled is None or span.end > settled:
            return
        if remembering.is_whole_minutes(span):
            self._ready[span] = answer
        elif (minute := remembering.minute_of(span)) is not None:
            parts = self._parts.setdefault(minute, {})
            parts[span] = answer
            if sum(part.length for part in parts) == minute.length:
                self._ready[minute] = remembering.together(parts.values())
                del self._parts[minute]
        if len(self._ready) >= limits.SLICES_AT_ONCE:
            self._save()

    def finish(self, oldest: Instant) -> None:
        """Save the slices not written yet, and delete those that nothing needs any more.

        ``oldest``: where the windows begin.
        """
        if self._keeps:
            self._save()
            self._store.update(lambda rows: self._finish(rows, oldest))

    def unused_before(self, oldest: Instant) -> Instant:
        """Find the moment before which nothing needs slices, where windows begin at ``oldest``."""
        return remembering.unused_before(oldest, self._now, self._last_good)

    def _finish(self, rows: "Rows", oldest: Instant) -> None:
        rows.slices.forget(self._source, self.unused_before(oldest), self._now)
        late = remembering.late(self._again, self._read, self._settle)
        rows.slices.note_late(self._source, self._now, late)

    def _save(self) -> None:
        # Nothing at all where events were expected is not kept: scans to come would believe it.
        if not self._ready or (self._expects_events and not self._fetched):
            return
        oldest_first = sorted(self._ready.items(), key=lambda item: item[0].start)
        answers = {
            span: (answer, remembering.again_at(span.end, after, self._now))
            for after, (span, answer) in enumerate(oldest_first)
        }
        self._ready.clear()
        try:
            self._save_all(answers)
        except TooLarge:
            # Only speed depends on them: the one that does not fit is asked for again each time.
            for span, kept in answers.items():
                with suppress(TooLarge):
                    self._save_all({span: kept})

    def _save_all(self, answers: Mapping[Span, tuple[Answer, Instant]]) -> None:
        self._store.update(lambda rows: rows.slices.save(self._source, answers, self._now))
