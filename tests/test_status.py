"""`tracker status`: whoever asks what is wrong is told soon, and all of it."""

import time

import pytest

from events_tracker.base import limits
from events_tracker.base.times import DAY, MINUTE
from events_tracker.simulator import faults
from events_tracker.simulator.server import Fault
from events_tracker.simulator.simulator import Simulator, json_reply
from tests.support.alarms import alarms
from tests.support.channels import CHATPRO, whatsapp
from tests.support.engines import on_sqlite
from tests.support.world import NOON, PADARIA, Tracker, open_alert

STATUS = "/v1/system/status"


def test_it_waits_less_than_anybody_would_and_less_than_one_read_may_take() -> None:
    assert min(15, limits.READ_SECONDS) > limits.STATUS_ANSWER_SECONDS


@on_sqlite
@pytest.mark.parametrize("fault", [faults.slow(60), faults.drip(60)], ids=["silent", "dripping"])
def test_a_service_that_hangs_is_asked_once_and_everything_else_is_shown(
    tracker: Tracker, segware: Simulator, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STATUS_ANSWER_SECONDS", 0.5)
    tracker("init")
    segware.fail_always(STATUS, fault)
    segware.requests.clear()
    began = time.monotonic()
    result = tracker("status")
    assert time.monotonic() - began < 10
    assert segware.count(STATUS) == 1
    assert result.exit_code == 1
    for check in ("settings", "database", "scans", "gaps", "alerts", "deliveries", "token"):
        assert f"\n{check} " in f"\n{result.stdout}"
    assert "error: segware: did not answer before `status` ran out of time" in result.stderr


@on_sqlite
def test_a_database_that_is_away_keeps_nobody_waiting_and_segware_is_shown(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.clock.speed = 100
    result = tracker("status", DATABASE_URL="mysql://root@127.0.0.1:1/tracker")
    assert sum(tracker.clock.slept) < 15
    assert result.exit_code == 1
    assert "error: database: the database at mysql://127.0.0.1:1 cannot be reached" in result.stderr
    assert "tracker status" not in result.stderr, "that is what says it"
    assert "\nsegware " in result.stdout


def checks(tracker: Tracker) -> dict[str, tuple[str, str]]:
    """Health and detail of everything that `status` looks at, by name."""
    found = tracker("status", "--format", "json").json
    return {check["name"]: (check["health"], check["detail"]) for check in found}


def test_status_sees_what_the_scans_saw(
    tracker: Tracker, segware: Simulator, initialised: None
) -> None:
    tracker.environ |= {**whatsapp(segware), "TRACKER_STALE_AFTER": "31d"}
    open_alert(tracker, segware)
    tracker("clear", "--force", "--account", "1950", "--reason", "seen")
    alarms(tracker, "create v --accounts 9999")
    segware.fail_always(CHATPRO, json_reply(503, {}))
    tracker.notify(exit_code=1)
    tracker.clock.advance(MINUTE)
    tracker.scan(exit_code=1)
    found = checks(tracker)
    assert found["alarms"][0] == "problem"
    assert found["alarms"][1].startswith("not evaluated: v: Segware knows no account")
    # Of the alert, and that somebody closed it.
    told = "2 tried in vain, and to be tried again: see `tracker notifications`"
    assert found["deliveries"] == ("warning", told)
    assert (found["scans"][0], found["default"][0], found["muted"][0]) == ("ok", "ok", "ok")
    alarms(tracker, "delete v")
    alarms(tracker, "disable default")
    tracker.clock.advance(DAY + 1)
    segware.fail_always("/v1/events", json_reply(503, {}))
    tracker("scan")
    found = checks(tracker)
    assert found["default"][0] == "problem"
    assert found["muted"][0] == "warning"
    assert found["muted"][1].endswith("and open nothing: account 1950 ALR E130 (default)")
    alarms(tracker, "enable default")
    tracker.clock.advance(MINUTE)
    tracker.scan(exit_code=1)
    assert checks(tracker)["scans"][0] == "problem"
    tracker.environ["TRACKER_THRESHOLD"] = "30"
    result = tracker("status")
    assert result.exit_code == 1
    assert "error: scans: the last scan failed: `tracker scan` says why; " in result.stderr
    assert "error: default: the environment differs from what is stored in TRACKER_THRESHOLD" in (
        result.stderr
    )


def idle(tracker: Tracker) -> tuple[str, str]:
    """What status says of alarms that count nothing; it is no reason to fail."""
    result = tracker("status", "--format", "json")
    assert result.exit_code == 0, result.stderr
    (check,) = [check for check in result.json if check["name"] == "alarms"]
    return check["health"], check["detail"]


def test_an_alarm_that_counted_nothing_while_events_were_read_is_named(
    tracker: Tracker, segware: Simulator, initialised: None
) -> None:
    tracker.environ["TRACKER_STALE_AFTER"] = "31d"
    for line in ("doors --codes E401", "quiet --codes E999", "off --codes E998 --disabled"):
        alarms(tracker, f"create {line}")
    alarms(tracker, "create often --source detections --of doors --value 1")
    tracker.scan()
    assert idle(tracker)[0] == "ok", "there was nothing to count"
    for code in ("E130", "E401"):
        segware.add_events(NOON, PADARIA, code)
    tracker.scan()
    health, detail = idle(tracker)
    assert (health, "some: quiet;" in detail) == ("warning", True)
    alarms(tracker, "edit quiet --codes E130")
    alarms(tracker, "edit doors --codes E402")
    tracker.scan()
    assert "some: doors;" in idle(tracker)[1], "a new rule has yet to show that it matches"
    alarms(tracker, "edit doors --description x")
    segware.add_events(NOON, PADARIA, "E402")
    tracker.scan()
    alarms(tracker, "edit doors --name gates")
    assert idle(tracker) == ("ok", "none is idle")


def test_numbers_for_codes_that_do_not_count_are_noted_by_init_and_by_status(
    tracker: Tracker,
) -> None:
    tracker.environ["TRACKER_THRESHOLDS"] = "E130=30,E401=100"
    noted = "TRACKER_THRESHOLDS names E401, which TRACKER_CODES leaves out"
    init = tracker("init")
    assert (init.exit_code, init.stderr) == (0, f"note: {noted}\n")
    checks = {check["name"]: check for check in tracker("status", "--format", "json").json}
    assert checks["settings"] == {"name": "settings", "health": "warning", "detail": noted}
