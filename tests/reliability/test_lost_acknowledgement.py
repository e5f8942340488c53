"""A COMMIT that the database carried out, and whose answer was lost, is not carried out again."""

import sqlite3
from collections.abc import Callable
from typing import Any

import mysql.connector
import pytest

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Simulator
from events_tracker.storage.engines.mysql import MySQL
from events_tracker.storage.engines.sqlite import SQLite
from tests.reliability.invariants import broken
from tests.support.channels import webhook
from tests.support.engines import sql
from tests.support.world import PADARIA, Tracker, open_alert


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """From now on the answer to each transaction's first COMMIT is lost; which ones is added."""
    found: list[str] = []

    def losing(engine: type[Any], error: Callable[[], Exception]) -> None:
        commit = engine.commit

        def commit_and_lose(self: Any) -> None:
            commit(self)
            if len(found) % 2 == 0:
                found.append("lost")
                raise error()
            found.append("heard")

        monkeypatch.setattr(engine, "commit", commit_and_lose)

    def busy() -> Exception:
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        return error

    losing(SQLite, busy)
    losing(MySQL, lambda: mysql.connector.errors.OperationalError(errno=2013, msg="lost"))
    return found


def told(tracker: Tracker) -> list[tuple[str, str]]:
    return [(notice["account_code"], notice["kind"]) for notice in tracker.notifications()]


@pytest.fixture(autouse=True)
def start(initialised: None, tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= webhook(segware)


def test_a_scan_says_what_it_opened(
    tracker: Tracker, segware: Simulator, database: str, lost: list[str]
) -> None:
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=60)
    scan = tracker.scan()
    assert (scan["overtaken"], len(scan["opened"])) == (False, 1)
    assert "lost" in lost
    assert told(tracker) == [("1950", "opened")]
    assert broken(database) == []


def test_a_clear_says_what_it_closed(
    tracker: Tracker, segware: Simulator, database: str, request: pytest.FixtureRequest
) -> None:
    open_alert(tracker, segware)
    tracker.clock.advance(121 * MINUTE)
    segware.add_events(tracker.clock.now(), PADARIA, "E602")
    tracker.scan()
    tracker.environ["TRACKER_CLEAR_AFTER"] = "0s"
    request.getfixturevalue("lost")
    result = tracker.clear()
    assert (len(result["cleared"]), result["kept"]) == (1, 0)
    assert told(tracker) == [("1950", "cleared"), ("1950", "opened")]
    assert broken(database) == []


def test_an_alarm_is_made_and_edited_once(tracker: Tracker, database: str, lost: list[str]) -> None:
    assert tracker("alarms", "create", "night", "--codes", "E130").exit_code == 0
    assert tracker("alarms", "edit", "night", "--value", "9").exit_code == 0
    rows = sql(database, "SELECT version, revision FROM alarms WHERE name = 'night'")
    assert (len(rows), rows[0][1]) == (1, 2)
    assert "lost" in lost


def test_the_trackers_own_alert_opens_once(tracker: Tracker, lost: list[str]) -> None:
    tracker.scan()
    tracker.clock.advance(16 * MINUTE)
    tracker.notify()
    (entry,) = tracker.history()
    assert entry["alarm"] == "tracker"
