"""Read the events of any stretch of time: what was counted, and which of it must not count."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct, field

from events_tracker.base import limits
from events_tracker.base.deadline import Deadline
from events_tracker.base.times import LATEST, Instant, Span
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.heard import Hearing
from events_tracker.decisions.fetch.slicing import SlicePlan, segments
from events_tracker.fetch.download import Download
from events_tracker.fetch.lately import Lately, events_of
from events_tracker.fetch.occurrences import closed_occurrences
from events_tracker.fetch.past import Past
from events_tracker.fetch.slice_cache import SliceCache
from events_tracker.model.ports import Progress
from events_tracker.model.readings import Answer, LimitEstimate, Pair, Reading, Segment, Tally

if TYPE_CHECKING:
    from events_tracker.segware import Segware
    from events_tracker.storage import Store


class Counters:
    """Counts of events by CUC and code, then by account; `Counter` counts columns in C."""

    def __init__(self) -> None:
        self._events: defaultdict[Pair, Counter[int]] = defaultdict(Counter)
        self._occurrences: defaultdict[Pair, Counter[tuple[int, str]]] = defaultdict(Counter)

    def add(self, answer: Answer) -> None:
        for pair, accounts in answer.accounts.items():
            self._events[pair].update(accounts)
        for pair, occurrences in answer.occurrences.items():
            self._occurrences[pair].update(occurrences)

    def tally(self) -> Tally:
        return Tally(self._events, self._occurrences)


class _Total:
    """All that is read: the counters of each segment, and numbers of what came.

    ``fetched`` and ``malformed`` are records of ``answers``, ``remembered`` are those that needed
    none; ``all_malformed`` has the malformed ones of both. ``slices`` has the events of the
    accounts that are ``watched`` (None: of all), by the slice they came in.
    """

    def __init__(
        self,
        stretches: list[Span],
        watched: frozenset[int] | None,
        hearing: Callable[[], Hearing],
        lately: Lately,
    ) -> None:
        self._lately = lately
        self._by_segment = {stretch: Counters() for stretch in stretches}
        self._heard = {stretch: hearing() for stretch in stretches}
        self._watched = watched
        self.answers = self.fetched = self.malformed = 0
        self.remembered = self.all_malformed = 0
        self.served: list[Instant] = []
        self.slices: dict[Span, Tally] = {}

    def recall(self, span: Span, answer: Answer) -> None:
        """Add a slice that was remembered."""
        self._add(span, answer)
        self._lately.recall(span)
        self.remembered += answer.fetched

    def take(self, span: Span, answer: Answer) -> None:
        """Add a slice that Segware answered."""
        self._add(span, answer)
        self._lately.take(span, answer)
        self.answers += 1
        self.fetched += answer.fetched
        self.malformed += answer.malformed
        if answer.served_at is not None:
            self.served.append(answer.served_at)

    def _add(self, span: Span, answer: Answer) -> None:
        segment = self._segment_of(span)
        self._by_segment[segment].add(answer)
        self._heard[segment].add(span.end, answer)
        self.all_malformed += answer.malformed
        if self._watched is None or self._watched:
            self.slices[span] = events_of(self._watched, answer)

    def _segment_of(self, span: Span) -> Span:
        return next(s for s in self._by_segment if s.start <= span.start <= s.end)

    @property
    def _records(self) -> int:
        return self.fetched + self.remembered

    @property
    def spoiled(self) -> bool:
        """True if most of it is not what events look like: nothing of it is used."""
        return self.all_malformed * 2 > self._records

    def reading(self, download: Download[Answer]) -> Reading:
        """Return what all of it adds up to, once nothing more is to come."""
        holes = {self._segment_of(span) for span in download.missing}
        segments = tuple(
            Segment(
                stretch.start,
                stretch.end,
                counters.tally(),
                stretch not in holes,
                self._heard[stretch].ends,
            )
            for stretch, counters in self._by_segment.items()
        )
        failures = download.failures()
        if self.spoiled:
            failures += (
                f"{self.all_malformed} of {self._records} events are not what Segware's events "
                "look like: nothing of this answer is used",
            )
        reading = Reading(
            segments=segments,
            fetched=self.fetched,
            malformed=self.all_malformed,
            mostly_malformed=self.malformed * 2 > self.fetched,
            requests=download.requests,
            remembered=self.remembered,
            failures=failures,
            served=Span(min(self.served), max(self.served)) if self.served else None,
        )
        return reading.unread() if self.spoiled else reading


class Found(Struct, frozen=True):
    """The events of a stretch of time, and which of them must not count.

    ``hidden``: why that is not known, a sentence for each kind of failure; empty if it is.
    ``slices``: the events of the accounts that are watched, by the slice they came in; ``lately``
    has what came of all in the last two hours.
    """

    reading: Reading
    never: NeverCounted
    hidden: tuple[str, ...]
    slices: Mapping[Span, Tally] = field(default_factory=dict)
    lately: Lately = field(default_factory=lambda: Lately(LATEST, None))


class EventReader(Struct):
    """Reads the events of any stretch of time, for whatever a pass wants to know of it.

    ``never_counted`` is the code that the tracker injects, ``ignored_closers`` the users whose
    occurrences do not count. ``learned`` is what answers have taught about slices so far, by now.
    ``watched``: the accounts whose events are kept by slice besides; None: all. ``hears``: those
    whose last event is to be found however long ago it was; of others, if it was lately. ``past``:
    counts that may stand for answers, where occurrences do not matter: they are not kept.
    """

    store: "Store"
    segware: "Segware"
    deadline: Deadline
    progress: Progress
    now: Instant
    never_counted: str
    ignored_closers: Sequence[int]
    learned: LimitEstimate
    watched: frozenset[int] | None = frozenset()
    hears: frozenset[int] = frozenset()
    past: Past | None = None

    def read(
        self,
        starts: Collection[Instant],
        end: Instant,
        *,
        by_occurrence: bool,
        memory: SliceCache | None = None,
        hears_all: bool = False,
    ) -> Found:
        """Count every event from the first start to ``end``, by segments between the starts.

        ``hears_all``: of every account it is to be known when it was last heard.
        """
        by_occurrence = by_occurrence or bool(self.ignored_closers)
        start = min(starts, default=end)
        hearing = partial(
            Hearing,
            self.hears,
            start if hears_all else end - limits.HEARD_LATELY,
            NeverCounted(frozenset({self.never_counted}), self._ours(start)),
        )
        lately = Lately(end - limits.LOOK_AT, memory)
        reading, learned, slices = self._events(starts, end, by_occurrence, hearing, lately)
        if memory is not None and memory.hides(reading):
            lately = Lately(lately.since, memory.forgetful())
            reading, learned, slices = self._events(starts, end, by_occurrence, hearing, lately)
        self.learned = learned
        closed, hidden = closed_occurrences(
            self.segware, self.ignored_closers, Span(start, end), self.now, self.deadline
        )
        # Asked for after the events were read: whatever came back with them is known by now.
        never = NeverCounted(frozenset({self.never_counted}), self._ours(start), closed)
        return Found(reading, never, hidden, slices, lately)

    def _ours(self, start: Instant) -> frozenset[tuple[int, str]]:
        return self.store.read(lambda rows: rows.deliveries.injected(start))

    def _events(
        self,
        starts: Collection[Instant],
        end: Instant,
        by_occurrence: bool,
        hearing: Callable[[], Hearing],
        lately: Lately,
    ) -> tuple[Reading, LimitEstimate, Mapping[Span, Tally]]:
        """Read events from the cache, kept counts and Segware; also return what slices may hold.

        And what those held that were read, of the watched accounts.
        """
        stretches, memory = segments(starts, end), lately.memory
        total = _Total(stretches, self.watched, hearing, lately)
        asked = stretches
        if memory is not None and stretches:
            asked = memory.use(stretches, total.recall)
        if self.past is not None and not by_occurrence:
            asked = self.past.use(asked, total.recall)
        plan = SlicePlan(asked, self.learned, self.now, kept=memory is not None)

        def take(span: Span, answer: Answer) -> int:
            total.take(span, answer)
            if memory is not None:
                memory.keep(span, answer)
            self.progress(total.answers, plan.known, total.fetched)
            return answer.fetched

        download = Download(
            plan, lambda span: self.segware.events(span, by_occurrence), self.deadline
        )
        download.run(take)
        if memory is not None and stretches:
            memory.finish(min(stretch.start for stretch in stretches))
        return total.reading(download), plan.learned(), {} if total.spoiled else total.slices
