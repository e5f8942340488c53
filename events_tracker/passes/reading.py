"""Download one window in slices, several in flight, newest first, counting as they come."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from events_tracker import limits
from events_tracker.decisions.counting import NeverCounted
from events_tracker.decisions.slicing import SlicePlan, segments
from events_tracker.errors import OverLimit, SegwareError, SegwareRefused
from events_tracker.model.deadline import Deadline
from events_tracker.model.readings import Answer, Learned, Reading, Segment, Slice, Tally
from events_tracker.model.times import Instant, iso
from events_tracker.passes.memory import Memory
from events_tracker.passes.side_by_side import SideBySide

if TYPE_CHECKING:
    from events_tracker.segware import Segware
    from events_tracker.storage import Store

Result = TypeVar("Result")


class Progress(Protocol):
    """Told, as slices come in, how many of those known are read, and how many events they held."""

    def __call__(self, slices: int, of_slices: int, events: int) -> None: ...


class _Download(Generic[Result]):
    """Every slice of a plan asked for once; what could not be read is remembered."""

    def __init__(self, plan: SlicePlan, ask: Callable[[Slice], Result], deadline: Deadline) -> None:
        self._plan = plan
        self._ask = ask
        self._deadline = deadline
        self.requests = 0
        self.missing: list[Slice] = []
        self._failures: dict[str, list[str]] = {}

    def run(self, take: Callable[[Slice, Result], int]) -> None:
        """Call ``take`` with each slice and its result; it tells how many records that held."""
        with closing(SideBySide[Slice, Result](self._deadline)) as in_flight:
            self._run(in_flight, take)
        self.missing += self._plan.left()

    def _run(
        self, in_flight: SideBySide[Slice, Result], take: Callable[[Slice, Result], int]
    ) -> None:
        refused = False
        while True:
            while not refused and in_flight.has_room() and (slice_ := self._plan.next()):
                self.requests += 1
                in_flight.start(slice_, self._job(slice_))
            if not in_flight.under_way:
                return
            finished = in_flight.next()
            if finished is None:
                self._note("the pass ran out of time before all events were read")
                return
            slice_, result = finished
            if not isinstance(result, Exception):
                self._plan.answered(slice_, take(slice_, result))
            elif isinstance(result, OverLimit):
                self._split(slice_, result)
            elif isinstance(result, SegwareError):
                self._give_up(slice_, str(result))
                refused = refused or isinstance(result, SegwareRefused)
            else:
                raise result

    def _job(self, slice_: Slice) -> Callable[[], Result]:
        return lambda: self._ask(slice_)

    def _split(self, slice_: Slice, error: OverLimit) -> None:
        if not self._plan.refused(slice_):
            self._give_up(slice_, str(error), f", in the one millisecond {iso(slice_.start)}")

    def _give_up(self, slice_: Slice, why: str, where: str = "") -> None:
        self._plan.failed(slice_)
        self._note(why, where)
        self.missing.append(slice_)

    def _note(self, why: str, where: str = "") -> None:
        self._failures.setdefault(why, []).append(where)

    def failures(self) -> tuple[str, ...]:
        """A sentence for each kind of failure, with how many slices it cost."""
        return tuple(
            f"{why}{where[0]}" + (f" ({len(where)} times)" if len(where) > 1 else "")
            for why, where in self._failures.items()
        )


class _Tallies:
    """What was counted of each segment, and of all of them."""

    def __init__(self, stretches: list[Slice]) -> None:
        self._by_segment: dict[Slice, Tally] = {stretch: Counter() for stretch in stretches}
        self.malformed = 0

    def add(self, slice_: Slice, answer: Answer) -> None:
        self._by_segment[self.segment_of(slice_)].update(answer.events)
        self.malformed += answer.malformed

    def segment_of(self, slice_: Slice) -> Slice:
        return next(s for s in self._by_segment if s.start <= slice_.start <= s.end)

    def segments(self, holes: set[Slice]) -> tuple[Segment, ...]:
        return tuple(
            Segment(stretch.start, stretch.end, tally, stretch not in holes)
            for stretch, tally in self._by_segment.items()
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of a stretch of time, and which of its events must not count.

    ``hidden``: why that is not known, a sentence for each kind of failure; empty if it is.
    """

    reading: Reading
    never: NeverCounted
    hidden: tuple[str, ...]


