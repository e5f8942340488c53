"""The life of one alarm from its creation to its end, with its register."""

import re

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms, listed, names, shown
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker, open_alert


def test_the_life_of_an_alarm(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "create doors --codes E401 --value 3 --window 1h --by ana --comment trial")
    doors = shown(tracker, "doors")
    assert (doors["runs"], doors["last_run_at"], doors["last_run_status"]) == (0, None, None)

    # Nothing yet.
    segware.add_events(NOON, PADARIA, "E401", count=2)
    assert tracker.scan()["opened"] == []
    doors = shown(tracker, "doors")
    assert (doors["runs"], doors["last_run_at"], doors["last_run_status"], doors["detections"]) == (
        1,
        "2026-11-21T12:00:00.000Z",
        "ok",
        0,
    )

    # One detection, then another; the first is over.
    tracker.clock.advance(MINUTE)
    segware.add_events(tracker.clock.now(), PADARIA, "E401")
    assert names(tracker.scan("--dry-run")["opened"]) == ["doors"]
    assert names(tracker.scan()["opened"]) == ["doors"]
    tracker.clock.advance(HOUR)
    segware.add_events(tracker.clock.now(), CONDOMINIO, "E401", count=4)
    scan = tracker.scan()
    assert [alert["account_code"] for alert in scan["opened"]] == ["2207"]
    assert [alert["account_code"] for alert in scan["below"]] == ["1950"]
    assert len(tracker.clear()["cleared"]) == 1
    doors = shown(tracker, "doors")
    assert (doors["runs"], doors["detections"]) == (3, 2)
    assert doors["last_detection_at"] == "2026-11-21T13:01:00.000Z"
    assert [a["account_code"] for a in doors["open_alerts"]] == ["2207"]
    assert [a["account_code"] for a in doors["recent_detections"]] == ["2207", "1950"]

    # People follow it up, tune it, call it otherwise.
    alarms(tracker, "close doors --by bia")
    assert shown(tracker, "doors")["status"] == "closed"
    alarms(tracker, "reopen doors --by bia")
    alarms(tracker, "edit doors --value 4 --by caio --comment 'three is too few'")
    alarms(tracker, "edit doors --name portas --by caio")
    portas = shown(tracker, "portas")
    assert (portas["revision"], portas["detections"], portas["status"]) == (2, 0, "open")
    assert (portas["changed_by"], portas["comment"]) == ("caio", None), "of the last change alone"
    assert (portas["created_by"], portas["created_at"]) == ("ana", "2026-11-21T12:00:00.000Z")
    tracker.clock.advance(MINUTE)
    assert names(tracker.scan()["opened"]) == ["portas"]

    # It rests, and is woken up.
    alarms(tracker, "disable portas")
    runs = shown(tracker, "portas")["runs"]
    tracker.scan()
    assert shown(tracker, "portas")["runs"] == runs
    alarms(tracker, "enable portas")
    tracker.clock.advance(MINUTE)
    assert names(tracker.scan()["opened"]) == ["portas"]

    # It ends; the register stays.
    alarms(tracker, "delete portas --by ana")
    assert [alarm["name"] for alarm in listed(tracker)] == ["default"]
    assert names(tracker.clear()["cleared"]) == ["portas"]
    register = [
        (entry["account_code"], entry["revision"], re.split("[ ;]", entry["clear_reason"] or "")[0])
        for entry in tracker.history("--archived", "--alarm", "portas")
    ]
    assert register == [
        ("2207", 2, "deleted"),
        ("2207", 2, "disabled"),
        ("2207", 1, "redefined"),
        ("1950", 1, "below"),
    ]
    assert len(tracker.history()) == 2


@pytest.mark.parametrize("blank", ["", "  "])
def test_who_did_it_is_a_name_that_can_be_seen(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch, blank: str
) -> None:
    monkeypatch.setenv("LOGNAME", "ana")
    alarms(tracker, f"create doors --by '{blank}'")
    alarms(tracker, "create gates --by ' bia '")
    assert [shown(tracker, name)["created_by"] for name in ("doors", "gates")] == ["ana", "bia"]


@pytest.mark.parametrize("login", ["\udcff" + "a" * 1_000, "a" * 1_000])
def test_a_login_that_does_not_fit_is_kept_as_far_as_it_does(
    tracker: Tracker, segware: Simulator, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    monkeypatch.setenv("LOGNAME", login)
    kept = login[:100].replace("\udcff", "\ufffd")
    alarms(tracker, "create doors --codes E401")
    assert shown(tracker, "doors")["created_by"] == kept
    open_alert(tracker, segware)
    (closed,) = tracker.clear("--force", "--account", "1950", "--reason", "seen")["cleared"]
    assert closed["clear_reason"] == f"forced: seen (by {kept})"
