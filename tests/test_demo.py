"""The demo tells its whole story, and leaves nothing behind."""

from pathlib import Path

from click.testing import CliRunner

from events_tracker.app.app import App
from events_tracker.cli import cli
from tests.support.terminal import on_terminal
from tests.support.world import Console


def test_the_demo_opens_tells_and_clears(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["demo"], obj=App(environ={}, folder=tmp_path))
    assert result.exit_code == 0, result.output
    chapters = result.stdout.split("$ tracker ")
    names = [chapter.split()[0] for chapter in chapters[1:]]
    assert names == ["init", "scan", "scan", "notify", *["scan"] * 2, "clear", "notify", "history"]
    told = dict(zip(range(len(chapters)), chapters, strict=True))
    assert "Opened: 4 alerts." in told[2]
    for account in ("1950", "2207", "4118"):
        assert account in told[2]
    assert "Opened nothing." in told[3]
    assert "EXCESSO DE EVENTOS" in told[4]
    for scanned in (told[5], told[6]):
        assert "3 going on, 1 below the clear line" in scanned
    assert "Closed 1, 3 stay open." in told[7]
    assert "ENCERRADO" in told[8]
    assert told[9].count("open  ") == 3
    assert "below" in told[9]
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_has_room_for_every_line_of_it(tmp_path: Path) -> None:
    shown = on_terminal(Console({}, tmp_path), 80, "demo")
    assert "Two hours later the zone is repaired, the panel is not." in shown
    assert max(map(len, shown.split("\n"))) <= 80
