"""What systemd hears, on a real socket."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from events_tracker.base import limits
from events_tracker.simulator.simulator import Simulator
from events_tracker.worker.systemd import Systemd
from tests.reliability.crowds import Held
from tests.support.engines import on_sqlite
from tests.support.world import Console
from tests.worker.resident import resident


@contextmanager
def listening(address: str) -> Iterator[socket.socket]:
    """The service manager's end of NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.settimeout(60)
        yield manager


def hear(manager: socket.socket, beginning: str) -> list[str]:
    """All that is told, up to what begins so."""
    told: list[str] = []
    while not told or not told[-1].startswith(beginning):
        told.append(manager.recv(4096).decode())
    return told


@on_sqlite
def test_it_hears_when_the_worker_is_ready_lives_ends_and_what_it_did(
    console: Console, segware: Simulator, tmp_path: Path
) -> None:
    assert console("init").exit_code == 0
    address = str(tmp_path / "notify")
    asked = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "200000"}
    with (
        listening(address) as manager,
        Held(segware, 1) as held,
        resident(console, "--every", "1h", **asked) as worker,
    ):
        held.all_have_come()
        told = hear(manager, "WATCHDOG=1")
        assert told[0] == "READY=1"
        held.go()
        told = hear(manager, "STATUS=")
        assert set(told[:-1]) <= {"WATCHDOG=1"}
        assert told[-1] == (
            "STATUS=scan: 0 events, opened 0; clear: closed 0, 0 stay open; "
            "notify: nothing due; purge: deleted nothing"
        )
        hear(manager, "WATCHDOG=1")
        worker.signal(signal.SIGTERM)
        hear(manager, "STOPPING=1\nEXTEND_TIMEOUT_USEC=36")
        assert worker.end().exit_code == 0


def test_an_abstract_address_is_one_without_a_file(tmp_path: Path) -> None:
    name = f"{tmp_path}/notify"
    with listening(f"\0{name}") as manager:
        Systemd({"NOTIFY_SOCKET": f"@{name}"}).tell("READY=1")
        assert hear(manager, "READY") == ["READY=1"]


def test_what_hangs_beyond_its_limit_is_not_said_to_live(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    systemd = Systemd({"NOTIFY_SOCKET": address})
    with listening(address) as manager:
        manager.setblocking(False)
        systemd.expect(-limits.OVERRUN_SECONDS)
        systemd.feed()
        with pytest.raises(BlockingIOError):
            manager.recv(4096)
        systemd.expect(0)
        systemd.feed()
        assert manager.recv(4096) == b"WATCHDOG=1"


@pytest.mark.parametrize(
    "environ", [{}, {"NOTIFY_SOCKET": "/nowhere/notify"}, {"NOTIFY_SOCKET": "vsock:2:1234"}]
)
def test_where_nobody_listens_nothing_happens(environ: dict[str, str]) -> None:
    Systemd({**environ, "WATCHDOG_USEC": "often", "WATCHDOG_PID": "1"}).tell("READY=1")
