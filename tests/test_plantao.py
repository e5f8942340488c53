"""The sessions of `docs/plantao.md` are what the program prints in the night that it tells of."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import _NamedTextIOWrapper

from events_tracker.base.times import HOUR, MINUTE, SECOND
from events_tracker.simulator.simulator import Simulator
from tests.support.channels import whatsapp
from tests.support.engines import on_sqlite
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Tracker

PAGE = Path(__file__).parents[1] / "docs" / "plantao.md"
SESSION = re.compile(r"^```text\n\$ (.*)\n(?:.*\n)*?```$", re.MULTILINE)
MIDNIGHT = NOON - 9 * HOUR
"""Of São Paulo, 21/11/2026."""


class Night:
    """Cron in that night: every ten minutes a scan, a clear and a notify."""

    def __init__(self, tracker: Tracker, segware: Simulator) -> None:
        self.tracker, self.segware = tracker, segware
        tracker.clock.at = MIDNIGHT
        assert tracker("init").exit_code == 0

    def until(self, hour: int, minute: int) -> None:
        """Let cron go on up to that time."""
        while self.tracker.clock.at < MIDNIGHT + hour * HOUR + minute * MINUTE:
            self.tracker.clock.advance(10 * MINUTE)
            for command in ("scan", "clear", "notify"):
                assert self.tracker(command).exit_code == 0
        self.tracker.clock.advance(40 * SECOND)

    def session(self, line: str) -> str:
        """A command, as it is typed and what the terminal shows then, as the page has it."""
        if line in BEFORE:
            BEFORE[line](self)
        words = shlex.split(line)
        program = words.index("tracker")
        environ = dict(word.split("=", 1) for word in words[:program])
        result = self.tracker(*words[program + 1 :], **environ)
        shown = re.sub(
            r"\b([0-9a-f]{12})[0-9a-f]{20}\b", r"\g<1>933cd48ae71dd539edb8", result.stdout
        )
        return f"```text\n$ {line}\n{shown}{result.stderr}```"

    def closes(self, account: str, reason: str, *, by: str) -> None:
        """Somebody closes an account's alert by hand."""
        forced = ("clear", "--force", "--yes", "--account", account, "--reason", reason, "--by", by)
        assert self.tracker(*forced).exit_code == 0

    def sends(self, account: int, code: str, hour: float, every: int, count: int) -> None:
        """An account sends so many events from an hour on, one every so many seconds."""
        for number in range(count):
            at = MIDNIGHT + int(hour * HOUR) + number * every * SECOND
            self.segware.add_events(at, account, code)


@pytest.fixture
def night(tracker: Tracker, segware: Simulator, monkeypatch: pytest.MonkeyPatch) -> Night:
    """03:40 in that night, on a terminal of eighty columns."""
    monkeypatch.setattr(_NamedTextIOWrapper, "isatty", lambda stream: stream.name == "<stdout>")
    monkeypatch.setenv("COLUMNS", "80")
    del tracker.environ["TRACKER_CLEAR_AFTER"]
    tracker.environ |= whatsapp(segware)
    night = Night(tracker, segware)
    night.sends(PADARIA, "E130", hour=1.0, every=70, count=400)
    night.sends(PADARIA, "R130", hour=1.01, every=70, count=400)
    night.sends(CONDOMINIO, "1130", hour=1.55, every=30, count=60)
    night.sends(FARMACIA, "E130", hour=2.1, every=120, count=47)
    night.sends(FARMACIA, "E130", hour=4.3, every=60, count=60)
    night.sends(FARMACIA, "E401", hour=2.5, every=600, count=3)
    night.until(3, 40)
    return night


BEFORE: dict[str, Callable[[Night], None]] = {
    "tracker hold": lambda night: night.until(4, 40),
    "tracker hold --all": lambda night: night.until(6, 10),
    "tracker history --open --alarm default": lambda night: night.closes(
        "1950", "painel trocado", by="Ana"
    ),
}
"""What happens before a session, by its command."""


@on_sqlite
def test_the_sessions_are_what_the_program_prints(night: Night, tmp_path: Path) -> None:
    """Where they differ, the page as it has to be is written beside the night's database."""
    page = PAGE.read_text(encoding="utf-8")
    printed = SESSION.sub(lambda session: night.session(session[1]), page)
    expected = tmp_path / PAGE.name
    expected.write_text(printed, encoding="utf-8")
    assert page == printed, f"the page as it has to be: {expected}"
