"""Whatever is wrong with the database: one clear line, the right exit code, and no secret."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from events_tracker.base import limits
from events_tracker.base.times import HOUR
from events_tracker.simulator.simulator import Handler, Simulator
from events_tracker.storage.deliveries import Deliveries
from tests.support.channels import injection
from tests.support.engines import connected, on_servers, on_sqlite, sql
from tests.support.new import database
from tests.support.world import NOON, PADARIA, Console, Result, Tracker, finish, open_alert

__all__ = ["database"]

PASSWORD = "S3cret&Pa55"
READING = [("scan",), ("scan", "--dry-run"), ("history",), ("-v", "history", "--format", "json")]


def shown(database: str) -> str:
    """All that errors tell of a server's address."""
    parts = urlsplit(database)
    return f"{parts.scheme}://{parts.hostname}:{parts.port}"


def with_user(database: str, user: str, password: str, port: int | None = None) -> str:
    parts = urlsplit(database)
    place = f"{user}:{password.replace('&', '%26')}@{parts.hostname}:{port or parts.port}"
    return parts._replace(netloc=place).geturl()


def fails(result: Result, exit_code: int, message: str) -> None:
    """It ended so, and said just this, without a password or a traceback."""
    assert (result.exit_code, result.stdout) == (exit_code, "")
    assert result.stderr.count("\n") == 1
    # With -v it is a line of the log.
    assert re.match(rf"(error|\S+ ERROR \w+): {re.escape(message)}", result.stderr)
    assert PASSWORD not in result.stderr
    assert "S3cret%26Pa55" not in result.stderr


@pytest.mark.parametrize("command", READING)
def test_without_a_database_it_says_to_run_init(
    tracker: Tracker, tmp_path: Path, command: tuple[str, ...]
) -> None:
    fails(tracker(*command), 2, "there is no database yet: run `tracker init` to make it")
    assert list(tmp_path.iterdir()) == []


@on_sqlite
def test_an_empty_file_is_no_database_yet(tracker: Tracker, tmp_path: Path) -> None:
    (tmp_path / "tracker.db").touch(mode=0o600)
    fails(tracker("scan"), 2, "there is no database yet: run `tracker init` to make it")
    assert tracker("init").exit_code == 0
    assert tracker("scan").exit_code == 0


@on_servers
def test_an_empty_database_asks_for_init(tracker: Tracker, database: str) -> None:
    parts = urlsplit(database)
    sql(parts._replace(path="").geturl(), f"CREATE DATABASE {parts.path[1:]}")
    fails(tracker("scan"), 2, "the database is empty: run `tracker init` to make its tables")
    assert tracker("init").exit_code == 0
    assert tracker("scan").exit_code == 0


def test_several_hosts_may_make_the_database_at_once(
    console: Console, tracker: Tracker, database: str
) -> None:
    processes = [console.start("init") for _ in range(4)]
    results = [finish(process) for process in processes]
    assert [(result.exit_code, result.stderr) for result in results] == [(0, "")] * 4
    assert sql(database, "SELECT name, revision FROM alarms") == [("default", 1)]
    assert sql(database, "SELECT id, issued, applied FROM fence") == [(1, 0, 0)]
    assert tracker("scan").exit_code == 0


def test_an_older_schema_asks_for_init(tracker: Tracker, database: str, initialised: None) -> None:
    sql(database, "DROP VIEW alerts")
    sql(database, "DELETE FROM schema_migrations WHERE title LIKE 'the register as % with them'")
    fails(
        tracker("scan"),
        2,
        "the database's schema is older than this program (1 steps missing): "
        "run `tracker init` to upgrade it",
    )
    assert "1 steps taken" in tracker("init").stdout
    assert tracker("scan").exit_code == 0


@pytest.mark.parametrize("command", READING)
def test_a_newer_schema_asks_for_an_update(
    tracker: Tracker, database: str, command: tuple[str, ...], initialised: None
) -> None:
    sql(database, "INSERT INTO schema_migrations VALUES (999, 'from the future', 'x', 0)")
    fails(tracker(*command), 2, "the database's schema (999) is newer than this program's (")


def test_a_schema_of_another_build_is_refused(
    tracker: Tracker, database: str, initialised: None
) -> None:
    sql(database, "UPDATE schema_migrations SET checksum = 'x' WHERE version = 3")
    fails(
        tracker("scan"), 2, "the database's schema was made by other steps than this program's (3 "
    )


@on_servers
@pytest.mark.parametrize("command", [("init",), *(one for one in READING if "-v" not in one)])
def test_a_server_that_is_away(
    tracker: Tracker, database: str, command: tuple[str, ...], initialised: None
) -> None:
    tracker.clock.speed = 1_000.0
    tracker.environ["DATABASE_URL"] = with_user(database, "root", PASSWORD, port=1)
    fails(
        tracker(*command), 1, "the database at mysql://127.0.0.1:1 cannot be reached or was lost: "
    )


@on_servers
def test_that_a_server_that_is_away_is_tried_again_is_said_once_with_v(
    tracker: Tracker, database: str, initialised: None
) -> None:
    tracker.clock.speed = 1_000.0
    tracker.environ["DATABASE_URL"] = with_user(database, "root", PASSWORD, port=1)
    first, last = tracker("-v", "history").stderr.splitlines()
    assert " DEBUG history: the database at mysql://127.0.0.1:1 cannot be reached" in first
    assert first.endswith("; trying again")
    assert " ERROR history: " in last


