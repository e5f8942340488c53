"""Every statement and every message of a process is a point; they are found by running it.

A point lies before each SQL statement (BEGIN and COMMIT included), before an HTTP request leaves,
before its answer is taken, and before anything goes to a mail server or is heard from it. What
lies after one of them lies before the next, so these are all moments that differ from outside.
"""

import http.client
import os
import signal
import smtplib
import sqlite3
import threading
from collections.abc import Callable
from typing import Any, cast
from unittest import mock

import mysql.connector.cursor
import requests.adapters

from events_tracker.base import limits

Reached = Callable[[str, Callable[[], Any]], Any]
"""Is given each point's name, and what comes next; returns what that returned."""

LEAVES = "leaves: "
"""What the name of a point begins with where a request, or the body of a letter, is about to go."""


class Points:
    """Numbers the points of this process, tells them to ``say``, and dies at one of them."""

    def __init__(self, say: Callable[[str], None], die_at: int = 0) -> None:
        self._say = say
        self._die_at = die_at
        self._number = 0
        self._lock = threading.Lock()

    def __call__(self, name: str, then: Callable[[], Any]) -> Any:
        self.reach(name)
        return then()

    def reach(self, name: str) -> None:
        with self._lock:
            self._number += 1
            self._say(name)
            if self._number == self._die_at:
                os.kill(os.getpid(), signal.SIGKILL)


def watch(reached: Reached) -> None:
    """From now on, and for the life of this process, hand every point to ``reached``."""
    for patch in patches(reached):
        patch.start()


def patches(reached: Reached) -> list[Any]:
    """What has to be replaced, for as long as the points are watched."""
    # One request at a time, so that the points have the same numbers in every run.
    one_at_a_time = mock.patch.object(limits, "REQUESTS_IN_FLIGHT", 1)
    return [
        one_at_a_time,
        watched_sqlite(reached),
        *_mysql(reached),
        *_http(reached),
        *_smtp(reached),
    ]


def shown(sql: str | bytes) -> str:
    """A statement in one line."""
    text = sql if isinstance(sql, str) else sql.decode("utf-8", "replace")
    return " ".join(text.split())[:90]


def watched_sqlite(reached: Reached) -> Any:
    """What has to be replaced to watch the statements of SQLite alone."""

    class Watched(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            done = reached(shown(sql), lambda: sqlite3.Connection.execute(self, sql, *values))
            return cast(sqlite3.Cursor, done)

        def executemany(self, sql: str, *values: Any) -> sqlite3.Cursor:
            done = reached(shown(sql), lambda: sqlite3.Connection.executemany(self, sql, *values))
            return cast(sqlite3.Cursor, done)

    original = sqlite3.connect
    return mock.patch.object(
        sqlite3, "connect", lambda *given, **more: original(*given, factory=Watched, **more)
    )


def _mysql(reached: Reached) -> list[Any]:
    cursor = mysql.connector.cursor.MySQLCursor
    original = cursor.execute

    def execute(self: Any, operation: str, *values: Any, **more: Any) -> Any:
        return reached(shown(operation), lambda: original(self, operation, *values, **more))

    return [mock.patch.object(cursor, "execute", execute)]


def _http(reached: Reached) -> list[Any]:
    send = requests.adapters.HTTPAdapter.send
    answer = http.client.HTTPConnection.getresponse

    def leave(self: Any, request: Any, *given: Any, **more: Any) -> Any:
        path = request.path_url.partition("?")[0]
        return reached(
            f"{LEAVES}{request.method} {path}", lambda: send(self, request, *given, **more)
        )

    def wait(self: Any, *given: Any) -> Any:
        return reached("the answer", lambda: answer(self, *given))

    return [
        mock.patch.object(requests.adapters.HTTPAdapter, "send", leave),
        mock.patch.object(http.client.HTTPConnection, "getresponse", wait),
    ]


def _smtp(reached: Reached) -> list[Any]:
    send, reply = smtplib.SMTP.send, smtplib.SMTP.getreply

    def say(self: Any, text: Any) -> None:
        shown_text = text if isinstance(text, str) else text.decode("utf-8", "replace")
        # Until the line with the dot has gone the mail server has nothing.
        what = f"{LEAVES}a letter" if "\r\n.\r\n" in shown_text else f"SMTP {shown_text[:4]}"
        reached(what, lambda: send(self, text))

    def hear(self: Any) -> Any:
        return reached("the mail server's reply", lambda: reply(self))

    return [
        mock.patch.object(smtplib.SMTP, "send", say),
        mock.patch.object(smtplib.SMTP, "getreply", hear),
    ]
