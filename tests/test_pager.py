"""What is longer than the screen goes to a pager on a terminal, and nowhere else."""

import sys
from pathlib import Path

import click
import pytest

from events_tracker.app.app import App
from events_tracker.base.times import MINUTE
from events_tracker.commands.pager import paged
from events_tracker.simulator.service import wall_clock_ms
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite
from tests.support.terminal import on_terminal
from tests.support.world import PADARIA, Console

MARKS = "sed s/^/page:/"


@pytest.fixture
def opened(console: Console, segware: Simulator) -> None:
    """One open alert."""
    segware.add_events(wall_clock_ms() - MINUTE, PADARIA, "E130", count=60)
    assert console("init").exit_code == 0
    assert console("scan").exit_code == 0


@on_sqlite
@pytest.mark.usefixtures("opened")
def test_lists_go_to_the_pager_of_the_environment(console: Console) -> None:
    for command in (
        "history --open",
        "notifications",
        "alarms list",
        "alarms show default",
        "alarms codes",
        "explain 1950",
    ):
        shown = on_terminal(console, 80, *command.split(), PAGER=MARKS)
        lines = shown.splitlines()
        assert len(lines) > 1
        assert all(line.startswith("page:") for line in lines), command
    plain = on_terminal(console, 80, "explain", "1950", PAGER="cat")
    assert len(plain.splitlines()) == len(lines), "it is fitted to the terminal all the same"


@on_sqlite
@pytest.mark.usefixtures("opened")
def test_less_shows_colours_ends_on_one_screen_and_starts_nothing(
    console: Console, tmp_path: Path
) -> None:
    less = tmp_path / "less"
    less.write_text('#!/bin/sh\necho "LESS=$LESS LESSSECURE=$LESSSECURE"\nexec cat\n')
    less.chmod(0o755)
    del (environ := console.environ.copy())["PATH"]
    path = f"{tmp_path}:{console.environ['PATH']}"
    mine = Console({**environ, "PATH": path}, console.folder)
    shown = on_terminal(mine, 80, "history", "--open", colours=True, PAGER="less")
    assert shown.startswith("LESS=FRX LESSSECURE=1\n")
    assert "\x1b[31mgoing on" in shown
    own = on_terminal(mine, 80, "history", PAGER="less", LESS="iM", LESSSECURE="0")
    assert own.startswith("LESS=iM LESSSECURE=1\n")


@on_sqlite
@pytest.mark.usefixtures("opened")
def test_there_is_none_where_none_is_wanted_or_able(console: Console) -> None:
    for pager, kind in (
        ("", "xterm"),
        ("none-such -x", "xterm"),
        ("sed '", "xterm"),
        (MARKS, "dumb"),
    ):
        shown = on_terminal(console, 80, "history", errors=True, PAGER=pager, TERM=kind)
        assert shown.startswith("Opened:"), (pager, kind)
    for format_ in ("json", "csv"):
        shown = on_terminal(console, 80, "history", "--format", format_, PAGER=MARKS)
        assert "1950" in shown
        assert "page:" not in shown
    assert console("history", PAGER=MARKS).stdout.startswith("Opened")


def test_leaving_early_is_no_error_and_ends_the_printing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    terminal, printed = sys.stdout, 0
    environ = {"PAGER": "head -n 2", "TERM": "xterm"}
    with paged(App(environ=environ)):
        for printed in range(100_000):
            click.echo(f"row {printed}")
    assert printed < 99_999
    assert sys.stdout is terminal
    assert capfd.readouterr().out == "row 0\nrow 1\n"


def test_what_fails_meanwhile_is_told_after_what_was_printed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    def print_and_fail() -> None:
        with paged(App(environ={"PAGER": MARKS, "TERM": "xterm"})):
            click.echo("row")
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        print_and_fail()
    assert capfd.readouterr().out == "page:row\n"
