"""Processes of the tracker, forked from this one: nothing has to be imported again.

They are forked while no other thread here is at work, and end by `os._exit` or worse.
"""

import json
import os
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from tests.support.world import Result, Tracker

Say = Callable[[str], None]
_MOST_WAITING = 1_000


@dataclass(frozen=True)
class Ended:
    """How a process ended: its result (None if it was killed), and what it had said by then."""

    result: Result | None
    said: Sequence[str]


class Process:
    """A forked process that runs ``work``, once ``gate`` (if there is one) has opened."""

    def __init__(self, work: Callable[[Say], Result], gate: "Gate | None" = None) -> None:
        read, write = os.pipe()
        with warnings.catch_warnings():
            # Since 3.12 Python warns of the other threads here; they are idle.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if self.pid == 0:
            os.close(read)
            _live(work, write, gate)
        os.close(write)
        self._pipe = os.fdopen(read, encoding="utf-8")
        self._lines: list[dict[str, Any]] = []

    def _hear(self) -> dict[str, Any]:
        """The next thing it tells; nothing at its end, or where death cut it short."""
        line = self._pipe.readline()
        return json.loads(line) if line.endswith("\n") else {}

    def until_said(self, beginning: str) -> None:
        """Wait until it says something that begins so. Raises AssertionError if it never does."""
        while line := self._hear():
            self._lines.append(line)
            if line.get("said", "").startswith(beginning):
                return
        raise AssertionError(f"it never said {beginning!r} but {self._lines[-3:]}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Kill it, unless it was waited for."""
        if not self._pipe.closed:
            self.kill()
            os.waitpid(self.pid, 0)
            self._pipe.close()

    def end(self) -> Ended:
        """Wait for its end. Raises AssertionError if it failed in a way that nobody expected."""
        with self._pipe:
            while line := self._hear():
                self._lines.append(line)
        lines = self._lines
        _, status = os.waitpid(self.pid, 0)
        said = [line["said"] for line in lines if "said" in line]
        failed = [line["failed"] for line in lines if "failed" in line]
        assert not failed, failed[0]
        results = [Result(**line["result"]) for line in lines if "result" in line]
        assert results or os.WIFSIGNALED(status), f"it ended with {status}, saying nothing"
        return Ended(results[0] if results else None, said)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


class Gate:
    """Holds processes back until all of them are there."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        self._is_open = False

    def wait(self) -> None:
        """In a process: until the gate opens."""
        os.read(self._read, 1)

    def open(self) -> None:
        """Now, or already."""
        if not self._is_open:
            self._is_open = True
            # A byte for each who waits: the end of the pipe is not seen while others hold it.
            os.write(self._write, bytes(_MOST_WAITING))
            os.close(self._write)
            os.close(self._read)


@contextmanager
def gate() -> Iterator[Gate]:
    """Processes that are started inside begin to work together, when it is left."""
    made = Gate()
    try:
        yield made
    finally:
        made.open()


def run(tracker: Tracker, args: Sequence[str]) -> Callable[[Say], Result]:
    """The work of one command."""
    return lambda _: tracker(*args)


def _live(work: Callable[[Say], Result], write: int, gate: Gate | None) -> None:
    def tell(**what: object) -> None:
        os.write(write, (json.dumps(what) + "\n").encode())

    try:
        if gate is not None:
            gate.wait()
        result = work(lambda text: tell(said=text))
        tell(
            result={
                "exit_code": result.exit_code,
                "stdout": result.stdout,
                "stderr": result.stderr,
            }
        )
    except BaseException:
        tell(failed=traceback.format_exc())
    finally:
        os._exit(0)
