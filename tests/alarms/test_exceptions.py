"""An account with a value of its own, or none: what scans then open, and what a change closes."""

from typing import Any

import pytest

from events_tracker.base.times import DAY, HOUR, MINUTE, iso
from events_tracker.simulator.simulator import Handler, Simulator
from tests.support.alarms import alarms, names, of, shown
from tests.support.engines import on_sqlite, sql
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Tracker


def opened(scan: Any) -> list[tuple[str, int, int]]:
    """What a scan opened: account, count and the value that it was compared with."""
    return sorted((a["account_code"], a["quantity"], a["threshold"]) for a in scan["opened"])


def is_open(tracker: Tracker) -> list[tuple[str, int]]:
    """What is open: account and the value that it was compared with."""
    return sorted((a["account_code"], a["threshold"]) for a in tracker.history("--open"))


def excepted(tracker: Tracker, line: str) -> str:
    """Make, change or end an exception of `default`; what the command said."""
    return alarms(tracker, f"except default --account {line}")


@pytest.fixture
def sixty_each(segware: Simulator) -> None:
    """Three accounts are over the 50 of `default`."""
    for account in (PADARIA, CONDOMINIO, FARMACIA):
        segware.add_events(NOON, account, "E130", count=60)


@pytest.mark.usefixtures("sixty_each")
def test_an_account_is_compared_with_its_own_value_or_not_counted_at_all(tracker: Tracker) -> None:
    excepted(tracker, "1950 --value 60 --reason escola")
    excepted(tracker, "2207 --value 61 --reason escola")
    excepted(tracker, "3046 --never --reason 'em obras'")
    scan = tracker.scan()
    assert opened(scan) == [("1950", 60, 60)]
    assert scan["events"]["counted"] == 120
    assert is_open(tracker) == [("1950", 60)]


