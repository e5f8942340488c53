"""Serving: eight threads behind one that listens, until somebody asks for the end."""

import logging
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from flask import Flask
from waitress.server import create_server

from events_tracker.base import limits
from events_tracker.base.errors import ServingError

_LOOK_SECONDS = 0.2
"""How often a server that has nothing to do looks whether it is to end."""


class Server:
    """A server that listens from the moment it is made; raises ServingError if it cannot."""

    def __init__(self, site: Flask, host: str, port: int) -> None:
        try:
            self._server: Any = create_server(
                site,
                host=host,
                port=port,
                threads=limits.PAGE_THREADS,
                # What is too large for us is refused by the site, in its own words.
                max_request_body_size=16 * limits.PAGE_BODY_BYTES,
                max_request_header_size=64 * 1024,
                connection_limit=1_000,
                channel_timeout=limits.PAGE_IDLE_SECONDS,
                ident="",
                clear_untrusted_proxy_headers=True,
            )
        # waitress raises ValueError for what is no address.
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise ServingError(f"cannot listen on {host} port {port}: {why}") from None
        self._ending = False
        # At the end it would tell of every thread that is still waiting for the database.
        logging.getLogger("waitress").setLevel(logging.ERROR)

    @property
    def port(self) -> int:
        """The port that it listens on: the one that was asked for, or a free one for 0."""
        return int(self._server.effective_port)

    def run(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Serve until :meth:`end`; what is under way then has a second more."""
        while not self._ending:
            self._look(_LOOK_SECONDS)
            meanwhile()
        self._server.accepting = False
        self._server.socket.close()
        until = time.monotonic() + limits.PAGE_ENDING_SECONDS
        while self._busy() and time.monotonic() < until:
            self._look(0.02)
        # Threads that have nothing to do end at once; the others end with the process.
        self._server.task_dispatcher.shutdown(timeout=max(0.1, until - time.monotonic()))
        self._server.asyncore.close_all(self._server._map)

    def end(self) -> None:
        """Take no new request, and let :meth:`run` return; safe in a signal handler."""
        self._ending = True

    def ends_on_signals(self) -> None:
        """End on SIGTERM and SIGINT: process 1 of a container has no handlers of its own."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signalled)

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        self.end()

    def _look(self, seconds: float) -> None:
        self._server.asyncore.loop(timeout=seconds, map=self._server._map, count=1)

    def _busy(self) -> bool:
        """Tell whether a request is being answered, or its answer is not wholly sent."""
        channels = tuple(self._server.active_channels.values())
        return any(channel.requests or channel.total_outbufs_len for channel in channels)
