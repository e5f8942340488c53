"""Read what one account sent, slice by slice, over any time: nothing of the others is kept."""

from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from events_tracker.base import limits
from events_tracker.base.batches import batches
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import SegwareError
from events_tracker.base.spans import merged, without
from events_tracker.base.times import Instant, Span
from events_tracker.decisions.detection.counts import together
from events_tracker.decisions.evidence.kept import kept_of
from events_tracker.decisions.fetch.slicing import SlicePlan
from events_tracker.fetch.download import Download
from events_tracker.fetch.lately import events_of
from events_tracker.fetch.slice_cache import SliceCache
from events_tracker.model.evidence import AccountSlice, Origin, Stretch, StretchRead
from events_tracker.model.hours import KeptCounts
from events_tracker.model.ports import Progress
from events_tracker.model.readings import Answer, EventRecord, LimitEstimate, Tally

if TYPE_CHECKING:
    from events_tracker.segware import Segware

Answered = tuple[Answer, Sequence[EventRecord]]


class _Reading(Struct):
    """What comes of one stretch while it is read; ``told``: the slices that begin in it."""

    stretch: Stretch
    told: list[AccountSlice] = field(default_factory=list)
    today: Tally = field(default_factory=Tally)
    answered: int = 0

    def read(self) -> StretchRead:
        slices = sorted(self.told, key=lambda one: one.span.start)
        return StretchRead(self.stretch, slices, self.today, self.answered)


class _Piece(Struct):
    """A span that is asked for; ``told``: its slices are listed, nothing else knows of them.

    ``records``: how many of all accounts came.
    """

    span: Span
    reading: _Reading
    told: bool
    records: int = 0


class AccountReader(Struct):
    """Reads the events of one account, of stretches that are counted again from Segware alone.

    ``memory`` is what scans remember, ``kept`` reads the counts of the past of a span; both None to
    ask for everything. ``narrowed``: some codes alone are of interest. ``records``: keep the
    objects that Segware sent besides. ``found`` counts the records of all accounts that were read;
    ``empty`` are the spans of which Segware answered none.
    """

    segware: "Segware"
    deadline: Deadline
    progress: Progress
    now: Instant
    account_id: int
    by_occurrence: bool
    records: bool
    learned: LimitEstimate
    memory: SliceCache | None
    kept: Callable[[Span], KeptCounts] | None
    narrowed: bool
    found: int = 0
    empty: list[Span] = field(default_factory=list)
    _slices: int = 0

    def read(self, stretches: Sequence[Stretch]) -> Iterator[StretchRead]:
        """Read stretches in their order. Raises SegwareError unless all of it was answered."""
        left = len(stretches)
        for some in batches(stretches, limits.STRETCHES_AT_ONCE):
            left -= len(some)
            known, covered = self._known(merged(stretch.span for stretch in some))
            readings = [_Reading(stretch) for stretch in some]
            starts = [stretch.span.start for stretch in some]
            for found in known:
                readings[bisect(starts, found.span.start) - 1].told.append(found)
            self._ask([piece for one in readings for piece in _pieces(one, covered)], left)
            yield from (one.read() for one in readings)

    def _known(self, spans: Sequence[Span]) -> tuple[list[AccountSlice], list[Span]]:
        """Recall what is known without asking, and of which parts of the spans that is all.

        What scans remember comes first; of the rest, what is kept of the past.
        """
        known: list[AccountSlice] = []

        def recall(span: Span, answer: Answer) -> None:
            self.found += answer.fetched
            known.append(self._slice(span, answer, Origin.MEMORY))

        if self.memory is not None:
            self.memory.use(list(spans), recall)
        covered = [one.span for one in known]
        if self.kept is None:
            return known, merged(covered)
        for gap in [gap for span in spans for gap in without(span, covered)]:
            counts = self.kept(gap)
            self.found += sum(sum(hour.numbers) for hour in counts.hours)
            kept = kept_of(self.account_id, counts, narrowed=self.narrowed)
            known += kept.slices
            covered += kept.covered
        return known, merged(covered)

    def _slice(
        self, span: Span, answer: Answer, origin: Origin, records: Sequence[EventRecord] = ()
    ) -> AccountSlice:
        return AccountSlice(span, events_of(frozenset({self.account_id}), answer), origin, records)

    def _ask(self, pieces: Sequence[_Piece], left: int) -> None:
        """Ask for these pieces, oldest first, several at a time; ``left``: stretches to come."""
        starts = [piece.span.start for piece in pieces]
        plan = SlicePlan([piece.span for piece in pieces], self.learned, self.now)

        def take(span: Span, answered: Answered) -> int:
            answer, records = answered
            piece = pieces[bisect(starts, span.start) - 1]
            self._take(piece, answer, self._slice(span, answer, Origin.SEGWARE, records))
            self._slices += 1
            self.progress(self._slices, self._slices + plan.unread + left, self.found)
            return answer.fetched

        download = Download(plan, self._answered, self.deadline)
        download.run(take)
        self.learned = plan.learned()
        self.empty += [piece.span for piece in pieces if not piece.records]
        if failures := download.failures():
            raise SegwareError(f"{'; '.join(failures)}: half a proof is none, nothing was written")

    def _answered(self, span: Span) -> Answered:
        if self.records:
            read = self.segware.events_and_records(span, self.by_occurrence, self.account_id)
        else:
            read = self.segware.events(span, self.by_occurrence), []
        answer = read[0]
        if answer.malformed * 2 > answer.fetched:
            raise SegwareError(
                f"{answer.malformed} of {answer.fetched} events are not what Segware's events "
                "look like"
            )
        return read

    def _take(self, piece: _Piece, answer: Answer, found: AccountSlice) -> None:
        self.found += answer.fetched
        piece.records += answer.fetched
        if piece.told:
            piece.reading.told.append(found)
        if piece.reading.stretch.counted:
            piece.reading.today = together(piece.reading.today, found.tally)
            piece.reading.answered += answer.fetched


def _pieces(reading: _Reading, covered: Sequence[Span]) -> list[_Piece]:
    """Divide a stretch in what is asked for because nobody knows it, and because it is counted."""
    span = reading.stretch.span
    unknown = without(span, covered)
    found = [_Piece(part, reading, told=True) for part in unknown]
    if reading.stretch.counted:
        found += [_Piece(part, reading, told=False) for part in without(span, unknown)]
    return sorted(found, key=lambda piece: piece.span.start)
