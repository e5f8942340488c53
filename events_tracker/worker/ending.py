"""The end of a worker: one signal lets what is under way finish, a second one does not."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Ending:
    """Whether somebody asked for the end."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self.waiting = False
        """Nothing is under way: the end comes as soon as it is asked for."""

    @property
    def asked(self) -> bool:
        return self._asked.is_set()

    def ask(self) -> None:
        self._asked.set()

    def wait(self, seconds: float) -> bool:
        """Wait that long, or until the end is asked for; returns whether it is."""
        self.waiting = True
        self._asked.wait(seconds)
        self.waiting = False
        return self.asked


@contextmanager
def on_signals(first: Callable[[Ending], None]) -> Iterator[Ending]:
    """Ask for the end at the first SIGTERM or SIGINT, and call ``first``; exit at the second.

    The second exits with 128 and the signal's number, as a shell has it, whatever is under way:
    every pass may be killed at any moment. Handlers of our own, because process 1 of a container
    has no others. A thread hears of the signals: the first one may be busy in a database's library.
    """
    ending = Ending()
    heard, told = socket.socketpair()
    told.setblocking(False)

    def listen() -> None:
        with suppress(OSError):  # closed at the end of the block
            while number := heard.recv(1):
                if ending.asked:
                    os._exit(128 + number[0])
                first(ending)
                ending.ask()

    before = {number: signal.signal(number, _heard_by_the_thread) for number in _SIGNALS}
    descriptor = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    thread = threading.Thread(target=listen, name="signals", daemon=True)
    thread.start()
    try:
        yield ending
    finally:
        signal.set_wakeup_fd(descriptor)
        for number, handler in before.items():
            signal.signal(number, handler)
        told.close()
        thread.join()
        heard.close()


def _heard_by_the_thread(number: int, frame: FrameType | None) -> None:
    """Keep a signal from its default; the interpreter has written its number to the socket."""