@dataclass(slots=True)
class EventReader:
    """Reads the events of any stretch of time, for whatever a pass wants to know of it.

    ``never_counted`` is the code that the tracker injects, ``ignored_closers`` the users whose
    occurrences do not count. ``learned`` is what answers have taught about slices so far, by now.
    """

    store: "Store"
    segware: "Segware"
    deadline: Deadline
    progress: Progress
    now: Instant
    never_counted: str
    ignored_closers: Sequence[int]
    learned: Learned

    def read(
        self,
        starts: Collection[Instant],
        end: Instant,
        *,
        by_occurrence: bool,
        memory: Memory | None = None,
    ) -> Found:
        """Every event from the first start to the end, counted by the segments that starts make."""
        by_occurrence = by_occurrence or bool(self.ignored_closers)
        reading, learned = self._events(starts, end, by_occurrence, memory)
        if memory is not None and memory.hides(reading):
            reading, learned = self._events(starts, end, by_occurrence, memory.forgetful())
        self.learned = learned
        start = min(starts, default=end)
        closed, hidden = self._closed(Slice(start - limits.OCCURRENCE_LEAD, end))
        # Asked for after the events were read: whatever came back with them is known by now.
        ours = self.store.read(lambda rows: rows.outbox.injected(start))
        return Found(reading, NeverCounted(frozenset({self.never_counted}), ours, closed), hidden)

    def _events(
        self,
        starts: Collection[Instant],
        end: Instant,
        by_occurrence: bool,
        memory: Memory | None,
    ) -> tuple[Reading, Learned]:
        """What was read, and what the answers taught about slices."""
        stretches = segments(starts, end)
        tallies = _Tallies(stretches)
        total = Counter({"slices": 0, "fetched": 0, "malformed": 0, "remembered": 0})
        served: list[Instant] = []

        def recall(slice_: Slice, answer: Answer) -> None:
            tallies.add(slice_, answer)
            total.update(remembered=answer.fetched)

        asked = stretches
        if memory is not None and stretches:
            asked = memory.use(stretches, recall)
        plan = SlicePlan(asked, self.learned, self.now)

        def take(slice_: Slice, answer: Answer) -> int:
            tallies.add(slice_, answer)
            if memory is not None:
                memory.keep(slice_, answer)
            if answer.served_at is not None:
                served.append(answer.served_at)
            total.update(slices=1, fetched=answer.fetched, malformed=answer.malformed)
            self.progress(total["slices"], plan.known, total["fetched"])
            return answer.fetched

        download = _Download(
            plan, lambda slice_: self.segware.events(slice_, by_occurrence), self.deadline
        )
        download.run(take)
        if memory is not None and stretches:
            memory.finish(min(stretch.start for stretch in stretches))
        holes = {tallies.segment_of(slice_) for slice_ in download.missing}
        failures = download.failures()
        found = total["fetched"] + total["remembered"]
        spoiled = tallies.malformed * 2 > found
        if spoiled:
            failures += (
                f"{tallies.malformed} of {found} events are not what Segware's events look like: "
                "nothing of this answer is used",
            )
        reading = Reading(
            segments=tallies.segments(holes),
            fetched=total["fetched"],
            malformed=tallies.malformed,
            mostly_malformed=total["malformed"] * 2 > total["fetched"],
            requests=download.requests,
            remembered=total["remembered"],
            failures=failures,
            served=Slice(min(served), max(served)) if served else None,
        )
        return reading.unread() if spoiled else reading, plan.learned()

    def _closed(self, range_: Slice) -> tuple[frozenset[str], tuple[str, ...]]:
        """Ids of a range's occurrences that do not count, and what went wrong."""
        found: set[str] = set()
        failures: tuple[str, ...] = ()

        def take(_: Slice, ids: set[str]) -> int:
            found.update(ids)
            return len(ids)

        for user_id in self.ignored_closers:
            plan = SlicePlan([range_], Learned(), self.now)
            download = _Download(plan, _asker(self.segware, user_id), self.deadline)
            download.run(take)
            failures += download.failures()
        return frozenset(found), failures


def _asker(segware: "Segware", user_id: int) -> Callable[[Slice], set[str]]:
    return lambda slice_: segware.closed_by(user_id, slice_)
