"""Read what one account sent, slice by slice, over any time: nothing of the others is kept."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from events_tracker.base import limits
from events_tracker.base.batches import batches
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import SegwareError
from events_tracker.base.times import Instant, Span
from events_tracker.decisions.detection.counts import together
from events_tracker.decisions.fetch.slicing import SlicePlan
from events_tracker.fetch.download import Download
from events_tracker.fetch.reader import events_of
from events_tracker.fetch.slice_cache import SliceCache
from events_tracker.model.evidence import (
    AccountSlice,
    EventRecord,
    Origin,
    Stretch,
    StretchRead,
)
from events_tracker.model.ports import Progress
from events_tracker.model.previews import merged
from events_tracker.model.readings import Answer, LimitEstimate, Tally

if TYPE_CHECKING:
    from events_tracker.segware import Segware

Answered = tuple[Answer, Sequence[EventRecord]]


class _Reading(Struct):
    """What comes of one stretch while it is read; ``known``: what need not be asked to be told."""

    stretch: Stretch
    known: Sequence[AccountSlice]
    asked: list[AccountSlice] = field(default_factory=list)
    today: Tally = field(default_factory=Tally)
    answered: int = 0

    def read(self) -> StretchRead:
        slices = sorted([*self.known, *self.asked], key=lambda one: one.span.start)
        return StretchRead(self.stretch, slices, self.today, self.answered)


class _Piece(Struct, frozen=True):
    """A span that is asked for; ``told``: its slices are listed, nothing else knows of them."""

    span: Span
    reading: _Reading
    told: bool


class AccountReader(Struct):
    """Reads the events of one account, of stretches that are counted again from Segware alone.

    ``memory``: what scans remember, None to ask for everything. ``records``: keep the objects that
    Segware sent besides. ``found`` counts the records of all accounts that were read.
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
    found: int = 0
    _slices: int = 0

    def read(self, stretches: Sequence[Stretch]) -> Iterator[StretchRead]:
        """Read stretches in their order. Raises SegwareError unless all of it was answered."""
        left = len(stretches)
        for some in batches(stretches, limits.STRETCHES_AT_ONCE):
            left -= len(some)
            readings = [_Reading(stretch, self._known(stretch)) for stretch in some]
            self._ask([piece for one in readings for piece in _pieces(one)], left)
            yield from (one.read() for one in readings)

    def _known(self, stretch: Stretch) -> list[AccountSlice]:
        """Recall what is known of a stretch without asking.

        The one place where another source of counts by the minute comes in.
        """
        known: list[AccountSlice] = []
        if self.memory is not None:

            def recall(span: Span, answer: Answer) -> None:
                self.found += answer.fetched
                known.append(self._slice(span, answer, Origin.MEMORY))

            self.memory.use([stretch.span], recall)
        return known

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
        if piece.told:
            piece.reading.asked.append(found)
        if piece.reading.stretch.counted:
            piece.reading.today = together(piece.reading.today, found.tally)
            piece.reading.answered += answer.fetched


def _pieces(reading: _Reading) -> list[_Piece]:
    """Divide a stretch in what is asked for because nobody knows it, and because it is counted."""
    span, start = reading.stretch.span, reading.stretch.span.start
    found = []
    for known in merged(one.span for one in reading.known):
        if start < known.start:
            found.append(_Piece(Span(start, known.start - 1), reading, told=True))
        if reading.stretch.counted:
            found.append(_Piece(known, reading, told=False))
        start = known.end + 1
    if start <= span.end:
        found.append(_Piece(Span(start, span.end), reading, told=True))
    return found
