"""Download one window in slices, several in flight, newest first, counting as they come."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from events_tracker.decisions.slicing import SlicePlan, segments
from events_tracker.errors import OverLimit, SegwareError, SegwareRefused
from events_tracker.model.deadline import Deadline
from events_tracker.model.readings import Answer, Learned, Reading, Segment, Slice, Tally
from events_tracker.model.times import Instant, iso
from events_tracker.passes.memory import Memory
from events_tracker.passes.side_by_side import SideBySide

if TYPE_CHECKING:
    from events_tracker.segware import Segware

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


def read_events(
    segware: "Segware",
    starts: Iterable[Instant],
    end: Instant,
    deadline: Deadline,
    progress: Progress,
    *,
    by_occurrence: bool,
    learned: Learned,
    memory: Memory | None,
) -> tuple[Reading, Learned]:
    """Every event of the longest window, counted by the segments that the windows' starts make.

    Returns what was read, and what the answers taught about slices.
    """
    stretches = segments(starts, end)
    tallies = _Tallies(stretches)
    total = Counter({"slices": 0, "fetched": 0, "malformed": 0, "remembered": 0})

    def recall(slice_: Slice, answer: Answer) -> None:
        tallies.add(slice_, answer)
        total.update(remembered=answer.fetched)

    asked = stretches
    if memory is not None and stretches:
        asked = memory.use(stretches, recall)
    plan = SlicePlan(asked, learned)

    def take(slice_: Slice, answer: Answer) -> int:
        tallies.add(slice_, answer)
        if memory is not None:
            memory.keep(slice_, answer)
        total.update(slices=1, fetched=answer.fetched, malformed=answer.malformed)
        progress(total["slices"], plan.known, total["fetched"])
        return answer.fetched

    download = _Download(plan, lambda slice_: segware.events(slice_, by_occurrence), deadline)
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
    )
    return reading.unread() if spoiled else reading, plan.learned()


def read_closed_by(
    segware: "Segware", user_ids: Iterable[int], range_: Slice, deadline: Deadline
) -> tuple[frozenset[str], tuple[str, ...]]:
    """Ids of the occurrences of a range that these users closed, and what went wrong."""
    found: set[str] = set()
    failures: tuple[str, ...] = ()

    def take(_: Slice, ids: set[str]) -> int:
        found.update(ids)
        return len(ids)

    for user_id in user_ids:
        plan = SlicePlan([range_], Learned())
        download = _Download(plan, _asker(segware, user_id), deadline)
        download.run(take)
        failures += download.failures()
    return frozenset(found), failures


def _asker(segware: "Segware", user_id: int) -> Callable[[Slice], set[str]]:
    return lambda slice_: segware.closed_by(user_id, slice_)