def test_its_own_value_may_be_lower_and_stands_before_those_of_single_codes(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create doors --codes E401,E402 --value 20 --values E401=30")
    alarms(tracker, "except doors --account 1950 --value 3 --reason cofre")
    for code in ("E401", "E402"):
        segware.add_events(NOON, PADARIA, code, count=3)
        segware.add_events(NOON, CONDOMINIO, code, count=25)
    assert opened(tracker.scan()) == [("1950", 3, 3), ("1950", 3, 3), ("2207", 25, 20)]


@pytest.mark.usefixtures("sixty_each")
def test_a_dry_run_shows_what_the_scan_does(tracker: Tracker) -> None:
    excepted(tracker, "1950 --value 200 --reason escola")
    excepted(tracker, "3046 --never --reason 'em obras'")
    foreseen = tracker.scan("--dry-run")
    assert opened(foreseen) == [("2207", 60, 50)]
    assert opened(tracker.scan("--dry-run", "--account", "1950")) == []
    assert opened(tracker.scan("--dry-run", "--at", "1m")) == []
    scan = tracker.scan()
    assert [{**alert, "register_id": None} for alert in scan["opened"]] == foreseen["opened"]
    assert scan["events"]["counted"] == foreseen["events"]["counted"] == 120


@pytest.mark.usefixtures("sixty_each")
def test_other_alarms_know_nothing_of_it(tracker: Tracker) -> None:
    alarms(tracker, "create doors --codes E130 --value 55")
    alarms(tracker, "except doors --account 1950 --never --reason x")
    scan = tracker.scan()
    assert opened({"opened": of("doors", scan["opened"])}) == [("2207", 60, 55), ("3046", 60, 55)]
    assert len(of("default", scan["opened"])) == 3
    assert scan["events"]["counted"] == 180


@pytest.mark.parametrize("facts_known", [False, True])
def test_a_code_of_several_clients_means_all_of_them(
    tracker: Tracker, segware: Simulator, facts_known: bool
) -> None:
    segware.add_account(31, "1950", "Clínica Vida", 14)
    segware.add_account(32, "5000", "Outra", 14)
    if facts_known:
        # Only one of them has ever been looked up.
        segware.add_events(NOON, PADARIA, "E130", count=60)
        assert len(tracker.scan()["opened"]) == 1
        tracker.clock.advance(3 * HOUR)
    now = tracker.clock.now()
    excepted(tracker, "1950 --value 10 --reason risco")
    for account, count in ((PADARIA, 10), (31, 12), (32, 49)):
        segware.add_events(now, account, "E130", count=count)
    assert opened(tracker.scan()) == [("1950", 10, 10), ("1950", 12, 10)]
    excepted(tracker, "1950 --never --reason 'em obras'")
    assert is_open(tracker) == []
    assert opened(tracker.scan()) == []


def test_an_alarm_that_does_not_group_by_account_can_leave_one_out(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create company --codes E301 --group-by company --value 10 --condition count")
    alarms(tracker, "except company --account 1950 --never --reason 'painel com defeito'")
    segware.add_events(NOON, PADARIA, "E301", count=30)
    segware.add_events(NOON, FARMACIA, "E301", count=9)
    assert tracker.scan()["opened"] == []
    segware.add_events(NOON, FARMACIA, "E301")
    (alert,) = tracker.scan()["opened"]
    assert (alert["quantity"], alert["threshold"]) == (10, 10)
    assert [record["account_code"] for record in alert["records"]] == ["3046"]


def test_a_code_of_several_clients_means_all_of_them_also_where_nobody_asks_for_accounts(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create all --codes E301 --group-by code --value 10")
    alarms(tracker, "except all --account 1950 --never --reason 'painel com defeito'")
    tracker.scan()  # The list of accounts is read for the code's sake.
    segware.add_account(31, "1950", "Clínica Vida", 14)
    segware.add_events(NOON, 31, "E301", count=30)
    assert tracker.scan()["opened"] == []


def test_what_is_missing_from_an_account_that_is_not_counted_is_not_missed(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create test --template missing-test --accounts 1950,2207,3046")
    alarms(tracker, "except test --account 1950 --never --reason 'em obras'")
    alarms(tracker, "except test --account 2207 --value 2 --reason 'dois por dia'")
    for account in (CONDOMINIO, FARMACIA):
        segware.add_events(NOON, account, "E602")
    assert opened(tracker.scan()) == [("2207", 1, 2)]


def test_an_alarm_over_detections_has_them_too(tracker: Tracker, segware: Simulator) -> None:
    alarms(
        tracker, "create again --source detections --of default --group-by account --value 1 "
        "--window 7d",
    )  # fmt: skip
    alarms(tracker, "except again --account 1950 --value 2 --reason escola")
    alarms(tracker, "except again --account 2207 --never --reason escola")
    for code in ("E130", "E131"):
        segware.add_events(NOON, CONDOMINIO, code, count=60)
    for account in (PADARIA, FARMACIA):
        segware.add_events(NOON, account, "E130", count=60)
    foreseen = tracker.scan("--dry-run")
    scan = tracker.scan()
    assert opened({"opened": of("again", scan["opened"])}) == [("3046", 1, 1)]
    assert opened(foreseen) == opened(scan)
    segware.add_events(NOON, PADARIA, "E131", count=60)
    assert opened({"opened": of("again", tracker.scan()["opened"])}) == [("1950", 2, 2)]


@pytest.mark.usefixtures("sixty_each")
def test_making_changing_and_ending_one_close_only_what_they_concern(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    segware.add_events(NOON, PADARIA, "E131", count=300)
    alarms(tracker, "create doors --codes E130 --value 50")
    assert len(tracker.scan()["opened"]) == 7
    tracker.clock.advance(MINUTE)
    assert "2 open alerts were closed." in excepted(tracker, "1950 --value 200 --reason escola")
    closed = [a for a in tracker.history() if a["cleared_at"] is not None]
    assert {(a["alarm"], a["account_code"], a["clear_reason"]) for a in closed} == {
        ("default", "1950", "redefined")
    }
    assert all(a["cleared_at"] == iso(NOON + MINUTE) for a in closed)
    assert [a["archived_at"] for a in closed] == [None, None]
    assert shown(tracker, "default")["revision"] == 1
    # What still breaches opens again, once, by the new value.
    assert opened(tracker.scan()) == [("1950", 300, 200)]
    assert opened(tracker.scan()) == []
    # The same value for another reason closes nothing; another value does, and so does the end.
    assert "closed" not in excepted(tracker, "1950 --value 200 --reason 'escola e creche'")
    assert "1 open alert was closed." in excepted(tracker, "1950 --value 250 --reason escola")
    assert opened(tracker.scan()) == [("1950", 300, 250)]
    assert "1 open alert was closed." in excepted(tracker, "1950 --end")
    assert opened(tracker.scan()) == [("1950", 60, 50), ("1950", 300, 50)]
    assert is_open(tracker).count(("2207", 50)) == 2
    told = "SELECT kind, COUNT(*) FROM notifications GROUP BY kind ORDER BY kind"
    assert sql(database, told) == [("cleared", 4), ("opened", 11)]


@pytest.mark.usefixtures("sixty_each")
@pytest.mark.parametrize(
    "line", ["except default --account 1950 --value 50", "except default --account 9999 --never"]
)
def test_what_is_compared_with_the_same_as_before_stays_open(tracker: Tracker, line: str) -> None:
    tracker.scan()
    assert "closed" not in alarms(tracker, f"{line} --reason x")
    assert len(tracker.scan()["ongoing"]) == 3


@pytest.mark.usefixtures("sixty_each")
def test_what_was_closed_by_hand_stays_silent_until_its_value_is_another(
    tracker: Tracker, database: str
) -> None:
    tracker.scan()
    tracker.clear("--force", "--account", "1950", "--reason", "por telefone")
    excepted(tracker, "1950 --value 50 --reason x")
    assert opened(tracker.scan()) == []
    excepted(tracker, "1950 --value 30 --reason x")
    assert opened(tracker.scan()) == [("1950", 60, 30)]
    assert sql(database, "SELECT COUNT(*) FROM triggers") == [(3,)]


@pytest.mark.usefixtures("sixty_each")
def test_its_time_ends_it_in_the_scan_that_comes_then(tracker: Tracker, database: str) -> None:
    kept = "SELECT account_code, ended_at, ended_by FROM exceptions ORDER BY account_code"
    until = "--until 2026-11-21T09:01"  # the whole minute, in São Paulo
    excepted(tracker, f"1950 --value 55 {until} --reason escola")
    excepted(tracker, f"2207 --value 200 {until} --reason escola")
    excepted(tracker, f"3046 --value 50 {until} --reason escola")
    assert opened(tracker.scan()) == [("1950", 60, 55), ("3046", 60, 50)]
    tracker.clock.at = NOON + 2 * MINUTE - 1
    assert opened(tracker.scan()) == []
    assert sql(database, kept) == [(code, None, None) for code in ("1950", "2207", "3046")]
    tracker.clock.at = NOON + 2 * MINUTE
    foreseen = tracker.scan("--dry-run")
    scan = tracker.scan()
    assert opened(scan) == opened(foreseen) == [("1950", 60, 50), ("2207", 60, 50)]
    assert scan["ongoing"] == [
        alert for alert in foreseen["ongoing"] if alert["account_code"] == "3046"
    ]
    assert [a["account_code"] for a in scan["ongoing"]] == ["3046"]
    assert sql(database, kept) == [
        (code, NOON + 2 * MINUTE, "tracker") for code in ("1950", "2207", "3046")
    ]
    (closed,) = [a for a in tracker.history() if a["cleared_at"] is not None]
    assert (closed["threshold"], closed["clear_reason"]) == (55, "redefined")
    assert opened(tracker.scan()) == []
    assert shown(tracker, "default")["revision"] == 1


def test_the_exceptions_of_a_deleted_alarm_end_in_silence(tracker: Tracker, database: str) -> None:
    alarms(tracker, "create doors --codes E401 --value 2")
    alarms(tracker, "except doors --account 1950 --never --reason x --until 2026-11-21T09:01")
    alarms(tracker, "delete doors")
    tracker.clock.advance(2 * MINUTE)
    assert tracker("scan").stderr == ""
    assert sql(database, "SELECT ended_by FROM exceptions") == [("tracker",)]


@pytest.mark.usefixtures("sixty_each")
def test_a_scan_that_sees_nothing_ends_nothing(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    excepted(tracker, "1950 --value 55 --until 2026-11-21T09:01 --reason escola")
    tracker.scan()
    tracker.clock.at = NOON + 2 * MINUTE
    right, segware.token = segware.token, "another"
    assert len(tracker.scan(exit_code=1)["ongoing"]) == 3
    assert sql(database, "SELECT ended_at FROM exceptions") == [(None,)]
    segware.token = right
    assert opened(tracker.scan()) == [("1950", 60, 50)]


@on_sqlite
def test_a_clock_that_is_far_ahead_ends_nothing(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    excepted(tracker, "1950 --value 55 --until 2026-11-22 --reason escola")
    segware.date_offset = -3 * DAY / 1000
    tracker.clock.advance(3 * DAY)
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=54)
    assert tracker.scan(exit_code=1)["opened"] == []
    assert sql(database, "SELECT ended_at FROM exceptions") == [(None,)]


@pytest.mark.parametrize("change", ["--value 70", "--never"])
def test_what_was_excepted_while_a_scan_was_reading_opens_nothing_by_the_old_value(
    tracker: Tracker, segware: Simulator, change: str
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)

    def meanwhile(handler: Handler) -> None:
        excepted(tracker, f"1950 {change} --reason x")
        handler.send(handler.normal_reply())

    segware.fail("/v1/events", meanwhile)
    assert opened(tracker.scan()) == []
    assert opened(tracker.scan()) == []


def test_a_code_that_nobody_has_is_a_note_and_stops_nothing(
    tracker: Tracker, segware: Simulator
) -> None:
    excepted(tracker, "9999 --never --reason x")
    segware.add_events(NOON, PADARIA, "E130", count=60)
    result = tracker("scan")
    assert result.exit_code == 0
    assert result.stderr == (
        "note: alarm default: its exception for 9999 does not apply: "
        "no account is known by that code\n"
    )
    assert "Opened: 1 alert." in result.stdout
    assert tracker("-q", "scan").stderr == ""
    segware.add_account(33, "9999", "Nova", 11)
    segware.add_events(NOON, 33, "E130", count=60)
    assert opened(tracker.scan()) == []
    tracker.clock.advance(3 * HOUR)
    assert tracker("scan").stderr == "", "known, though it sends nothing now"


def test_an_exception_that_an_edit_makes_absurd_does_not_apply_and_says_so(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create doors --codes E401 --value 5 --operator '>'")
    alarms(tracker, "except doors --account 1950 --value 0 --reason cofre")
    alarms(tracker, "edit doors --operator '>='")
    segware.add_events(NOON, PADARIA, "E401", count=4)
    result = tracker("scan")
    assert (result.exit_code, "Opened nothing." in result.stdout) == (0, True)
    assert "note: alarm doors: its exception for 1950 does not apply: >= 0 always" in result.stderr


def test_a_missed_window_is_evaluated_with_what_held_then(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create night --codes E130 --value 10 --window 1h --catch-up")
    alarms(tracker, "disable default")
    tracker.scan()
    alarms(
        tracker, "except night --account 1950 --value 20 --until 2026-11-21T11:00 --reason escola"
    )
    alarms(tracker, "except night --account 2207 --never --reason 'em obras'")
    # In São Paulo it is nine: until eleven, 14:00 UTC, ten of the first account are not enough.
    for minutes in (90, 150):
        segware.add_events(NOON + minutes * MINUTE, PADARIA, "E130", count=12)
        segware.add_events(NOON + minutes * MINUTE, CONDOMINIO, "E130", count=50)
    tracker.clock.advance(4 * HOUR)
    foreseen = tracker.scan("--dry-run")
    scan = tracker.scan()
    assert opened(scan) == opened(foreseen) == [("1950", 12, 10)]
    assert scan["opened"][0]["period_ended_at"] > iso(NOON + 150 * MINUTE)
    assert names(tracker.history()) == ["night"]