@on_servers
@pytest.mark.parametrize("command", [("init",), *READING])
def test_a_wrong_password(
    tracker: Tracker, database: str, command: tuple[str, ...], initialised: None
) -> None:
    tracker.environ["DATABASE_URL"] = with_user(database, "root", PASSWORD)
    result = tracker(*command)
    fails(result, 1, f"the database at {shown(database)} refused us: ")
    assert "; check user and password in DATABASE_URL" in result.stderr
    assert result.stderr.endswith(", then try `tracker status`\n")


@pytest.fixture
def reader(tracker: Tracker, database: str, initialised: None) -> Iterator[str]:
    """The DATABASE_URL of a user who may read, and no more."""
    user = f"tt_{secrets.token_hex(4)}"
    name = urlsplit(database).path[1:]
    sql(database, f"CREATE USER '{user}'@'%' IDENTIFIED BY ''")
    sql(database, f"GRANT SELECT ON {name}.* TO '{user}'@'%'")
    yield with_user(database, user, "").replace(":@", "@")
    sql(database, f"DROP USER '{user}'@'%'")


@on_servers
def test_a_user_who_may_only_read_can_look_but_not_scan(
    tracker: Tracker, reader: str, database: str
) -> None:
    assert tracker("history", DATABASE_URL=reader).exit_code == 0
    assert tracker("scan", "--dry-run", DATABASE_URL=reader).exit_code == 0
    result = tracker("scan", DATABASE_URL=reader)
    fails(result, 1, f"the database at {shown(database)} refused us: ")


@on_servers
def test_a_user_without_rights_is_refused(tracker: Tracker, reader: str, database: str) -> None:
    elsewhere = urlsplit(reader)._replace(path="/mysql").geturl()
    fails(
        tracker("history", DATABASE_URL=elsewhere),
        1,
        f"the database at {shown(database)} refused us: ",
    )


@on_sqlite
def test_a_database_that_another_process_locks(
    tracker: Tracker,
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    initialised: None,
) -> None:
    monkeypatch.setattr(limits, "CTRL_C_SECONDS", 0.01)
    with connected(database) as other:
        other.execute("BEGIN IMMEDIATE")
        tracker.clock.speed = 500.0
        locked = f"the database {tmp_path / 'tracker.db'} is locked by another process; try again"
        fails(tracker("scan"), 1, locked)
        tracker.clock.speed = 1.0
        assert tracker("history").exit_code == 0
    assert tracker("scan").exit_code == 0


@on_servers
def test_a_row_that_another_transaction_locks(
    tracker: Tracker, database: str, monkeypatch: pytest.MonkeyPatch, initialised: None
) -> None:
    monkeypatch.setattr(limits, "LOCK_WAIT_SECONDS", 1)
    with connected(database) as other:
        cursor = other.cursor()
        cursor.execute("START TRANSACTION")
        cursor.execute("UPDATE fence SET writes = writes + 1")
        tracker.clock.speed = 250.0
        fails(
            tracker("scan"),
            1,
            f"the database at {shown(database)} is locked by another process; try again",
        )
        tracker.clock.speed = 1.0
    assert tracker("scan").exit_code == 0


@on_sqlite
@pytest.mark.parametrize("command", [("init",), *READING])
def test_a_file_that_is_no_database(
    tracker: Tracker, tmp_path: Path, command: tuple[str, ...]
) -> None:
    path = tmp_path / "tracker.db"
    path.write_text("Dear diary, today nothing happened. " * 100, encoding="utf-8")
    path.chmod(0o600)
    (tmp_path / ".env").touch(mode=0o600)
    before = path.read_bytes()
    fails(tracker(*command), 1, f"{path} is damaged or not a database: ")
    assert path.read_bytes() == before


# The driver leaves a socket that the server has closed to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@on_servers
def test_a_connection_that_is_lost_in_the_middle_of_a_scan_is_opened_again(
    tracker: Tracker, segware: Simulator, database: str, initialised: None
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    name = urlsplit(database).path[1:]
    ours = f"SELECT id FROM information_schema.processlist WHERE db = '{name}'"
    killed = []

    def kill_the_connection_then_answer(handler: Handler) -> None:
        with connected(database) as other:
            cursor = other.cursor()
            cursor.execute(f"{ours} AND id <> CONNECTION_ID()")
            for (id_,) in cursor.fetchall():
                killed.append(id_)
                cursor.execute(f"KILL {id_}")
        handler.send(handler.normal_reply())

    segware.fail("/v1/events", kill_the_connection_then_answer)
    assert len(tracker.scan()["opened"]) == 1
    assert len(killed) == 1


@pytest.mark.parametrize(
    "database", [pytest.param("mariadb", marks=pytest.mark.mariadb)], indirect=True
)
def test_where_snapshots_are_isolated_a_row_that_changed_since_is_tried_again(
    tracker: Tracker, segware: Simulator, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As MariaDB does from 11.6.2 on: what a transaction changes must be as it has read it."""
    tracker.environ |= injection()
    assert tracker("init").exit_code == 0
    open_alert(tracker, segware)
    tracker.clock.advance(2 * HOUR + 1)
    tracker.scan()
    withdraw, claims = Deliveries.withdraw, iter(["UPDATE deliveries SET claim = 'x'"])

    def withdraw_what_was_claimed(deliveries: Deliveries, pass_id: str) -> None:
        for claim in claims:
            sql(database, claim)
        withdraw(deliveries, pass_id)

    monkeypatch.setattr(Deliveries, "withdraw", withdraw_what_was_claimed)
    sql(database, "SET GLOBAL innodb_snapshot_isolation = ON")
    try:
        assert len(tracker.clear()["cleared"]) == 1
    finally:
        sql(database, "SET GLOBAL innodb_snapshot_isolation = OFF")
    assert len(tracker.history()) == 1
