"""Settings and database are their owner's alone from the start; else a warning says whose."""

import grp
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite
from tests.support.world import NOON, PADARIA, Tracker

pytestmark = on_sqlite

UMASKS = [0o000, 0o022, 0o077, 0o027]
OPEN_TO = [
    (0o604, "read by everybody"),
    (0o666, "read and changed by everybody"),
    (0o602, "changed by everybody"),
    (0o640, f"read by the group {grp.getgrgid(os.getegid()).gr_name}"),
    (0o620, f"changed by the group {grp.getgrgid(os.getegid()).gr_name}"),
]
"""Modes of a file, and what others may do with it."""
COMMANDS = ["scan", "scan --dry-run", "clear", "notify", "history", "status", "alarms list", "init"]


@pytest.fixture(params=UMASKS, ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def file_of(database: str) -> Path:
    return Path(database.removeprefix("sqlite:///"))


@pytest.mark.usefixtures("umask")
def test_what_is_made_is_its_owners_alone_whatever_the_umask(
    tracker: Tracker, segware: Simulator, database: str, tmp_path: Path, initialised: None
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    tracker.scan()
    with closing(sqlite3.connect(file_of(database))) as reader:
        # An open reader keeps the log files where they are.
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM triggers").fetchall()
        tracker.scan()
        found = modes(tmp_path)
    assert found.keys() >= {".env", "tracker.db", "tracker.db-wal", "tracker.db-shm"}
    assert set(found.values()) == {0o600}


@pytest.mark.parametrize(("mode", "exposed"), OPEN_TO)
@pytest.mark.parametrize("name", [".env", "tracker.db", "tracker.db-wal"])
def test_what_others_may_do_is_warned_of_by_every_command(
    tracker: Tracker,
    segware: Simulator,
    database: str,
    tmp_path: Path,
    name: str,
    mode: int,
    exposed: str,
    initialised: None,
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    tracker.scan()
    path = tmp_path / name
    with closing(sqlite3.connect(file_of(database))) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM triggers").fetchall()
        tracker.scan()
        path.chmod(mode)
        for command in COMMANDS:
            result = tracker(*command.split())
            assert f"warning: {path} can be {exposed}; chmod 600 {path}\n" in result.stderr
            assert "warning" not in tracker("-q", *command.split()).stderr
        path.chmod(0o600)
        assert "warning" not in tracker("history").stderr


def test_a_file_of_settings_without_a_secret_may_be_read_but_not_changed(
    tracker: Tracker, tmp_path: Path, initialised: None
) -> None:
    settings = tmp_path / ".env"
    settings.write_text("TRACKER_THRESHOLD=50\nSEGWARE_TOKEN=\n")
    settings.chmod(0o644)
    assert tracker("history").stderr == ""
    settings.chmod(0o666)
    told = f"warning: {settings} can be changed by everybody; chmod go-w {settings}\n"
    assert tracker("history").stderr == told
    settings.write_text("SEGWARE_TOKEN=a-token\n")
    assert (
        f"{settings} can be read and changed by everybody; chmod 600" in tracker("history").stderr
    )


def test_a_warning_is_on_stderr_and_changes_nothing_else(
    tracker: Tracker, database: str, tmp_path: Path, initialised: None
) -> None:
    quiet = tracker("history", "--format", "json")
    file_of(database).chmod(0o644)
    warned = tracker("history", "--format", "json")
    assert (warned.exit_code, warned.stdout) == (quiet.exit_code, quiet.stdout)
    assert warned.stderr.count("warning: ") == 1
    assert modes(tmp_path)["tracker.db"] == 0o644


def test_a_database_of_a_server_has_no_file_to_warn_of(tracker: Tracker) -> None:
    result = tracker("history", DATABASE_URL="mysql://nobody@127.0.0.1:1/none")
    assert (result.exit_code, "warning" in result.stderr) == (1, False)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_a_database_that_we_may_not_read_is_told_in_one_line(
    tracker: Tracker, database: str, initialised: None
) -> None:
    tracker("history")  # so that everything is imported
    os.seteuid(65534)
    try:
        result = tracker("history")
    finally:
        os.seteuid(0)
    assert result.exit_code in (1, 2)
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_the_group_that_somebody_else_let_read_is_no_fault_of_ours(
    tracker: Tracker, tmp_path: Path, initialised: None
) -> None:
    settings = tmp_path / ".env"
    os.chown(settings, 65534, -1)
    settings.chmod(0o640)
    assert "warning" not in tracker("history").stderr
    settings.chmod(0o644)
    assert f"warning: {settings} can be read by everybody; " in tracker("history").stderr


def test_a_folder_in_the_databases_place_is_not_called_readable(
    tracker: Tracker, tmp_path: Path
) -> None:
    result = tracker("history", DATABASE_URL=f"sqlite:///{tmp_path}")
    assert (result.exit_code != 0, "warning" in result.stderr) == (True, False)
