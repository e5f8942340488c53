"""Whatever is asked of the database belongs to a unit: repeated as a whole, and recorded once."""

import inspect
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from events_tracker.app.app import SystemClock
from events_tracker.base.deadline import Deadline
from events_tracker.base.ids import new_id
from events_tracker.base.times import HOUR, MINUTE, Span
from events_tracker.model.runs import Run
from events_tracker.simulator.simulator import Simulator
from events_tracker.storage import Rows, Store, open_store
from events_tracker.storage.session import Session, Statements
from tests.support.channels import whatsapp
from tests.support.engines import on_sqlite, sql
from tests.support.world import NOON, PADARIA, Tracker, open_alert

READING = [
    "notifications",
    "notifications --format json",
    "notifications --limit 1 --format csv",
    "history",
    "history --format json",
    "history --open --format csv",
    "history --account 1950 --limit 1 --format json",
    "alarms list --format json",
    "alarms show default --format json",
    "clear --dry-run --format json",
    "notify --dry-run --format json",
    "purge --dry-run --format json",
]


def busy() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


@on_sqlite
@pytest.mark.parametrize("command", READING)
def test_what_is_listed_is_the_same_whichever_statement_found_the_database_busy_once(
    tracker: Tracker, segware: Simulator, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    from events_tracker.storage.engines.sqlite import SQLite

    tracker.environ |= whatsapp(segware)
    assert tracker("init").exit_code == 0
    open_alert(tracker, segware)
    expected = tracker(*command.split())
    assert (expected.exit_code, bool(expected.stdout)) == (0, True)
    query = SQLite.query
    asked = 0
    busy_at = 0

    def query_but_once(engine: SQLite, sql: str, values: Sequence[Any]) -> Iterator[Any]:
        nonlocal asked
        asked += 1
        if asked == busy_at:
            raise busy()
        yield from query(engine, sql, values)

    monkeypatch.setattr(SQLite, "query", query_but_once)
    for busy_at in count(1):
        asked = 0
        assert tracker(*command.split()) == expected, f"busy at statement {busy_at}"
        if asked < busy_at:
            break
    assert busy_at > 2


@pytest.fixture
def answers_are_lost(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every commit that records a run happens, but its answer never arrives."""
    engine: Any
    lost: Exception
    if database.startswith("sqlite"):
        from events_tracker.storage.engines.sqlite import SQLite as engine  # noqa: N813

        lost = busy()
    else:
        from mysql.connector.errors import OperationalError

        from events_tracker.storage.engines.mysql import MySQL as engine  # noqa: N813

        lost = OperationalError("Lost connection to MySQL server during query", 2013)
    insert, commit = engine.insert, engine.commit
    records = False

    def insert_and_see(self: Any, statement: Any, rows: Any) -> None:
        nonlocal records
        records = records or statement.name == "runs_add"
        insert(self, statement, rows)

    def commit_and_lose(self: Any) -> None:
        nonlocal records
        commit(self)
        if records:
            records = False
            raise lost

    monkeypatch.setattr(engine, "insert", insert_and_see)
    monkeypatch.setattr(engine, "commit", commit_and_lose)


def numbers(database: str) -> dict[str, int]:
    """How many rows there are of what a pass writes."""
    tables = ("register_entries", "triggers", "notifications", "deliveries", "alarms")
    return {table: int(sql(database, f"SELECT COUNT(*) FROM {table}")[0][0]) for table in tables}


def runs(database: str) -> Counter[str]:
    """How many runs of each pass were recorded."""
    return Counter(name for (name,) in sql(database, "SELECT pass FROM runs"))


@pytest.fixture
def ready(tracker: Tracker, segware: Simulator) -> Tracker:
    tracker.environ |= whatsapp(segware)
    assert tracker("init").exit_code == 0
    return tracker


class TestEachWriterWritesOnceThoughNoAnswerOfACommitArrives:
    """Each pass is repeated, finds that its run is recorded, and does nothing more."""

    @pytest.fixture(autouse=True)
    def _start(self, ready: Tracker, answers_are_lost: None) -> None:
        """Only what the test itself does loses its answers."""

    def test_init_that_adopts(self, tracker: Tracker, database: str) -> None:
        result = tracker("init", TRACKER_THRESHOLD="20")
        assert "redefined" in result.stdout
        assert runs(database) == {"init": 2}
        assert sql(database, "SELECT revision FROM alarms WHERE id = 'default'") == [(2,)]

    def test_a_scan_that_opens(self, tracker: Tracker, segware: Simulator, database: str) -> None:
        register_id = open_alert(tracker, segware)
        assert [entry["register_id"] for entry in tracker.history()] == [register_id]
        assert numbers(database) == {
            "register_entries": 1,
            "triggers": 1,
            "notifications": 1,
            "deliveries": 1,
            "alarms": 1,
        }
        assert runs(database) == {"init": 1, "scan": 1}

    @pytest.mark.parametrize("by_hand", [False, True])
    def test_a_clear_that_closes(
        self, tracker: Tracker, segware: Simulator, database: str, by_hand: bool
    ) -> None:
        open_alert(tracker, segware)
        if by_hand:
            cleared = tracker.clear("--force", "--account", "1950", "--reason", "seen")["cleared"]
        else:
            for _ in range(2):
                tracker.clock.advance(2 * HOUR)
                segware.add_events(tracker.clock.now(), PADARIA, "E602", count=1)
                tracker.scan()
            cleared = tracker.clear()["cleared"]
        assert len(cleared) == 1
        assert numbers(database) == {
            "register_entries": 1,
            "triggers": int(by_hand),
            "notifications": 2,
            "deliveries": 2,
            "alarms": 1,
        }
        assert runs(database)["clear"] == 1

    def test_a_notify_that_tells_of_missing_scans(self, tracker: Tracker, database: str) -> None:
        tracker.scan()
        tracker.clock.advance(16 * MINUTE)
        assert tracker.notify()["sent"] == 1
        assert len(tracker.history()) == 1
        assert runs(database) == {"init": 1, "scan": 1, "watch": 1}

    def test_a_note(self, tracker: Tracker, segware: Simulator, database: str) -> None:
        assert tracker("note", open_alert(tracker, segware), "seen").exit_code == 0
        assert sql(database, "SELECT text FROM notes") == [("seen",)]
        assert runs(database)["note"] == 1

    def test_a_scan_that_catches_up(
        self, tracker: Tracker, segware: Simulator, database: str
    ) -> None:
        assert (
            tracker(
                "alarms", "create", "night", "--value", "10", "--window", "1h", "--catch-up"
            ).exit_code
            == 0
        )
        tracker.scan()
        segware.add_events(NOON + 90 * MINUTE, PADARIA, "E130", count=10)
        tracker.clock.advance(3 * HOUR)
        (found,) = tracker.scan()["opened"]
        assert [entry["register_id"] for entry in tracker.history()] == [found["register_id"]]
        assert numbers(database)["notifications"] == 2
        assert runs(database)["catch up"] == 1

    def test_every_change_of_an_alarm(self, tracker: Tracker, database: str) -> None:
        for command in (
            "create night --value 3",
            "edit night --value 4",
            "disable night",
            "enable night",
            "close night",
            "delete night",
        ):
            assert tracker("alarms", *command.split()).exit_code == 0
        assert sql(database, "SELECT revision, version FROM alarms WHERE name = 'night'") == [
            (2, 6)
        ]
        assert runs(database).total() == 7


def test_a_unit_that_says_nothing_of_its_run_writes_once_all_the_same(
    ready: Tracker, database: str, tmp_path: Path, answers_are_lost: None
) -> None:
    connection = open_store(database, tmp_path)
    store = connection.within(Deadline(SystemClock(), 30))
    done = 0

    def work(rows: Rows) -> tuple[int, dict[str, int]]:
        nonlocal done
        done += 1
        rows.runs.add_gap(new_id(NOON), "default", Span(done, 10), NOON)
        return done, {"done": done}

    assert store.write(Run(new_id(NOON), "probe", "here", NOON), work) == 1
    connection.close()
    assert sql(database, "SELECT started_at FROM gaps") == [(1,)]
    assert runs(database) == {"init": 1, "probe": 1}


class TestARepeatedTransactionTellsUnderTheSameIds:
    """However often others are in the way: ids belong to what is told, not to the attempt."""

    @pytest.fixture(autouse=True)
    def attempts(
        self, ready: Tracker, monkeypatch: pytest.MonkeyPatch
    ) -> list[list[dict[str, Any]]]:
        """What each attempt queued; each that queues something fails once at its commit."""
        from events_tracker.storage.engines.sqlite import SQLite

        assert ready("alarms", "create", "night", "--codes", "E602", "--value", "3").exit_code == 0
        insert, commit = SQLite.insert, SQLite.commit
        attempts: list[list[dict[str, Any]]] = []
        queued: list[dict[str, Any]] = []

        def insert_and_note(self: SQLite, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
            if statement.name in ("notifications_add", "deliveries_add", "register_add"):
                queued.extend(rows)
            insert(self, statement, rows)

        def commit_at_second(self: SQLite) -> None:
            if queued:
                attempts.append(list(queued))
                queued.clear()
                if len(attempts) % 2:
                    raise busy()
            commit(self)

        monkeypatch.setattr(SQLite, "insert", insert_and_note)
        monkeypatch.setattr(SQLite, "commit", commit_at_second)
        return attempts

    def _are_pairs(self, attempts: list[list[dict[str, Any]]], number: int) -> None:
        assert len(attempts) == 2 * number
        assert attempts[::2] == attempts[1::2]

    @on_sqlite
    def test_what_a_scan_opens_and_clear_closes(
        self, tracker: Tracker, segware: Simulator, attempts: list[list[dict[str, Any]]]
    ) -> None:
        open_alert(tracker, segware)
        assert tracker.clear("--force", "--account", "1950", "--reason", "seen")["cleared"]
        self._are_pairs(attempts, 2)

    @on_sqlite
    def test_what_a_change_of_an_alarm_closes(
        self, tracker: Tracker, segware: Simulator, attempts: list[list[dict[str, Any]]]
    ) -> None:
        segware.add_events(tracker.clock.now(), PADARIA, "E602", count=3)
        assert tracker.scan()["opened"]
        assert tracker("alarms", "edit", "night", "--value", "4").exit_code == 0
        self._are_pairs(attempts, 2)

    @on_sqlite
    def test_what_notify_says_of_the_tracker_itself(
        self, tracker: Tracker, attempts: list[list[dict[str, Any]]]
    ) -> None:
        tracker.scan()
        tracker.clock.advance(16 * MINUTE)
        tracker.notify()
        tracker.scan()
        tracker.notify()
        self._are_pairs(attempts, 2)


@pytest.fixture
def store(database: str, tmp_path: Path, ready: Tracker) -> Iterator[Store]:
    connection = open_store(database, tmp_path)
    yield connection.within(Deadline(SystemClock(), 30))
    connection.close()


@on_sqlite
def test_a_statement_outside_a_unit_and_a_writer_without_its_run_cannot_be_written(
    store: Store, database: str
) -> None:
    """The type checker refuses each: an ignored error that is none any more is one itself."""
    run = Run(new_id(NOON), "probe", "here", NOON)
    with pytest.raises(AttributeError):
        store.triggers.count()  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        store.write(lambda rows: (rows.triggers.count(), {}))  # type: ignore[call-arg, arg-type]
    with pytest.raises(TypeError):
        store.write(run, lambda rows: rows.triggers.count())  # type: ignore[arg-type, return-value]
    with pytest.raises(AttributeError):
        store.read(lambda rows: rows.history)  # type: ignore[attr-defined]
    assert runs(database) == {"init": 1}


def rooms() -> dict[str, type]:
    """Every kind of row, by its name on what a unit hands to its work."""
    session = Session.__new__(Session)
    return {name: type(room) for name, room in vars(Rows(session)).items()}


def test_rows_are_on_nothing_but_what_a_unit_hands_to_its_work() -> None:
    assert len(rooms()) > 5
    assert {name for name in dir(Store) if not name.startswith("_")} == {
        "read",
        "require_current",
        "schema",
        "stream",
        "update",
        "upgrade",
        "write",
    }


@pytest.mark.parametrize("room", rooms().values())
def test_no_row_opens_a_transaction_or_leaves_some_to_be_fetched_outside_of_one(
    room: type,
) -> None:
    (session,) = list(inspect.signature(room).parameters.values())
    assert session.annotation is Statements
    assert not {"read", "write", "write_alone", "stream"} & set(dir(Statements))
    assert not [name for name, member in vars(room).items() if inspect.isgeneratorfunction(member)]
