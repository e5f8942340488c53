"""The API from hell: how much memory and time the worst answers take, and no valid certificate."""

import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import SegwareError
from events_tracker.base.times import Span
from events_tracker.segware import Segware, Server
from events_tracker.simulator.simulator import Reply, Simulator
from tests.reliability import hell_process
from tests.reliability.hell_answers import ANSWERS, MIB
from tests.reliability.hell_reads import READS, state, told_of
from tests.support.engines import on_sqlite
from tests.support.mailbox import certificate
from tests.support.world import NOON, PADARIA, Result, TestClock, Tracker

pytestmark = on_sqlite

GRACE = 8.0
"""To start a process and to end one, on a busy machine."""
HEAVY = {
    "400 MB": 900,
    "gzip bomb": 900,
    "gzip bomb in a gzip bomb": 900,
    "nested brackets": 200,
    "endless chunks": 500,
    "many of next to nothing": 1_000,
}
"""The most memory in MiB that a scan may have at its peak while every answer is like this.

Six answers of 64 MiB may be in flight at once, and a growing body is held twice while it moves.
"""
NEXT_TO_NOTHING = b"[" + b"{}," * (16 * MIB // 3) + b"{}]"
"""Decoded, such an answer takes 25 times its size: only one at a time may be."""


@pytest.fixture(autouse=True)
def start(initialised: None) -> None:
    """Every test here starts after `tracker init`."""


def run(tracker: Tracker, *arguments: str) -> tuple[Result, int, float]:
    """The command in a process of its own: its result, its peak in MiB, and its seconds."""
    began = time.monotonic()
    process = subprocess.run(
        [sys.executable, "-m", "tests.reliability.hell_process", *arguments],
        env={"PATH": os.environ["PATH"], **tracker.environ},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=110,
    )
    stderr, _, peak = process.stderr.rpartition("peak: ")
    found = re.match(r"(\d+) MiB", peak)
    assert found, process.stderr
    took = time.monotonic() - began
    return Result(process.returncode, process.stdout, stderr), int(found[1]), took


@pytest.mark.reliability
@pytest.mark.parametrize("answer", HEAVY)
def test_a_scan_is_bounded_in_memory_and_time(
    tracker: Tracker, segware: Simulator, answer: str
) -> None:
    heavy = Reply(200, NEXT_TO_NOTHING) if answer not in ANSWERS else ANSWERS[answer]
    for window in ("1h", "50m", "40m", "30m", "20m", "10m"):
        assert tracker("alarms", "create", window, "--window", window).exit_code == 0
    segware.fail_always("/v1/events", heavy)
    # The scan goes by the machine's clock, and so does what Segware says of its own.
    segware.date_offset = time.time() - tracker.clock.now() / 1000
    result, peak, took = run(tracker, "scan")
    print(f"{answer}: {peak} MiB, {took:.1f} s, {result.stderr!r}")
    assert result.exit_code == 1
    assert len(told_of(READS["events"], result)) <= 2
    assert peak < HEAVY[answer]
    assert took < hell_process.SECONDS + GRACE


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server whose certificate is trusted, and is that of another name."""
    made, context = certificate(tmp_path, "api.segware.example", "DNS")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_greet, args=(listening, context), daemon=True).start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def _greet(listening: socket.socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listening.accept()
            with suppress(OSError), connection:
                context.wrap_socket(connection, server_side=True).close()


ASKS: dict[str, Callable[[Segware], object]] = {
    "events": lambda segware: segware.events(Span(NOON, NOON)),
    "occurrences": lambda segware: segware.closed_by(77, Span(NOON, NOON)),
    "account": lambda segware: segware.account(PADARIA, NOON),
    "accounts": lambda segware: segware.accounts(NOON),
    "company": lambda segware: segware.company(11, NOON),
    "client groups": lambda segware: segware.client_groups(NOON),
    "status": lambda segware: segware.clock(),
}


@pytest.mark.parametrize("name", ASKS)
def test_no_read_trusts_a_certificate_for_another_name(elsewhere: str, name: str) -> None:
    server = Server(elsewhere, "token")
    segware = server.within(Deadline(TestClock(), 10))
    with pytest.raises(
        SegwareError, match=r"^https://127\.0\.0\.1:\d+/v.* has no valid certificate"
    ):
        ASKS[name](segware)
    server.close()


def test_a_certificate_for_another_name_changes_nothing(
    tracker: Tracker, segware: Simulator, database: str, elsewhere: str
) -> None:
    events = READS["events"]
    events.prepare(tracker, segware)
    before = state(database)
    for command in ("scan", "status"):
        result = tracker(command, SEGWARE_URL=elsewhere)
        assert result.exit_code == 1
        assert [line for line in told_of(events, result) if "no valid certificate" in line]
    assert state(database) == before
    events.recovered(tracker)
