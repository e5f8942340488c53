"""Whatever a server's defaults are: the program sets what it relies on, and keeps to the rest."""

import random
import secrets
from collections.abc import Iterator

import pytest

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Simulator
from events_tracker.simulator.world import Event
from tests.reliability.own_server import OwnServer, own_server
from tests.support.engines import sql
from tests.support.world import NOON, PADARIA, Tracker

__all__ = ["own_server"]

# The driver leaves a socket that the server has closed to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
KIBIBYTE, MEBIBYTE = 1_024, 1_048_576


@pytest.fixture
def database(own_server: OwnServer) -> Iterator[str]:
    name = f"tracker_test_{secrets.token_hex(6)}"
    yield f"{own_server.url}/{name}?ssl_disabled=true"
    sql(own_server.url, f"DROP DATABASE IF EXISTS {name}")


def storm(segware: Simulator, accounts: int, codes: int) -> None:
    """One event of each code for each account, none of them at the same moment as many others."""
    for account in range(100, 100 + accounts):
        segware.add_account(account, f"A{account}", f"Cliente {account}", 11)
    segware.add_many(
        Event(NOON - 20 * MINUTE + account, account, f"E{code:03d}", "ALR")
        for account in range(100, 100 + accounts)
        for code in range(codes)
    )


def test_a_storm_larger_than_the_longest_statement_is_written_in_several(
    own_server: OwnServer, tracker: Tracker, segware: Simulator
) -> None:
    with own_server.defaults(max_allowed_packet=str(MEBIBYTE)):
        assert tracker("init").exit_code == 0
        made = ("alarms", "create", "many", "--group-by", "account", "--value", "100")
        assert tracker(*made).exit_code == 0
        storm(segware, accounts=150, codes=100)
        assert len(tracker.scan()["opened"]) == 150
        assert len(tracker.history("--alarm", "many")) == 150
        tracker.clock.advance(MINUTE)
        assert len(tracker.scan()["ongoing"]) == 150


def test_what_is_told_to_many_addresses_is_written_in_several(
    own_server: OwnServer, tracker: Tracker, segware: Simulator
) -> None:
    addresses = ",".join(f"plantonista{number}@{'sentinela' * 5}.example" for number in range(50))
    tracker.environ |= {
        "EMAIL_ENABLED": "true",
        "SMTP_URL": "smtp://127.0.0.1:1",
        "EMAIL_FROM": "tracker@sentinela.example",
        "EMAIL_TO": addresses,
        "TRACKER_THRESHOLD": "1",
        "TRACKER_CODES": "*",
        "TRACKER_CLEAR_AFTER": "0m",
    }
    with own_server.defaults(max_allowed_packet=str(64 * KIBIBYTE)):
        assert tracker("init").exit_code == 0
        storm(segware, accounts=100, codes=2)
        assert len(tracker.scan()["opened"]) == 200
        tracker.clock.advance(3 * 60 * MINUTE)
        tracker.scan()
        assert len(tracker.clear()["cleared"]) == 200


def test_a_slice_that_is_too_large_to_remember_costs_speed_alone(
    own_server: OwnServer, tracker: Tracker, segware: Simulator, database: str
) -> None:
    dice = random.Random(7)
    segware.add_many(
        Event(NOON - 20 * MINUTE, dice.randrange(10**9), f"X{dice.randrange(10**6)}", "ALR")
        for _ in range(9_000)
    )
    segware.add_events(NOON - 50 * MINUTE, PADARIA, "E130", count=60)
    with own_server.defaults(max_allowed_packet=str(32 * KIBIBYTE)):
        assert tracker("init").exit_code == 0
        assert len(tracker.scan()["opened"]) == 1
        remembered = sql(database, "SELECT COUNT(*), SUM(fetched) FROM slices")
        assert remembered[0][0] > 0
        assert remembered[0][1] < 9_000
        again = tracker.scan()
        assert len(again["ongoing"]) == 1
        assert again["events"]["fetched"] >= 9_000


def test_a_row_that_is_too_large_is_told_as_that(
    own_server: OwnServer, tracker: Tracker, segware: Simulator
) -> None:
    with own_server.defaults(max_allowed_packet=str(16 * KIBIBYTE)):
        assert tracker("init").exit_code == 0
        addresses = [f"plantonista{number}@{'sentinela' * 5}.example" for number in range(400)]
        result = tracker(
            "alarms", "create", "wide", "--value", "1", "--email-to", ",".join(addresses)
        )
        assert result.exit_code == 1
        assert result.stderr == (
            f"error: the database at {own_server.url.replace('root@', '')} takes no statement or "
            "row over 16384 bytes: raise its max_allowed_packet\n"
        )


UNLIKE_OURS = {
    "sql_safe_updates": "1",
    "sql_select_limit": "1",
    "sql_mode": "'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'",
    "time_zone": "'-03:00'",
    "unique_checks": "0",
    "completion_type": "'RELEASE'",
    "autocommit": "0",
    "max_join_size": "1",
    "group_concat_max_len": "4",
    "lock_wait_timeout": "1",
    "innodb_lock_wait_timeout": "1",
    "innodb_default_row_format": "'compact'",
}


@pytest.mark.parametrize("name", UNLIKE_OURS)
def test_a_default_unlike_ours_changes_nothing(
    own_server: OwnServer, tracker: Tracker, segware: Simulator, name: str
) -> None:
    with own_server.defaults(**{name: UNLIKE_OURS[name]}):
        a_breach_opens_and_clears(tracker, segware)


@pytest.mark.parametrize("level", ["READ-UNCOMMITTED", "READ-COMMITTED", "SERIALIZABLE"])
def test_another_isolation_level_changes_nothing(
    own_server: OwnServer, tracker: Tracker, segware: Simulator, level: str
) -> None:
    sql(
        own_server.url,
        f"SET GLOBAL TRANSACTION ISOLATION LEVEL {level.replace('-', ' ')}, READ ONLY",
    )
    try:
        a_breach_opens_and_clears(tracker, segware)
    finally:
        sql(own_server.url, "SET GLOBAL TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE")


def a_breach_opens_and_clears(tracker: Tracker, segware: Simulator) -> None:
    segware.add_account(77, "77", 'Bar "O\'Neill" \\ Filhos', 11)
    tracker.environ["TRACKER_CLEAR_AFTER"] = "0m"
    assert tracker("init").exit_code == 0
    segware.add_events(NOON, PADARIA, "E130", count=60)
    segware.add_events(NOON, 77, "E130", count=50)
    opened = tracker.scan()["opened"]
    assert [alert["trade_name"] for alert in opened] == [
        "Padaria São José",
        'Bar "O\'Neill" \\ Filhos',
    ]
    assert tracker.notify()["errors"] == []
    tracker.clock.advance(3 * 60 * MINUTE)
    assert len(tracker.scan()["below"]) == 2
    assert len(tracker.clear()["cleared"]) == 2
    assert {alert["trade_name"] for alert in tracker.history()} == {
        alert["trade_name"] for alert in opened
    }
    assert tracker("purge").exit_code == 0
