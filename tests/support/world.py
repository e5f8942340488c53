"""The world of a test: its clock, its accounts and their alerts, and ways to run the program."""

import json
import subprocess
import sysconfig
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from events_tracker.app.app import App
from events_tracker.base.times import HOUR
from events_tracker.cli import cli
from events_tracker.simulator.simulator import Simulator

NOON = 1_795_262_400_000
"""2026-11-21T12:00:00.000Z, in São Paulo 09:00: when the tests' clock starts."""
PADARIA, CONDOMINIO, FARMACIA = 7, 8, 9
"""Ids of the accounts that `furnish` makes; their codes are 1950, 2207 and 3046."""


class TestClock:
    """A clock that stands still until it is told to go; waiting takes a hundredth of its time.

    ``slept``: every wait that was asked for. ``speed``: how much faster than real time the
    monotonic clock goes, so that a deadline of minutes passes in a moment.
    """

    __test__ = False

    def __init__(self, at: int = NOON) -> None:
        self.at = at
        self.speed = 1.0
        self.slept: list[float] = []

    def now(self) -> int:
        return self.at

    def advance(self, milliseconds: int) -> None:
        self.at += milliseconds

    def monotonic(self) -> float:
        return time.monotonic() * self.speed

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        time.sleep(seconds / max(100.0, self.speed))


@dataclass(frozen=True)
class Result:
    """What one call of the program did."""

    exit_code: int
    stdout: str
    stderr: str
    stdout_bytes: bytes = b""

    @property
    def json(self) -> Any:
        assert self.stdout, self.stderr
        return json.loads(self.stdout)


@dataclass
class Tracker:
    """The command line, in this process. ``environ`` may be changed between calls."""

    environ: dict[str, str]
    folder: Path
    clock: TestClock = field(default_factory=TestClock)
    shared_env_file: Path | None = None
    stdin: str | bytes = ""
    """What commands read from standard input."""

    def __call__(self, *args: str, **environ: str) -> Result:
        """Run one command, with more environment for this call alone."""
        app = App(
            environ={**self.environ, **environ},
            folder=self.folder,
            clock=self.clock,
            shared_env_file=self.shared_env_file,
        )
        result = CliRunner().invoke(
            cli, args, self.stdin, obj=app, prog_name="tracker", catch_exceptions=False
        )
        return Result(result.exit_code, result.stdout, result.stderr, result.stdout_bytes)

    def scan(self, *args: str, exit_code: int = 0, **environ: str) -> Any:
        """The JSON of a scan that must end with this exit code."""
        result = self("scan", "--format", "json", *args, **environ)
        assert result.exit_code == exit_code, result.stderr
        return result.json

    def clear(self, *args: str, exit_code: int = 0, **environ: str) -> Any:
        """The JSON of a clear that must end with this exit code."""
        result = self("clear", "--format", "json", *args, **environ)
        assert result.exit_code == exit_code, result.stderr
        return result.json

    def notify(self, *args: str, exit_code: int = 0, **environ: str) -> Any:
        """The JSON of a notify that must end with this exit code."""
        result = self("notify", "--format", "json", *args, **environ)
        assert result.exit_code == exit_code, result.stderr
        return result.json

    def notifications(self, *args: str) -> Any:
        """The JSON of the notifications, newest first."""
        result = self("notifications", "--format", "json", *args)
        assert result.exit_code == 0, result.stderr
        return result.json

    def history(self, *args: str) -> Any:
        """The JSON of the register."""
        result = self("history", "--format", "json", *args)
        assert result.exit_code == 0, result.stderr
        return result.json


@dataclass
class Console:
    """The installed console script, in processes of its own, by the machine's clock."""

    environ: dict[str, str]
    folder: Path

    def start(
        self, *args: str, stdout: int = subprocess.PIPE, **environ: str
    ) -> "subprocess.Popen[str]":
        """Start one command and leave it running; `finish` waits for it."""
        return subprocess.Popen(
            [str(Path(sysconfig.get_path("scripts")) / "tracker"), *args],
            env={**self.environ, **environ},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __call__(self, *args: str, **environ: str) -> Result:
        """Run one command to its end."""
        return finish(self.start(*args, stdout=subprocess.PIPE, **environ))


def read_up_to(wanted: str, lines: Iterable[str], said: list[str]) -> str:
    """Read lines of a process up to one with this in it; returns that, and adds all to ``said``."""
    for line in lines:
        said.append(line)
        if wanted in line:
            return line.rstrip("\n")
    raise AssertionError(f"never said {wanted!r}: {''.join(said)}")


def finish(process: "subprocess.Popen[str]") -> Result:
    """Wait for a process that `Console.start` started."""
    with process:
        stdout, stderr = process.communicate(timeout=60)
    return Result(process.returncode, stdout or "", stderr)


def furnish(segware: Simulator) -> None:
    """Two companies, two client groups and three accounts."""
    segware.add_company(11, "Sentinela Monitoramento")
    segware.add_company(14, "Vigia Sul Segurança Eletrônica")
    segware.add_client_group(501, "Rede Boa Mesa")
    segware.add_client_group(508, "Administradora Horizonte")
    segware.add_account(PADARIA, "1950", "Padaria São José", 11, 501)
    segware.add_account(CONDOMINIO, "2207", "Condomínio Edifício Aurora", 14, 508)
    segware.add_account(FARMACIA, "3046", "Farmácia Santa Luzia", 11)


def open_alert(
    tracker: Tracker, segware: Simulator, account: int = PADARIA, code: str = "E130"
) -> str:
    """Let an account send sixty events, and a scan see them; returns the register id."""
    segware.add_events(tracker.clock.now(), account, code, count=60)
    (opened,) = tracker.scan()["opened"]
    return str(opened["register_id"])


def open_alerts(tracker: Tracker, segware: Simulator, count: int) -> list[str]:
    """So many alerts at once, of accounts 5001 and up, every third of the second company."""
    for number in range(count):
        company = 14 if number % 3 == 0 else 11
        segware.add_account(101 + number, str(5001 + number), f"Cliente {number + 1}", company)
        segware.add_events(tracker.clock.now(), 101 + number, "E130", count=60)
    opened = tracker.scan()["opened"]
    assert len(opened) == count
    return [alert["register_id"] for alert in opened]


def let_it_be_over(tracker: Tracker, segware: Simulator) -> None:
    """Let the window pass, a scan see next to nothing in it, and clear what was open."""
    tracker.clock.advance(2 * HOUR + 1)
    segware.add_events(tracker.clock.now(), PADARIA, "E602")
    tracker.scan()
    assert tracker.clear()["cleared"]
