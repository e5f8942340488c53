"""What systemd is told where it asks for it, as sd_notify(3) and sd_watchdog_enabled(3) have it."""

import os
import socket
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext, suppress

from events_tracker.base import limits
from events_tracker.base.workers import meanwhile

READY = "READY=1"


class Systemd:
    """The service manager; where there is none, nobody is told.

    What it is told is never worth an error: it notices by itself what does not come.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        self._watchdog_seconds = _watchdog_seconds(environ)
        self._alive_until = 0.0

    def tell(self, state: str) -> None:
        """Send one state: ``READY=1``, ``STATUS=…``."""
        if not self._address.startswith(("/", "@")):
            return
        # An address that begins with @ has no file: the kernel writes it with a zero byte.
        address = self._address.replace("@", "\0", 1) if self._address[0] == "@" else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.settimeout(1)
            out.sendto(state.encode(), address)

    def stopping(self) -> None:
        """Say that the end was asked for, and how long what is under way may still take."""
        left = max(0.0, self._alive_until - time.monotonic())
        self.tell(f"STOPPING=1\nEXTEND_TIMEOUT_USEC={round(left * 1e6)}")

    def expect(self, seconds: float) -> None:
        """Say how long what begins now may take, its limit; beyond it, the watchdog may bite."""
        self._alive_until = time.monotonic() + seconds + limits.OVERRUN_SECONDS

    def watched(self) -> AbstractContextManager[None]:
        """Feed the watchdog while what was expected is within its time.

        By a thread, because a pass may wait longer than the watchdog does; for no longer than the
        pass may take, so that one which hangs is ended.
        """
        if self._watchdog_seconds is None:
            return nullcontext()
        return meanwhile(self._watchdog_seconds / 2, self.feed, "watchdog")

    def feed(self) -> None:
        """Feed the watchdog, unless what is under way has had its time."""
        if time.monotonic() < self._alive_until:
            self.tell("WATCHDOG=1")


def _watchdog_seconds(environ: Mapping[str, str]) -> float | None:
    """Read how often systemd wants to hear of this process; None if it does not."""
    microseconds = environ.get("WATCHDOG_USEC", "")
    meant = environ.get("WATCHDOG_PID") or str(os.getpid())
    if not (microseconds.isascii() and microseconds.isdigit()) or meant != str(os.getpid()):
        return None
    return int(microseconds) / 1e6 or None
