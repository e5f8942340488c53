"""The view that every pass reads through outlives the user who made it; `init` makes it again."""

import secrets
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from events_tracker.base.times import HOUR
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_servers, sql
from tests.support.new import database
from tests.support.world import NOON, PADARIA, Tracker

__all__ = ["database"]


@pytest.fixture
def user(database: str) -> Iterator[Callable[[], str]]:
    """Makes users who may do anything with the database; gives each one's DATABASE_URL."""
    parts, made = urlsplit(database), []

    def make() -> str:
        name = f"tv_{secrets.token_hex(4)}"
        made.append(name)
        server = parts._replace(path="").geturl()
        sql(server, f"CREATE USER '{name}'@'%' IDENTIFIED BY ''")
        sql(server, f"GRANT ALL ON `{parts.path[1:]}`.* TO '{name}'@'%'")
        return parts._replace(netloc=f"{name}@{parts.hostname}:{parts.port}").geturl()

    yield make
    for name in made:
        sql(parts._replace(path="").geturl(), f"DROP USER IF EXISTS '{name}'@'%'")


def drop(database: str, url: str) -> None:
    """Drop the user of this DATABASE_URL."""
    server = urlsplit(database)._replace(path="").geturl()
    sql(server, f"DROP USER '{urlsplit(url).username}'@'%'")


def every_pass_works(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    assert len(tracker.scan()["opened"]) == 1
    assert tracker.notify()["errors"] == []
    assert len(tracker.history()) == 1
    tracker.clock.advance(3 * HOUR)
    tracker.scan()
    assert len(tracker.clear(TRACKER_CLEAR_AFTER="0m")["cleared"]) == 1
    assert "database ok" in " ".join(tracker("status").stdout.split())


@on_servers
def test_it_serves_whoever_comes_after_the_user_who_made_it(
    tracker: Tracker, segware: Simulator, database: str, user: Callable[[], str]
) -> None:
    former, later = user(), user()
    assert tracker("init", DATABASE_URL=former).exit_code == 0
    drop(database, former)
    tracker.environ["DATABASE_URL"] = later
    every_pass_works(tracker, segware)


@on_servers
def test_one_of_an_earlier_version_that_belonged_to_a_user_who_is_gone_is_made_again(
    tracker: Tracker, segware: Simulator, database: str, user: Callable[[], str]
) -> None:
    former, later = user(), user()
    assert tracker("init", DATABASE_URL=former).exit_code == 0
    view = sql(database, "SHOW CREATE VIEW alerts")[0][1]
    as_it_was = view.replace("SQL SECURITY INVOKER", "SQL SECURITY DEFINER")
    sql(database, "DROP VIEW alerts")
    sql(former + "?ssl_disabled=true", as_it_was)
    drop(database, former)
    tracker.environ["DATABASE_URL"] = later
    assert tracker("history").exit_code == 1
    status = tracker("status")
    assert status.exit_code == 1
    assert "database problem" in " ".join(status.stdout.split())
    assert tracker("init").exit_code == 0
    every_pass_works(tracker, segware)


def test_one_that_a_copy_left_out_is_a_problem_until_init_makes_it(
    tracker: Tracker, segware: Simulator, database: str, initialised: None
) -> None:
    sql(database, "DROP VIEW alerts")
    status = tracker("status")
    assert status.exit_code == 1
    assert "database problem" in " ".join(status.stdout.split())
    assert tracker("init").exit_code == 0
    every_pass_works(tracker, segware)


def test_init_leaves_one_that_is_whole_alone(tracker: Tracker, initialised: None) -> None:
    assert "The database is up to date." in tracker("init").stdout
