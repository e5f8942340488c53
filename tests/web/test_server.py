"""`tracker web` as a process: what it says, whom it waits for, how it ends."""

import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite
from tests.support.world import PADARIA, Console, finish
from tests.web.conftest import SECRET, Site, add_ana

pytestmark = on_sqlite


@contextmanager
def serving(console: Console, *args: str) -> "Iterator[tuple[subprocess.Popen[str], str]]":
    """The command, started, and the address that it says."""
    console.environ["WEB_SECRET"] = SECRET
    assert console("init").exit_code == 0
    process = console.start("web", "--port", "0", *args)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith("Serving on http://127.0.0.1:"), said
        yield process, re.findall(r"http://\S+", said)[0]
    finally:
        if process.poll() is None:
            process.kill()
        finish(process)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_end(console: Console, number: int) -> None:
    with serving(console) as (process, url):
        assert requests.get(f"{url}/sign-in", timeout=5).status_code == 200
        process.send_signal(number)
        assert process.wait(20) == 0
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{url}/sign-in", timeout=5)


def test_a_port_in_use_is_told_in_a_line(console: Console) -> None:
    with serving(console) as (_, url):
        port = url.rpartition(":")[2]
        second = console("web", "--port", port)
    assert second.exit_code == 1
    assert second.stderr.endswith(
        f"Z ERROR web: cannot listen on 127.0.0.1 port {port}: Address already in use\n"
    )
    assert second.stderr.count("\n") == 1


def test_without_a_secret_it_says_how_to_make_one(console: Console) -> None:
    result = console("web", "--port", "0")
    assert result.exit_code == 2
    assert "Z ERROR web: WEB_SECRET is not set" in result.stderr


@pytest.mark.parametrize("address", ["192.0.2.1", "127.0.0.1:8080"])
def test_an_address_that_is_not_of_this_machine_or_none_is_told_in_a_line(
    console: Console, address: str
) -> None:
    console.environ["WEB_SECRET"] = SECRET
    result = console("web", "--bind", address, "--port", "0")
    assert result.exit_code == 1
    assert f"Z ERROR web: cannot listen on {address} port 0: " in result.stderr
    assert result.stderr.count("\n") == 1


def test_who_sends_slowly_keeps_nobody_waiting(site: Site) -> None:
    host, port = site.url.removeprefix("http://").split(":")
    with ExitStack() as stack:
        for _ in range(40):
            slow = stack.enter_context(socket.create_connection((host, int(port))))
            slow.sendall(
                b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nna"
            )
        began = time.monotonic()
        assert site.get("/sign-in").status_code == 200
        assert time.monotonic() - began < 10


@contextmanager
def under_way(console: Console, segware: Simulator) -> "Iterator[tuple[Any, Any, Any]]":
    """A server with a request that waits for the database's writer.

    Yields its process, the connection that waits for the answer, and the writer.
    """
    with serving(console) as (process, url), socket.socket() as asking:
        segware.add_events(round(time.time() * 1_000), PADARIA, "E130", count=60)
        (opened,) = console("scan", "--format", "json").json["opened"]
        add_ana(console.environ["DATABASE_URL"])
        site = Site(url)
        site.sign_in()
        host, port = url.removeprefix("http://").split(":")
        asking.connect((host, int(port)))
        file = urlsplit(console.environ["DATABASE_URL"]).path.removeprefix("/")
        with closing(sqlite3.connect(file, isolation_level=None)) as writing:
            writing.execute("BEGIN IMMEDIATE")
            cookie = "; ".join(f"{name}={value}" for name, value in site.browser.cookies.items())
            head = (
                f"POST /alerts/{opened['register_id']}/notes HTTP/1.1",
                f"Host: {host}:{port}",
                f"Origin: {url}",
                f"Cookie: {cookie}",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Length: 6",
            )
            asking.sendall("\r\n".join([*head, "", "text=x"]).encode())
            # What came before it was taken before it.
            assert site.get("/static/style.css").status_code == 200
            yield process, asking, writing


def test_what_is_under_way_is_answered_before_the_end(console: Console, segware: Simulator) -> None:
    with under_way(console, segware) as (process, asking, writing):
        process.send_signal(signal.SIGTERM)
        writing.execute("COMMIT")
        assert asking.recv(100).startswith(b"HTTP/1.1 303 ")
        assert process.wait(20) == 0


def test_what_does_not_end_is_given_a_second(console: Console, segware: Simulator) -> None:
    with under_way(console, segware) as (process, asking, _):
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert asking.recv(100) == b""
        assert process.stderr is not None
        log = [line.partition(" ")[2] for line in process.stderr.read().splitlines()]
        assert [line.partition(" http")[0] for line in log] == [
            "INFO web: serving on",
            "INFO web: ended",
        ]
