"""Faults on the way to a service: a script of them, and the usual ones ready-made."""

import os
import socket
import struct
import threading
from collections import deque

from events_tracker.simulator.server import Fault, Handler, Response


class Faults:
    """The script of the requests that are answered otherwise than usual."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._once: list[tuple[str, deque[Response]]] = []
        self._always: dict[str, Response] = {}

    def fail(self, path_prefix: str, *responses: Response) -> None:
        """Answer the next requests of a path with these, in order, one each."""
        with self._lock:
            self._once.append((path_prefix, deque(responses)))

    def fail_always(self, path_prefix: str, response: Response) -> None:
        """Answer every request of a path with this, after those given to ``fail``."""
        with self._lock:
            self._always[path_prefix] = response

    def heal(self) -> None:
        """Forget every fault."""
        with self._lock:
            self._once.clear()
            self._always.clear()

    def take(self, path: str) -> Response | None:
        """Take the response for a request of this path; None for the usual one."""
        with self._lock:
            for prefix, responses in self._once:
                if responses and path.startswith(prefix):
                    return responses.popleft()
            for prefix, response in self._always.items():
                if path.startswith(prefix):
                    return response
        return None


def reset(handler: Handler) -> None:
    """Reset the connection (RST) without doing anything."""
    handler.close_connection = True
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # Taken from the handler, which would end the connection in good order first.
    os.close(handler.connection.detach())


def lose_answer(handler: Handler) -> None:
    """Do what was asked, then reset the connection in place of an answer."""
    handler.normal_reply()
    reset(handler)


def hang_up(handler: Handler) -> None:
    """Close the connection in good order without an answer."""
    handler.close_connection = True


def truncate(handler: Handler) -> None:
    """Declare the whole answer, send half of its body, and close."""
    reply = handler.normal_reply()
    handler.close_connection = True
    handler.send_head(reply)
    handler.wfile.write(reply.body[: len(reply.body) // 2])


def slow(seconds: float) -> Fault:
    """Make a fault that gives the usual answer late."""

    def wait(handler: Handler) -> None:
        reply = handler.normal_reply()
        if handler.pause(seconds):
            handler.send(reply)

    return wait


def drip(seconds_per_byte: float) -> Fault:
    """Make a fault that sends the body of the usual answer byte by byte."""

    def send_slowly(handler: Handler) -> None:
        reply = handler.normal_reply()
        handler.send_head(reply)
        for place in range(len(reply.body)):
            handler.wfile.write(reply.body[place : place + 1])
            if not handler.pause(seconds_per_byte):
                return

    return send_slowly
