"""The demo's Segware and its people, for a worker and pages that run by themselves."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.world import Console, finish

URL = "http://127.0.0.1:"


@pytest.fixture
def console(tmp_path: Path) -> Console:
    environ = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
    return Console(environ, tmp_path)


@pytest.fixture
def serving(console: Console) -> Iterator["subprocess.Popen[str]"]:
    """The simulated Segware, in a process of its own; the console has the settings it printed."""
    process = console.start("demo", "--serve")
    assert process.stdout is not None
    for line in process.stdout:
        name, equals, value = line.strip().partition("=")
        if equals:
            console.environ[name] = value
        if name == "CHATPRO_RECIPIENT":
            break
    yield process
    if process.poll() is None:
        process.kill()
        process.communicate()


def test_a_worker_of_its_own_finds_what_the_simulated_segware_has(
    console: Console, serving: "subprocess.Popen[str]"
) -> None:
    assert console.environ["SEGWARE_URL"].startswith(URL)
    made = console("demo", "--prepare")
    assert (made.exit_code, made.stderr) == (0, "")
    scanned = console("scan", "--format", "json").json
    assert {"1950", "2207", "4118"} <= {alert["account_code"] for alert in scanned["opened"]}
    assert {"default", "slow-runaway"} <= {alert["alarm"] for alert in scanned["opened"]}
    assert console("notify", "--format", "json").json["sent"] == len(scanned["opened"])
    # Its accounts go on sending: the stuck panel every seven seconds.
    known, again = scanned, scanned
    while again["events"]["counted"] <= known["events"]["counted"]:
        again = console("scan", "--format", "json").json
    serving.send_signal(signal.SIGTERM)
    ended = finish(serving)
    assert (ended.exit_code, ended.stderr) == (0, "")


def test_the_person_gets_another_password_the_second_time(console: Console) -> None:
    console.environ |= {"SEGWARE_URL": URL + "9", "SEGWARE_TOKEN": "made-up"}
    first, second = console("demo", "--prepare"), console("demo", "--prepare")
    begin = "To sign in: Ana Lima, with the password "
    assert first.stdout.startswith(begin)
    assert second.stdout.startswith(begin)
    assert first.stdout != second.stdout
    assert [person["name"] for person in console("people", "list", "--format", "json").json] == [
        "Ana Lima"
    ]


def test_it_lets_nobody_in_where_segware_is_a_real_one(console: Console) -> None:
    refused = console("demo", "--prepare")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == (
        "error: SEGWARE_URL is not on this machine: only a simulated Segware has a demo's people\n"
    )
    assert list(console.folder.iterdir()) == []


def test_a_port_that_is_taken_is_told(console: Console) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = console("demo", "--serve", "--port", str(port))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"error: cannot listen on port {port}: Address already in use\n"
