"""A group that reaches its threshold opens one alert, once, whatever runs beside it."""

import threading
import time

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Handler, Simulator
from tests.support.engines import sql
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Console, Tracker, finish


def test_sixty_events_of_one_group_open_one_alert(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    segware.add_events(NOON - MINUTE, PADARIA, "E130", "ALR", count=60)
    (opened,) = tracker.scan()["opened"]
    assert opened | {"register_id": ""} == {
        "register_id": "",
        "alarm": "default",
        "revision": 1,
        "priority": "medium",
        "account_id": PADARIA,
        "account_code": "1950",
        "trade_name": "Padaria São José",
        "company": "Sentinela Monitoramento",
        "client_group": "Rede Boa Mesa",
        "cuc": "ALR",
        "code": "E130",
        "quantity": 60,
        "highest": 60,
        "partial": False,
        "operator": ">=",
        "threshold": 50,
        "period_started_at": "2026-11-21T10:00:00.000Z",
        "period_ended_at": "2026-11-21T12:00:00.000Z",
        "opened_at": "2026-11-21T12:00:00.000Z",
        "cleared_at": None,
        "clear_reason": None,
        "archived_at": None,
        "records": [{"code": "E130", "cuc": "ALR", "account_code": "1950", "count": 60}],
        "cause": None,
        "heard_at": "2026-11-21T12:00:00.000Z",
        "hold_id": None,
    }
    assert sql(database, "SELECT register_id, kind FROM notifications") == [
        (opened["register_id"], "opened")
    ]


def test_a_second_scan_opens_nothing(tracker: Tracker, segware: Simulator, database: str) -> None:
    segware.add_events(NOON - MINUTE, PADARIA, "E130", count=60)
    (opened,) = tracker.scan()["opened"]
    tracker.clock.advance(MINUTE)
    again = tracker.scan()
    assert again["opened"] == []
    assert [alert["register_id"] for alert in again["ongoing"]] == [opened["register_id"]]
    assert len(tracker.history()) == 1
    assert sql(database, "SELECT COUNT(*) FROM notifications") == [(1,)]


def test_an_alert_that_goes_on_for_hours_is_opened_once(
    tracker: Tracker, segware: Simulator
) -> None:
    for _ in range(5):
        segware.add_events(tracker.clock.now(), PADARIA, "E130", count=50)
        tracker.scan()
        tracker.clock.advance(HOUR)
    assert len(tracker.history()) == 1


@pytest.mark.parametrize("scans", [2, 5])
def test_scans_at_once_open_each_alert_once(
    console: Console, segware: Simulator, database: str, scans: int
) -> None:
    now = time.time_ns() // 1_000_000
    for account in (PADARIA, CONDOMINIO, FARMACIA):
        segware.add_events(now - MINUTE, account, "E130", count=60)
    all_have_asked = threading.Barrier(scans, timeout=30)

    def answer_when_all_have_asked(handler: Handler) -> None:
        reply = handler.normal_reply()
        all_have_asked.wait()
        handler.send(reply)

    segware.fail("/v1/events", *[answer_when_all_have_asked] * scans)
    results = [
        finish(process)
        for process in [console.start("scan", "--format", "json") for _ in range(scans)]
    ]
    assert [(result.exit_code, result.json["errors"]) for result in results] == [(0, [])] * scans
    opened = [alert["account_id"] for result in results for alert in result.json["opened"]]
    assert sorted(opened) == [PADARIA, CONDOMINIO, FARMACIA]
    for table in ("triggers", "register_entries", "notifications"):
        assert sql(database, f"SELECT COUNT(*) FROM {table}") == [(3,)]
