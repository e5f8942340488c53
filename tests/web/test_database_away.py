"""The database does not answer: a page that says so, and back by itself."""

import sqlite3
from urllib.parse import urlsplit

import pytest

from events_tracker.base import limits
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import connected, on_servers, on_sqlite, sql
from tests.support.new import database
from tests.support.world import Tracker, open_alert
from tests.web.conftest import Site, text_of

__all__ = ["database"]


@pytest.fixture
def in_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a page nor the connections that are made from here on wait longer."""
    monkeypatch.setattr(limits, "PAGE_SECONDS", 1.0)
    monkeypatch.setattr(limits, "LOCK_WAIT_SECONDS", 1)


@on_servers
def test_a_page_says_that_the_database_is_away_until_it_is_back(
    in_a_second: None, ana: Site, web: Tracker, database: str
) -> None:
    with connected(database) as holding:
        cursor = holding.cursor()
        cursor.execute("LOCK TABLES people WRITE, scan_state WRITE")
        for page in ("/alerts", "/alarms", "/alerts.csv"):
            away = ana.get(page)
            assert away.status_code == 503
            assert "O banco de dados não responde. " in text_of(away)
            assert "data-try-again" in away.text
            assert urlsplit(database).path.removeprefix("/") not in away.text
        health = ana.get("/health")
        assert (health.status_code, health.json()) == (503, {"status": "unavailable"})
        cursor.execute("UNLOCK TABLES")
    assert ana.get("/alerts").status_code == 200


@on_servers
# The driver leaves a socket that the server has closed to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_who_asks_does_not_see_that_connections_were_lost(
    ana: Site, web: Tracker, database: str
) -> None:
    for _ in range(10):
        assert ana.get("/alerts").status_code == 200
    name = urlsplit(database).path.removeprefix("/")
    lost = sql(
        database,
        "SELECT id FROM information_schema.processlist "
        f"WHERE db = '{name}' AND id <> CONNECTION_ID()",
    )
    assert lost
    for (id_,) in lost:
        sql(database, f"KILL {id_}")
    for _ in range(10):
        assert ana.get("/alerts").status_code == 200


@on_sqlite
def test_what_cannot_be_written_now_is_not_written_later(
    ana: Site, web: Tracker, segware: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = open_alert(web, segware)
    monkeypatch.setattr(limits, "NOTE_SECONDS", 0.3)
    with sqlite3.connect(place(web), isolation_level=None) as locked:
        locked.execute("BEGIN IMMEDIATE")
        here = {"Referer": f"{ana.url}/alerts/{id_}"}
        away = ana.post(f"/alerts/{id_}/notes", {"text": "x"}, headers=here)
        assert away.status_code == 503
        # To load this page again would be to send it again.
        assert "data-try-again" not in away.text
        assert f'<a href="/alerts/{id_}">' in away.text
        locked.execute("COMMIT")
    assert sql(web.environ["DATABASE_URL"], "SELECT COUNT(*) FROM notes") == [(0,)]


@on_sqlite
def test_a_database_without_our_tables_is_told_as_what_it_is(ana: Site, web: Tracker) -> None:
    with sqlite3.connect(place(web)) as connection:
        connection.execute("DELETE FROM schema_migrations WHERE version > 1")
    away = ana.get("/alerts")
    assert away.status_code == 503
    assert "tracker init" in text_of(away)


def place(web: Tracker) -> str:
    """The file of its database."""
    return urlsplit(web.environ["DATABASE_URL"]).path.removeprefix("/")
