"""Telling whoever sits and waits that Segware keeps them waiting."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from events_tracker.base import limits
from events_tracker.base.deadline import Deadline


class Waiting:
    """Tells it once, after no read came to its end for a while. For several threads at once."""

    def __init__(self, where: str, tell: Callable[[str], None] | None) -> None:
        self._where = where
        self._tell = tell
        self._lock = threading.Lock()
        self._under_way: list[Deadline] = []
        self._timer: threading.Timer | None = None

    @contextmanager
    def for_answer(self, deadline: Deadline) -> Iterator[None]:
        """Wait for one read, with its repetitions, until it ends or raises."""
        with self._lock:
            self._under_way.append(deadline)
            if self._timer is None:
                self._begin()
        try:
            yield
        finally:
            with self._lock:
                self._under_way.remove(deadline)
                self._end()
                if self._under_way:
                    self._begin()

    def _begin(self) -> None:
        if self._tell is not None:
            self._timer = threading.Timer(limits.SEGWARE_WAIT_NOTICED_SECONDS, self._say)
            self._timer.daemon = True
            self._timer.start()

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _say(self) -> None:
        with self._lock:
            tell, left = self._tell, [deadline.remaining() for deadline in self._under_way]
            if tell is None or not left:
                return
            self._tell = None
        tell(
            f"waiting for Segware at {self._where} (up to {max(left):.0f} s more; Ctrl-C ends it)…"
        )
