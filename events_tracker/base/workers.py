"""Jobs side by side, none of which can hold the pass beyond its deadline; one again and again.

The threads are daemons and are never joined: a job that hangs in the network is left behind when
the pass's time is up, and ends with the process.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Generic, TypeVar

from events_tracker.base import limits
from events_tracker.base.deadline import Deadline

Tag = TypeVar("Tag")
Result = TypeVar("Result")


class Workers(Generic[Tag, Result]):
    """Up to ``limits.REQUESTS_IN_FLIGHT`` jobs at once; results in the order they finish."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._jobs: queue.SimpleQueue[tuple[Tag, Callable[[], Result]] | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[tuple[Tag, Result | Exception]] = queue.SimpleQueue()
        self._threads = 0
        self.under_way: set[Tag] = set()
        """Tags of the jobs whose results were not taken yet."""

    def has_room(self) -> bool:
        return len(self.under_way) < limits.REQUESTS_IN_FLIGHT

    def start(self, tag: Tag, job: Callable[[], Result]) -> None:
        """Hand a job to a thread. Call only while ``has_room``."""
        self.under_way.add(tag)
        self._jobs.put((tag, job))
        if self._threads < len(self.under_way):
            self._threads += 1
            threading.Thread(target=self._work, daemon=True).start()

    def next(self) -> tuple[Tag, Result | Exception] | None:
        """Wait for the next result, or its job's exception; None once the deadline has passed.

        It waits a second at a time: a Ctrl-C that comes just before Python begins to wait is seen
        only when it has waited.
        """
        while True:
            left = self._deadline.remaining()
            try:
                tag, result = self._results.get(timeout=min(left, limits.CTRL_C_SECONDS))
            except queue.Empty:
                if left <= limits.CTRL_C_SECONDS:
                    return None
                continue
            self.under_way.discard(tag)
            return tag, result

    def close(self) -> None:
        """Let the threads end that have nothing to do."""
        for _ in range(self._threads):
            self._jobs.put(None)

    def _work(self) -> None:
        while job := self._jobs.get():
            tag, call = job
            try:
                self._results.put((tag, call()))
            except Exception as error:
                self._results.put((tag, error))


def each(
    deadline: Deadline, jobs: dict[Tag, Callable[[], Result]]
) -> dict[Tag, Result | Exception]:
    """Run these jobs; what has not finished by the deadline is missing from the answer."""
    waiting = list(jobs.items())
    finished: dict[Tag, Result | Exception] = {}
    with closing(Workers[Tag, Result](deadline)) as side_by_side:
        while waiting or side_by_side.under_way:
            while waiting and side_by_side.has_room():
                side_by_side.start(*waiting.pop(0))
            result = side_by_side.next()
            if result is None:
                break
            finished[result[0]] = result[1]
    return finished


def alone(deadline: Deadline, job: Callable[[], Result]) -> Result:
    """Run one job and return its result, or raise its exception; TimeoutError at the deadline."""
    result = each(deadline, {"job": job}).get("job", TimeoutError())
    if isinstance(result, Exception):
        raise result
    return result


@contextmanager
def meanwhile(seconds: float, job: Callable[[], None], name: str) -> Iterator[None]:
    """Do a job every so many seconds, in a thread that ends with the block."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(seconds):
            job()

    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
