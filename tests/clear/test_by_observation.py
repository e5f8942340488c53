"""`clear` closes what scans saw to be over: all of it in one transaction, and each once."""

from typing import Any

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import dump, on_sqlite, sql
from tests.support.world import (
    CONDOMINIO,
    NOON,
    PADARIA,
    Console,
    Tracker,
    finish,
    open_alert,
    open_alerts,
)


def below(tracker: Tracker, segware: Simulator) -> None:
    """Two hours later a scan sees one event of the two accounts in place of sixty."""
    tracker.clock.advance(2 * HOUR + 1)
    segware.add_events(tracker.clock.now(), CONDOMINIO, "E130")
    tracker.scan()


def test_what_is_below_clears_with_its_reason_its_highest_and_a_notification(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    register_id = open_alert(tracker, segware)
    segware.add_events(NOON + 1, PADARIA, "E130", count=20)
    tracker.clock.advance(MINUTE)
    tracker.scan()
    below(tracker, segware)
    result = tracker.clear()
    (cleared,) = result["cleared"]
    assert result == {
        "pass": "clear",
        "dry_run": False,
        "cleared": [cleared],
        "kept": 0,
        "errors": [],
    }
    assert [cleared] == tracker.history()
    assert cleared["register_id"] == register_id
    assert cleared["clear_reason"] == "below; nothing heard since 09:01"
    assert cleared["heard_at"] == "2026-11-21T12:01:00.000Z"
    assert cleared["cleared_at"] == "2026-11-21T14:01:00.001Z"
    assert (cleared["quantity"], cleared["highest"]) == (60, 80)
    assert [notice["kind"] for notice in tracker.notifications()] == ["cleared", "opened"]
    assert sql(database, "SELECT COUNT(*) FROM triggers") == [(0,)]


def test_a_group_that_fell_to_zero_clears_like_any_other(
    tracker: Tracker, segware: Simulator
) -> None:
    for account in (PADARIA, CONDOMINIO):
        segware.add_events(NOON, account, "E130", count=60)
    tracker.scan()
    below(tracker, segware)
    cleared = tracker.clear()["cleared"]
    assert {(alert["account_id"], alert["clear_reason"]) for alert in cleared} == {
        (PADARIA, "below; nothing heard since 09:00"),
        (CONDOMINIO, "below"),
    }


def test_what_still_holds_stays_open(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    below(tracker, segware)
    open_alert(tracker, segware, CONDOMINIO, "E131")
    result = tracker.clear()
    assert [alert["account_id"] for alert in result["cleared"]] == [PADARIA]
    assert result["kept"] == 1


def test_a_second_clear_has_nothing_to_do(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    open_alert(tracker, segware)
    below(tracker, segware)
    tracker.clear()
    before = dump(database)
    assert tracker.clear() == {
        "pass": "clear",
        "dry_run": False,
        "cleared": [],
        "kept": 0,
        "errors": [],
    }
    assert dump(database) == before


def test_scan_and_clear_list_the_oldest_first(tracker: Tracker, segware: Simulator) -> None:
    opened = []
    for account in range(101, 109):
        tracker.clock.advance(MINUTE)
        opened.append(open_alert(tracker, segware, account))
    assert _ids(tracker.scan()["ongoing"]) == opened
    below(tracker, segware)
    assert _ids(tracker.scan("--dry-run")["below"]) == opened
    assert _ids(tracker.clear("--dry-run")["cleared"]) == opened
    assert _ids(tracker.clear()["cleared"]) == opened


def _ids(alerts: list[dict[str, Any]]) -> list[str]:
    return [str(alert["register_id"]) for alert in alerts]


def test_a_new_breach_after_clearing_opens_another_alert(
    tracker: Tracker, segware: Simulator
) -> None:
    first = open_alert(tracker, segware)
    below(tracker, segware)
    tracker.clear()
    tracker.clock.advance(MINUTE)
    second = open_alert(tracker, segware)
    assert second != first
    assert [alert["register_id"] for alert in tracker.history()] == [second, first]


def test_if_the_notification_cannot_be_written_nothing_is_cleared(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    register_id = open_alert(tracker, segware)
    below(tracker, segware)
    sql(
        database,
        "INSERT INTO notifications (id, register_id, kind, created_at) "
        f"VALUES ('in the way', '{register_id}', 'cleared', 0)",
    )
    before = dump(database)
    result = tracker("clear")
    assert (result.exit_code, result.stdout) == (1, "")
    after = dump(database)
    assert {name for name in after if after[name] != before[name]} <= {"fence"}
    (entry,) = tracker.history()
    assert entry["cleared_at"] is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("enabled = 0", "disabled"),
        ("deleted_mark = id", "deleted"),
        ("revision = revision + 1", "redefined"),
    ],
)
def test_what_its_alarm_does_not_stand_for_any_more_clears_with_its_own_reason(
    tracker: Tracker, segware: Simulator, database: str, change: str, reason: str
) -> None:
    open_alert(tracker, segware)
    sql(database, f"UPDATE alarms SET {change}")
    tracker.clock.advance(MINUTE)
    (cleared,) = tracker.clear()["cleared"]
    assert cleared["clear_reason"] == reason
    assert [notice["kind"] for notice in tracker.notifications()] == ["cleared", "opened"]


@pytest.mark.parametrize(
    ("options", "accounts"),
    [
        (["--account", "1950"], ["1950"]),
        (["--account", "500*"], ["5001", "5002"]),
        (["--account", "*"], ["1950", "5001", "5002"]),
        (["--code", "E131"], ["1950"]),
        (["--cuc", "ALR"], ["1950", "5001", "5002"]),
        (["--cuc", "ALI"], []),
        (["--alarm", "default", "--code", "E130"], ["5001", "5002"]),
        (["--alarm", "other*"], []),
    ],
)
@on_sqlite
def test_filters_limit_what_is_cleared(
    tracker: Tracker, segware: Simulator, options: list[str], accounts: list[str]
) -> None:
    segware.add_events(NOON, PADARIA, "E131", count=60)
    for number in (1, 2):
        segware.add_account(100 + number, str(5000 + number), f"Cliente {number}", 11)
        segware.add_events(NOON, 100 + number, "E130", count=60)
    assert len(tracker.scan()["opened"]) == 3
    below(tracker, segware)
    result = tracker.clear(*options)
    assert sorted(alert["account_code"] for alert in result["cleared"]) == accounts
    assert result["kept"] == 3 - len(accounts)


def test_a_dry_run_tells_what_would_clear_and_leaves_no_trace(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    open_alert(tracker, segware)
    below(tracker, segware)
    before = dump(database)
    foreseen = tracker.clear("--dry-run")
    assert dump(database) == before
    assert foreseen["dry_run"] is True
    cleared = tracker.clear()
    assert foreseen == {**cleared, "dry_run": True}


def test_several_at_once_clear_each_alert_once(
    tracker: Tracker, console: Console, segware: Simulator, database: str
) -> None:
    open_alerts(tracker, segware, 20)
    below(tracker, segware)
    results = [
        finish(process)
        for process in [console.start("clear", "--format", "json") for _ in range(4)]
    ]
    assert [(result.exit_code, result.stderr) for result in results] == [(0, "")] * 4
    cleared = [alert["register_id"] for result in results for alert in result.json["cleared"]]
    assert len(cleared) == len(set(cleared)) == 20
    assert sql(database, "SELECT COUNT(*) FROM notifications WHERE kind = 'cleared'") == [(20,)]


@on_sqlite
def test_people_read_a_table_and_cron_reads_nothing_with_q(
    tracker: Tracker, segware: Simulator
) -> None:
    open_alert(tracker, segware)
    assert tracker("clear").stdout == "Closed 0, 1 stay open.\nAs of the scan 0 s ago.\n"
    below(tracker, segware)
    first, heading, row, as_of = tracker("clear", "--dry-run").stdout.splitlines()
    assert first == "Would close 1, 0 stay open."
    assert "Account" in heading
    assert "1950" in row
    assert as_of == "As of the scan 0 s ago."
    assert tracker("-q", "clear").stdout == ""
