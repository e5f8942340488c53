"""Standard streams that are closed, full or foreign, and no working directory: work is done."""

import csv
import io
import json
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from events_tracker.base.times import MINUTE
from events_tracker.simulator.service import wall_clock_ms
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite
from tests.support.world import PADARIA, Console
from tests.test_docs import NAMES, commands

pytestmark = on_sqlite
PROGRAM = str(Path(sysconfig.get_path("scripts")) / "tracker")
FULL = "error: the output cannot be written: No space left on device\n"


@pytest.fixture
def breach(console: Console, segware: Simulator) -> None:
    """A database, and sixty events of a minute ago that no scan has seen yet."""
    segware.add_company(17, "São João; =1+1 😀")
    segware.add_account(PADARIA, "1950", 'Loja;=1+1|"-2;@SUM(A1)', 17)
    segware.add_events(wall_clock_ms() - MINUTE, PADARIA, "E130", count=60)
    assert console("init").exit_code == 0


def shell(console: Console, line: str, **environ: str) -> "subprocess.CompletedProcess[bytes]":
    """Run one line of shell, where `tracker` is the program."""
    return subprocess.run(
        ["sh", "-c", line.replace("tracker", shlex.quote(PROGRAM))],
        env={**console.environ, **environ},
        cwd=console.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
@pytest.mark.usefixtures("breach")
def test_a_closed_stream_stops_no_pass(console: Console, segware: Simulator, closed: str) -> None:
    assert shell(console, f"tracker scan {closed}").returncode == 0
    assert segware.count("/v1/events") > 0
    for command in ("clear", "notify", "history", "alarms list", "purge"):
        done = shell(console, f"tracker -v {command} {closed}")
        assert done.returncode == 0, (command, done.stderr)
    (entry,) = console("history", "--format", "json").json
    assert entry["account_code"] == "1950"


@pytest.mark.usefixtures("breach")
def test_what_cannot_be_written_is_told_as_that_and_the_scan_counts(console: Console) -> None:
    full = shell(console, "tracker scan >/dev/full")
    assert (full.returncode, full.stderr.decode()) == (1, FULL)
    assert len(console("history", "--format", "json").json) == 1


@pytest.mark.parametrize(
    "command",
    ["--help", "scan --help", "history", "alarms list --format csv", "status", "clear"],
)
@pytest.mark.usefixtures("breach")
def test_every_command_says_that_the_disk_behind_its_output_is_full(
    console: Console, command: str
) -> None:
    full = shell(console, f"tracker {command} >/dev/full")
    assert (full.returncode, full.stderr.decode()) == (1, FULL)


@pytest.mark.usefixtures("breach")
def test_where_the_talk_cannot_be_written_the_work_is_done(console: Console) -> None:
    done = shell(console, "tracker -v scan 2>/dev/full")
    assert done.returncode == 0
    assert b"Opened: 1 alert" in done.stdout


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
@pytest.mark.usefixtures("breach")
def test_json_and_csv_are_utf_8_under_every_locale(console: Console, encoding: str) -> None:
    scan = shell(console, "tracker scan --format json", PYTHONIOENCODING=encoding).stdout
    (opened,) = json.loads(scan.decode("utf-8"))["opened"]
    assert opened["company"] == "São João; =1+1 😀"
    for command in ("history", "notifications", "alarms list"):
        text = shell(console, f"tracker {command} --format json", PYTHONIOENCODING=encoding).stdout
        assert json.loads(text.decode("utf-8"))
    table = shell(console, "tracker history --format csv", PYTHONIOENCODING=encoding).stdout
    (row,) = csv.DictReader(io.StringIO(table.decode("utf-8")))
    assert row["company"] == "São João; =1+1 😀"


@pytest.mark.usefixtures("breach")
def test_what_people_read_shows_what_their_terminal_lacks_as_escapes(console: Console) -> None:
    console("scan")
    shown = shell(console, "tracker history", PYTHONIOENCODING="latin-1").stdout
    assert "São João; =1+1 \\U0001f600".encode("latin-1") in shown


@pytest.mark.parametrize("separator", [",", ";", "|"])
@pytest.mark.usefixtures("breach")
def test_no_cell_begins_a_formula_whatever_separates_the_cells(
    console: Console, separator: str
) -> None:
    name = 'x;=1;"=2";  -3;@SUM(A1)|+4;\t=5'
    for code in ("E;=1", "E|@2", "E; -3"):
        console("alarms", "create", f"={code}", "--description", name, "--accounts", f"1;={code}")
    console("scan")
    for command in ("history", "notifications", "alarms list"):
        text = console(*command.split(), "--format", "csv").stdout
        rows = list(csv.reader(io.StringIO(text), delimiter=separator))
        assert len(rows) > 1
        for cell in (cell for row in rows for cell in row):
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell


@pytest.mark.usefixtures("breach")
def test_lists_in_csv_stay_the_json_they_were(console: Console) -> None:
    console("alarms", "create", "doors", "--accounts", "1;=1,2|@2")
    *_, doors = csv.DictReader(io.StringIO(console("alarms", "list", "--format", "csv").stdout))
    assert json.loads(doors["accounts"]) == ["1;=1", "2|@2"]


@pytest.mark.usefixtures("breach")
def test_without_a_working_directory_an_absolute_path_to_the_settings_is_enough(
    console: Console,
) -> None:
    (console.folder / ".env").chmod(0o600)
    gone = "mkdir gone; cd gone; rmdir ../gone; tracker"
    named = f"{gone} --env-file {shlex.quote(str(console.folder / '.env'))}"
    for command in ("scan", "clear", "notify", "history", "status", "init", "alarms list"):
        done = shell(console, f"{named} {command}")
        assert (done.returncode, done.stderr.decode()) == (0, ""), command
    assert len(console("history", "--format", "json").json) == 1
    for command in ("scan", "history", "init", "--env-file .env scan"):
        done = shell(console, f"{gone} {command}")
        assert done.returncode == 2
        assert done.stderr.startswith(b"error: the working directory does not exist any more")
        assert done.stderr.count(b"\n") == 1
    assert shell(console, f"{gone} scan --help").returncode == 0


@pytest.mark.usefixtures("database")
def test_help_is_there_when_python_leaves_docstrings_out() -> None:
    program = (
        "import sys; from click.testing import CliRunner; from events_tracker.cli import cli\n"
    )
    program += "for line in sys.argv[1:]:\n"
    program += "    print(CliRunner().invoke(cli, line.split(), prog_name='tracker').output)\n"
    lines = ["--help", *(f"{words} --help" for name in NAMES for words, _ in commands(name))]

    def said(*options: str) -> str:
        command = [sys.executable, *options, "-c", program, *lines]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert said("-OO") == said()
