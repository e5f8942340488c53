"""The demo with pages lives until it is told to end, and leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from events_tracker.app.app import App
from events_tracker.cli import cli
from tests.support.engines import sql
from tests.support.world import Console, Result, finish, read_up_to


@dataclass
class Demo:
    """A demo that goes on in a process of its own, and the link that it printed."""

    process: "subprocess.Popen[str]"
    folder: Path
    printed: list[str] = field(default_factory=list)

    def read_on(self, wanted: str) -> str:
        """Read what it prints up to a line with this in it; returns the line."""
        assert self.process.stdout is not None
        return read_up_to(wanted, self.process.stdout, self.printed).strip()

    def end(self, number: signal.Signals) -> None:
        """Send a signal; it must end well, soon, and leave nothing behind."""
        assert len(list(self.folder.iterdir())) == 1
        self.process.send_signal(number)
        began = time.monotonic()
        result = finish(self.process)
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.endswith("The demo is over; it left nothing behind.\n")
        assert time.monotonic() - began < 10
        assert list(self.folder.iterdir()) == []


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    environ = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    process = Console(environ, tmp_path).start("demo", "--web")
    yield Demo(process, tmp_path)
    if process.poll() is None:
        process.kill()
        process.communicate()


def ask(link: str, method: str = "GET", language: str = "pt-BR") -> requests.Response:
    """What a browser gets in which nobody is signed in."""
    headers = {"Accept-Language": language}
    return requests.request(method, link, headers=headers, timeout=30, allow_redirects=False)


def test_the_pages_are_entered_once_by_the_link(demo: Demo) -> None:
    link = demo.read_on("/demo-sign-in?key=")
    site, _, key = link.partition("/demo-sign-in?key=")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", site)
    assert len(key) >= 32
    for wrong in ("", "é", key[:-1], key + "x"):
        assert ask(f"{site}/demo-sign-in?key={wrong}").status_code == 401
    assert ask(link, "HEAD").status_code == 401
    ana = requests.Session()
    entered = ana.get(link, timeout=30, allow_redirects=False)
    assert (entered.status_code, entered.headers["Location"]) == (303, "/alerts")
    listed = ana.get(f"{site}/alerts", timeout=30)
    for account in ("1950", "2207", "4118"):
        assert f">{account}<" in listed.text
    assert "Bruno Reis" in listed.text
    # The browser that is in already may follow it again; no other one.
    assert ana.get(link, timeout=30, allow_redirects=False).status_code == 303
    used = ask(link, language="en")
    assert used.status_code == 401
    assert "This link works once: start the demo again for another." in used.text
    assert ask(f"{site}/sign-in").status_code == 200
    demo.end(signal.SIGTERM)


def test_its_world_goes_on_living(demo: Demo) -> None:
    demo.read_on("Ctrl-C ends the demo.")
    (database,) = demo.folder.glob("tracker-demo-*/events_tracker.db")

    def count_of_the_stuck_panel() -> int:
        rows = sql(
            f"sqlite:///{database}",
            "SELECT t.quantity FROM triggers t JOIN register_entries r ON r.id = t.register_id "
            "WHERE r.account_code = '2207' AND r.alarm_name = 'default'",
        )
        return int(rows[0][0])

    begun = count_of_the_stuck_panel()
    until = time.monotonic() + 60
    while count_of_the_stuck_panel() <= begun:
        assert time.monotonic() < until
        time.sleep(0.2)
    demo.end(signal.SIGINT)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_before_it_serves(demo: Demo, number: signal.Signals) -> None:
    demo.read_on("going through its last")
    demo.end(number)


def run(*arguments: str) -> Result:
    """The demo in this process, for what it refuses."""
    app = App(environ={}, shared_env_file=None)
    result = CliRunner().invoke(cli, ["demo", *arguments], obj=app, prog_name="tracker")
    return Result(result.exit_code, result.stdout, result.stderr)


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "waitress", None)
    result = run("--web")
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        result.stderr == "error: the pages are not installed: pip install 'events-tracker[web]'\n"
    )


def test_a_port_that_is_taken_is_told_before_anything_else(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environ = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)}
        result = Console(environ, tmp_path)("demo", "--web", "--port", str(port))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"error: cannot listen on 127.0.0.1 port {port}: Address already in use\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_port_without_pages_is_refused() -> None:
    result = run("--port", "8490")
    assert result.exit_code == 2
    assert "--port is for --web and --serve" in result.stderr
