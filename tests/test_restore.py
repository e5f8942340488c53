"""A database brought back from a backup: what is told again, and what is never done twice."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.decisions.delivery.restoring import DOUBT, may_have_been_injected
from events_tracker.model.alarms import Alarm, Definition
from events_tracker.model.runs import ScanState
from events_tracker.simulator.simulator import Simulator
from tests.support.channels import injected, injection, texts, whatsapp
from tests.support.engines import on_sqlite, skip, sql
from tests.support.people import add
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Tracker, open_alert


def back_up(database: str, copy: Path) -> None:
    """Copy a database as docs/operate.md says."""
    parts = urlsplit(database)
    if parts.scheme == "sqlite":
        here = sqlite3.connect(parts.path.removeprefix("/"))
        with closing(here), closing(sqlite3.connect(copy)) as there:
            here.backup(there)
        return
    name = parts.path.removeprefix("/")
    with copy.open("wb") as file:
        options = ["--single-transaction", "--add-drop-database", "--databases", name]
        subprocess.run([*client("mariadb-dump", database), *options], stdout=file, check=True)


def restore(database: str, copy: Path) -> None:
    """Put the copy in the place of what is there, as docs/operate.md says."""
    parts = urlsplit(database)
    if parts.scheme == "sqlite":
        path = parts.path.removeprefix("/")
        for end in ("-wal", "-shm"):
            Path(path + end).unlink(missing_ok=True)
        shutil.copy(copy, path)
        return
    with copy.open("rb") as file:
        subprocess.run(client("mariadb", database), stdin=file, check=True)


def client(program: str, database: str) -> list[str]:
    """MariaDB's client, which speaks to both servers; MySQL's takes the same options."""
    if shutil.which(program) is None:
        skip(f"no {program}: install mariadb-client")
    parts = urlsplit(database)
    where = [f"--host={parts.hostname}", f"--port={parts.port}", f"--user={parts.username}"]
    return [program, "--no-defaults", *where, f"--password={parts.password or ''}"]


def doubted(tracker: Tracker) -> set[str]:
    """The account codes of the injections that are held because of the restore."""
    return {
        notice["account_code"]
        for notice in tracker.notifications()
        for delivery in notice["deliveries"]
        if (delivery["status"], delivery["error"]) == ("uncertain", DOUBT)
    }


def test_what_was_told_since_is_told_again_but_never_injected_again(
    tracker: Tracker, segware: Simulator, database: str, tmp_path: Path
) -> None:
    tracker.environ |= whatsapp(segware) | injection()
    tracker("init")
    open_alert(tracker, segware, PADARIA)
    tracker.notify()
    tracker.clock.advance(MINUTE)
    open_alert(tracker, segware, CONDOMINIO)
    back_up(database, tmp_path / "copy")
    tracker.notify()
    tracker.clock.advance(MINUTE)
    open_alert(tracker, segware, FARMACIA)
    tracker.notify()
    assert injected(segware) == ["1950", "2207", "3046"]
    assert len(texts(segware)) == 3

    restore(database, tmp_path / "copy")
    tracker.clock.advance(MINUTE)
    said = tracker("init", "--restored")
    assert said.exit_code == 0
    assert said.stdout == (
        "The database is up to date.\n"
        "The alarm `default` is unchanged: >= 50 in 2h.\n"
        "Restored, as of 2026-11-21 09:01:00-03:00: what is still wrong is told again.\n"
        "Still to be sent, once more if it was sent since: 1.\n"
        "Uncertain now, as they may have been injected since: 1, and what opens next.\n"
        "`tracker notify --retry-failed --channel segware` injects what is still open.\n"
        "Tokens revoked: 0. Everybody is signed out.\n"
    )
    assert [alert["account_code"] for alert in tracker.scan()["opened"]] == ["3046"]
    assert tracker.notify()["sent"] == 2
    assert len(texts(segware)) == 5
    assert doubted(tracker) == {"2207", "3046"}

    # Once what was open would have been seen, what opens is new.
    for minutes in (11, 1):
        tracker.clock.advance(minutes * MINUTE)
        segware.add_account(21, "7001", "Nova", 11)
        tracker.scan()
    open_alert(tracker, segware, 21)
    tracker.notify()
    assert injected(segware) == ["1950", "2207", "3046", "7001"]
    assert tracker.notify("--retry-failed", "--channel", "segware")["sent"] == 2
    assert sorted(injected(segware)[4:]) == ["2207", "3046"]


@on_sqlite
def test_who_was_shut_out_since_is_shut_out_again(tracker: Tracker, database: str) -> None:
    tracker.environ["WEB_SECRET"] = "0f1e2d3c-what-tests-sign-their-tokens-with"
    tracker("init")
    add(tracker, "Ana")
    tracker("token", "--for", "Ana")
    before = sql(database, "SELECT session_key FROM people")
    said = tracker("init", "--restored").stdout
    assert said.endswith(
        "Tokens revoked: 1. Everybody is signed out.\n"
        "These may sign in, with their passwords of then: Ana.\n"
        "Remove who had left since: `tracker people remove NAME`.\n"
    )
    assert "Restored, as of no scan: " in said
    assert sql(database, "SELECT session_key FROM people") != before
    assert sql(database, "SELECT COUNT(*) FROM tokens WHERE revoked_at IS NULL") == [(0,)]


@pytest.mark.parametrize(
    ("restored", "good", "seen", "in_doubt"),
    [
        # There never was a restore.
        (None, None, None, False),
        (None, NOON, NOON, False),
        # The first look since.
        (NOON, NOON - HOUR, NOON - HOUR, True),
        # What was below for a moment, and is the same alert.
        (NOON, NOON + MINUTE, NOON + MINUTE, True),
        # Nobody could read all that this alarm counts, all day long.
        (NOON, NOON + 24 * HOUR, NOON - HOUR, True),
        # It was seen whole meanwhile.
        (NOON, NOON + 11 * MINUTE, NOON + 11 * MINUTE, False),
        # An alarm that is new, or was redefined: at once, and long afterwards.
        (NOON, None, None, True),
        (NOON, NOON - HOUR, None, True),
        (NOON, NOON + HOUR, None, False),
    ],
)
def test_what_may_have_been_injected(
    restored: int | None, good: int | None, seen: int | None, in_doubt: bool
) -> None:
    alarm = Alarm("a1", "doors", "database", Definition(), NOON, evaluated_until=seen)
    state = ScanState(good, 0, False, restored_at=restored)
    assert may_have_been_injected(alarm, state, 10 * MINUTE) is in_doubt


@on_sqlite
def test_the_time_begins_with_the_first_good_scan(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker("init")
    segware.add_events(tracker.clock.now(), PADARIA, "E130")
    tracker.scan()
    tracker.clock.advance(MINUTE)
    tracker("init", "--restored")
    for _ in range(2):
        tracker.clock.advance(HOUR)
        segware.add_events(tracker.clock.now(), PADARIA, "E130")
        tracker.scan()
    assert sql(database, "SELECT restored_at FROM scan_state") == [(NOON + MINUTE + HOUR,)]
