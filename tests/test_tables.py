"""Every table on a real terminal of 60, 80, 120 and 200 columns, as people see it."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping

import pytest
from rich.cells import cell_len

from events_tracker.base.times import MINUTE
from events_tracker.simulator.service import wall_clock_ms
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite
from tests.support.terminal import opened, read_all
from tests.support.world import CONDOMINIO, FARMACIA, PADARIA, Console

COMMANDS = (
    "history",
    "history --open",
    "history --account 1950",
    "alarms list",
    "alarms show default",
    "alarms show portas",
    "alarms templates",
    "alarms codes",
    "alarms except default",
    "notifications",
    "status",
    "explain 1950",
    "explain 2207",
    "scan --dry-run",
    "hold",
    "report",
)
WIDTHS = (60, 80, 120, 200)
WHOLE = 1_000
"""So wide that nothing is cut, left out or folded: what words there are."""
# One process for all of it: a command's start costs more than its table.
SHOW_ALL = """
import fcntl, shlex, struct, sys, termios
from events_tracker.cli import cli
from events_tracker.commands import streams

streams.prepare()
for line in sys.argv[1:]:
    columns, *args = shlex.split(line)
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 50, int(columns), 0, 0))
    print(f"\\0{line}", flush=True)
    cli(args, prog_name="tracker", standalone_mode=False)
"""


@pytest.fixture
def world(console: Console, segware: Simulator) -> None:
    """Alerts of clients with long names: open, closed by hand, held, excepted; long reasons."""
    segware.add_account(PADARIA, "1950", "Padaria 日本 " + "São José " * 12, 11, 501)
    for account, code in ((PADARIA, "E130"), (CONDOMINIO, "1130"), (FARMACIA, "E131")):
        segware.add_events(wall_clock_ms() - MINUTE, account, code, count=60)
    segware.add_events(wall_clock_ms() - MINUTE, PADARIA, "E401", count=5)
    by_company = ("--codes", "E401,E402,E403", "--group-by", "company")
    why = "the technician is on site until the new detector is there"
    for command in (
        ("init",),
        ("alarms", "create", "portas", *by_company, "--by", "Maria das Graças"),
        ("alarms", "edit", "portas", "--value", "5", "--by", "Ana", "--comment", f"as {why}"),
        ("alarms", "except", "default", "--account", "3046", "--value", "55", "--reason", why),
        ("scan",),
        ("clear", "--force", "--account", "2207", "--reason", why),
        ("hold", "1950", "--for", "4h", "--reason", why),
    ):
        result = console(*command)
        assert result.exit_code == 0, (command, result.stderr)
    # `status` names it, and no word as long as a test's folder fits into a column.
    (console.folder / ".env").unlink()


def shown(console: Console) -> Mapping[tuple[int, str], str]:
    """What each command shows at each width, without colours, by both."""
    lines = [f"{width} {command}" for width in (*WIDTHS, WHOLE) for command in COMMANDS]
    ours, its = opened(WHOLE)
    with subprocess.Popen(
        [sys.executable, "-c", SHOW_ALL, *lines],
        stdin=subprocess.DEVNULL,
        stdout=its,
        env={**console.environ, "TERM": "xterm", "PAGER": ""},
        cwd=console.folder,
    ) as process:
        os.close(its)
        _, *parts = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", read_all(ours)).split("\0")
    assert process.returncode == 0
    found = {}
    for line, part in zip(lines, parts, strict=True):
        width, command = line.split(" ", 1)
        found[int(width), command] = part.removeprefix(f"{line}\n")
    return found


def words(text: str) -> set[str]:
    """Its words of letters, without what stands around them: numbers go on, dots are drawn."""
    found = (word.strip(".,:;()…·`") for word in text.split() if not word.endswith("…"))
    return {word for word in found if re.search(r"[^\W\d]{2}", word)}


@on_sqlite
@pytest.mark.usefixtures("world")
def test_every_table_fits_and_breaks_no_word(console: Console) -> None:
    found = shown(console)
    known = {command: words(found[WHOLE, command]) for command in COMMANDS}
    for (width, command), text in found.items():
        place = f"{command} at {width}:\n{text}"
        assert len(text.splitlines()) > 1 or command == "hold", place
        assert max(map(cell_len, text.splitlines())) <= width, place
        assert not re.search(r" $", text, re.M), place
        strange = words(text) - known[command] - {"Not", "shown", "--wide", "shows", "all"}
        assert not strange, (strange, place)
    for width in WIDTHS[1:]:
        for command in ("history", "history --open", "scan --dry-run"):
            time = "" if command.startswith("scan") else r"^\d{2}/\d{2} \d{2}:\d{2}\b.*"
            for account, code in (("1950", "E130"), ("3046", "E131")):
                row = rf"{time}\b{account}\b.*\b{code}\b"
                assert re.search(row, found[width, command], re.M), (width, command, account)
            nobodys = r"\bSentinela M\w*… .* 5\b"
            assert re.search(nobodys if width == 80 else "Sentinela", found[width, command])
