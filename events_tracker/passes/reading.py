"""Download one window in slices, several in flight, newest first, counting as they come."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from events_tracker.decisions.slicing import SlicePlan, segments
from events_tracker.errors import OverLimit, SegwareError, SegwareRefused
from events_tracker.model.deadline import Deadline
from events_tracker.model.readings import Answer, Reading, Segment, Slice, Tally
from events_tracker.model.times import Instant, iso
from events_tracker.passes.side_by_side import SideBySide

if TYPE_CHECKING:
    from events_tracker.segware import Segware

Result = TypeVar("Result")


class Progress(Protocol):
    """Told, as slices come in, how many of those known are read, and how many events they held."""

    def __call__(self, slices: int, of_slices: int, events: int) -> None: ...


class _Download(Generic[Result]):
    """Every slice of a plan asked for once; what could not be read is remembered."""

    def __init__(
        self, stretches: Iterable[Slice], ask: Callable[[Slice], Result], deadline: Deadline
    ) -> None:
        self._plan = SlicePlan(stretches)
        self._ask = ask
        self._deadline = deadline
        self.requests = 0
        self.missing: list[Slice] = []
        self._failures: Counter[str] = Counter()

    def run(self, take: Callable[[Slice, Result, int], None]) -> None:
        """Call ``take`` with each slice, its result, and how many slices are known so far."""
        in_flight: SideBySide[Slice, Result] = SideBySide(self._deadline)
        refused = False
        while True:
            while not refused and in_flight.has_room() and (slice_ := self._plan.next()):
                self.requests += 1
                in_flight.start(slice_, self._job(slice_))
            if not in_flight.under_way:
                break
            finished = in_flight.next()
            if finished is None:
                self._failures["the pass ran out of time before all events were read"] += 1
                break
            slice_, result = finished
            if not isinstance(result, Exception):
                take(slice_, result, self._plan.known)
            elif isinstance(result, OverLimit):
                self._split(slice_, result)
            elif isinstance(result, SegwareError):
                self._failures[str(result)] += 1
                self.missing.append(slice_)
                refused = refused or isinstance(result, SegwareRefused)
            else:
                raise result
        in_flight.close()
        self.missing += [*in_flight.under_way, *self._plan.left()]

    def _job(self, slice_: Slice) -> Callable[[], Result]:
        return lambda: self._ask(slice_)

    def _split(self, slice_: Slice, error: OverLimit) -> None:
        if not self._plan.over_limit(slice_):
            self._failures[f"{error}, in the one millisecond {iso(slice_.start)}"] += 1
            self.missing.append(slice_)

    def failures(self) -> tuple[str, ...]:
        """A sentence for each kind of failure, with how many slices it cost."""
        return tuple(
            text if count == 1 else f"{text} ({count} times)"
            for text, count in self._failures.items()
        )


def read_events(
    segware: "Segware",
    starts: Iterable[Instant],
    end: Instant,
    deadline: Deadline,
    progress: Progress,
    *,
    with_occurrences: bool,
) -> Reading:
    """Every event of the longest window, counted by the segments that the windows' starts make."""
    stretches = segments(starts, end)
    tallies: dict[Slice, Tally] = {stretch: Counter() for stretch in stretches}
    total = Counter({"slices": 0, "fetched": 0, "malformed": 0})

    def take(slice_: Slice, answer: Answer, known: int) -> None:
        tallies[_segment_of(slice_, stretches)].update(answer.events)
        total.update(slices=1, fetched=answer.fetched, malformed=answer.malformed)
        progress(total["slices"], known, total["fetched"])

    download = _Download(
        stretches, lambda slice_: segware.events(slice_, with_occurrences), deadline
    )
    download.run(take)
    holes = {_segment_of(slice_, stretches) for slice_ in download.missing}
    failures = download.failures()
    if total["malformed"] * 2 > total["fetched"]:
        holes = set(stretches)
        failures += (
            f"{total['malformed']} of {total['fetched']} events are not what Segware's events look "
            "like: nothing of this answer is used",
        )
        tallies = {stretch: Counter() for stretch in stretches}
    return Reading(
        segments=tuple(
            Segment(stretch.start, stretch.end, tallies[stretch], stretch not in holes)
            for stretch in stretches
        ),
        fetched=total["fetched"],
        malformed=total["malformed"],
        requests=download.requests,
        failures=failures,
    )


def _segment_of(slice_: Slice, stretches: list[Slice]) -> Slice:
    return next(stretch for stretch in stretches if stretch.start <= slice_.start <= stretch.end)


def read_closed_by(
    segware: "Segware", user_ids: Iterable[int], range_: Slice, deadline: Deadline
) -> tuple[frozenset[str], tuple[str, ...]]:
    """Ids of the occurrences of a range that these users closed, and what went wrong."""
    found: set[str] = set()
    failures: tuple[str, ...] = ()
    for user_id in user_ids:
        download = _Download([range_], _asker(segware, user_id), deadline)
        download.run(lambda slice_, ids, known: found.update(ids))
        failures += download.failures()
    return frozenset(found), failures


def _asker(segware: "Segware", user_id: int) -> Callable[[Slice], set[str]]:
    return lambda slice_: segware.closed_by(user_id, slice_)
