"""An SQLite that binds 999 values a statement, as before 3.32: thousands of rows all the same."""

import sqlite3

import pytest

from events_tracker.base.times import DAY, HOUR
from events_tracker.simulator.simulator import Simulator
from events_tracker.storage.engines.sqlite import SQLite
from tests.support.channels import whatsapp
from tests.support.engines import on_sqlite
from tests.support.world import NOON, Tracker

pytestmark = on_sqlite
ACCOUNTS = 1_300


@pytest.fixture(autouse=True)
def few_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = SQLite.connect

    def connect_to_an_old_one(engine: SQLite) -> None:
        connect(engine)
        assert engine._connection is not None
        engine._connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999)

    monkeypatch.setattr(SQLite, "connect", connect_to_an_old_one)


@pytest.fixture
def crowded(tracker: Tracker, segware: Simulator) -> None:
    """A breach at each of many accounts, opened and told by filters that name them all."""
    codes = []
    for account in range(ACCOUNTS):
        codes.append(f"C{account}")
        segware.add_account(1_000 + account, codes[-1], f"Cliente {account}", 11)
        segware.add_events(NOON - HOUR, 1_000 + account, "E130", count=2)
    assert tracker("init").exit_code == 0
    made = tracker("alarms", "create", "listed", "--value", "2", "--accounts", ",".join(codes))
    assert made.exit_code == 0, made.stderr


@pytest.mark.usefixtures("crowded")
def test_every_pass_works(tracker: Tracker) -> None:
    assert len(tracker.scan()["opened"]) == ACCOUNTS
    assert len(tracker.scan()["ongoing"]) == ACCOUNTS
    assert len(tracker.history("--alarm", "listed")) == ACCOUNTS
    assert len(tracker.history("--limit", str(ACCOUNTS))) == ACCOUNTS
    assert len(tracker.notifications()) == ACCOUNTS
    closed = tracker.clear("--force", "--alarm", "listed", "--reason", "enough")["cleared"]
    assert len(closed) == ACCOUNTS
    tracker.clock.advance(DAY)
    tracker("scan")
    assert tracker.scan()["errors"] == []  # The second without events is believed.
    tracker.clock.advance(400 * DAY)
    assert tracker("purge", TRACKER_REGISTER_RETENTION="30d").exit_code == 0
    assert tracker.history() == []


@pytest.mark.usefixtures("crowded")
def test_what_is_told_goes_out(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware)
    assert len(tracker.scan()["opened"]) == ACCOUNTS
    foreseen = tracker.notify("--dry-run")
    assert foreseen["errors"] == []
    told = tracker.notify()
    assert (told["sent"], told["errors"]) == (ACCOUNTS, [])
