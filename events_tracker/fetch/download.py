"""Download the slices of a plan, several in flight, newest first."""

from collections.abc import Callable
from contextlib import closing
from typing import Generic, TypeVar

from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import OverLimit, SegwareError, SegwareRefused
from events_tracker.base.times import Span, iso
from events_tracker.base.workers import Workers
from events_tracker.decisions.fetch.slicing import SlicePlan

Result = TypeVar("Result")


class Download(Generic[Result]):
    """Asks for every slice of a plan once, and notes which of them could not be read.

    ``requests``: how many slices were asked for. ``missing``: those that nothing was read of.
    """

    def __init__(self, plan: SlicePlan, ask: Callable[[Span], Result], deadline: Deadline) -> None:
        self._plan = plan
        self._ask = ask
        self._deadline = deadline
        self.requests = 0
        self.missing: list[Span] = []
        self._failures: dict[str, list[str]] = {}

    def run(self, take: Callable[[Span, Result], int]) -> None:
        """Call ``take`` with each slice and its result; it returns how many records that held.

        Slices that the server calls too large are asked for again in parts. An error of Segware's
        costs one slice, a SegwareRefused all that are left; any other exception is raised.
        """
        with closing(Workers[Span, Result](self._deadline)) as in_flight:
            self._run(in_flight, take)
        self.missing += self._plan.left()

    def _run(self, in_flight: Workers[Span, Result], take: Callable[[Span, Result], int]) -> None:
        refused = False
        while True:
            while not refused and in_flight.has_room() and (span := self._plan.next()):
                self.requests += 1
                in_flight.start(span, self._job(span))
            if not in_flight.under_way:
                return
            finished = in_flight.next()
            if finished is None:
                self._note("the pass ran out of time before all events were read")
                return
            span, result = finished
            if not isinstance(result, Exception):
                self._plan.answered(span, take(span, result))
            elif isinstance(result, OverLimit):
                self._split(span, result)
            elif isinstance(result, SegwareError):
                self._give_up(span, str(result))
                refused = refused or isinstance(result, SegwareRefused)
            else:
                raise result

    def _job(self, span: Span) -> Callable[[], Result]:
        return lambda: self._ask(span)

    def _split(self, span: Span, error: OverLimit) -> None:
        if not self._plan.refused(span):
            self._give_up(span, str(error), f", in the one millisecond {iso(span.start)}")

    def _give_up(self, span: Span, why: str, where: str = "") -> None:
        self._plan.failed(span)
        self._note(why, where)
        self.missing.append(span)

    def _note(self, why: str, where: str = "") -> None:
        self._failures.setdefault(why, []).append(where)

    def failures(self) -> tuple[str, ...]:
        """Write a sentence for each kind of failure, with how many slices it cost."""
        return tuple(
            f"{why}{where[0]}" + (f" (asked {len(where)} times)" if len(where) > 1 else "")
            for why, where in self._failures.items()
        )
