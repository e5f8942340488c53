"""One alarm that cannot be evaluated says so in its own row, and stops no other."""

import pytest

from events_tracker.demo.simulator import Simulator, json_reply
from tests.alarms.tools import alarms, fail_events_before, names, of, shown
from tests.support import CONDOMINIO, HOUR, MINUTE, NOON, PADARIA, Tracker


def outcome(tracker: Tracker, name: str) -> tuple[str, str | None]:
    alarm = shown(tracker, name)
    return alarm["last_run_status"], alarm["last_error"]


@pytest.fixture
def events(segware: Simulator) -> None:
    for account in (PADARIA, CONDOMINIO):
        segware.add_events(NOON, account, "E130", count=50)


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize(
    "rule",
    [
        "--accounts 1950,9999 --value 1",
        "--accounts 9999 --group-by account --operator '<' --value 1",
        "--accounts 1950,9999 --source detections --of default --value 1",
    ],
)
def test_an_account_of_its_list_is_unknown(tracker: Tracker, rule: str) -> None:
    alarms(tracker, f"create broken {rule}")
    alarms(tracker, "create sound --value 50")
    scan = tracker.scan(exit_code=1)
    unknown = "Segware knows no account with the code 9999"
    assert scan["errors"] == [f"alarm broken: {unknown}"]
    assert names(scan["opened"]) == ["default", "default", "sound", "sound"]
    assert outcome(tracker, "broken") == ("error", unknown)
    assert outcome(tracker, "sound") == outcome(tracker, "default") == ("ok", None)
    assert (shown(tracker, "broken")["runs"], shown(tracker, "sound")["runs"]) == (1, 1)
    alarms(tracker, "edit broken --accounts 1950")
    tracker.scan()
    assert outcome(tracker, "broken") == ("ok", None)


@pytest.mark.usefixtures("events")
def test_the_alarm_whose_detections_it_counts_was_deleted(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create source --value 50")
    alarms(tracker, "create broken --source detections --of source --group-by account --value 1")
    alarms(tracker, "create chained --source detections --of broken --value 1")
    assert len(of("broken", tracker.scan()["opened"])) == 2
    alarms(tracker, "delete source")
    deleted = "the alarm whose detections it counts was deleted"
    foreseen = tracker.scan("--dry-run", exit_code=1)
    scan = tracker.scan(exit_code=1)
    assert scan["errors"] == foreseen["errors"] == [f"alarm broken: {deleted}"]
    assert outcome(tracker, "broken") == ("error", deleted)
    assert outcome(tracker, "default") == ("ok", None)
    assert len(of("broken", scan["ongoing"])) == 2
    assert (scan["below"], names(tracker.clear()["cleared"])) == ([], ["source", "source"])
    assert shown(tracker, "broken")["of"] is None
    assert "detections of an alarm that was deleted" in tracker("alarms", "show", "broken").stdout


def test_a_long_window_that_was_not_read_blinds_no_short_one(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create short --window 1h --value 2")
    alarms(tracker, "create long --window 3d --value 2")
    alarms(tracker, "create 'long and many' --window 3d --value 5")
    alarms(tracker, "create silent --window 3d --group-by account --accounts 3046 "
                    "--operator '<' --value 1")  # fmt: skip
    segware.add_events(NOON, PADARIA, "E401", count=2)
    segware.add_events(NOON - 30 * HOUR, PADARIA, "E401", count=3)
    fail_events_before(segware, NOON - 2 * HOUR)
    scan = tracker.scan(exit_code=1)
    assert {a["alarm"]: (a["quantity"], a["partial"]) for a in scan["opened"]} == {
        "short": (2, False),
        "long": (2, True),
    }
    assert outcome(tracker, "short") == outcome(tracker, "default") == ("ok", None)
    for name in ("long", "long and many", "silent"):
        status, error = outcome(tracker, name)
        assert status == "partial"
        assert "/v1/events answered 500" in (error or "")
    segware.heal()
    tracker.clock.advance(MINUTE)
    assert names(tracker.scan()["opened"]) == ["long and many", "silent"]


def test_short_alarms_are_seen_below_while_long_ones_stay_as_they_are(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create short --window 1h --value 2")
    alarms(tracker, "create long --window 3h --value 2")
    segware.add_events(NOON, PADARIA, "E401", count=2)
    assert names(tracker.scan()["opened"]) == ["long", "short"]
    tracker.clock.advance(4 * HOUR)
    fail_events_before(segware, tracker.clock.now() - 2 * HOUR)
    scan = tracker.scan(exit_code=1)
    assert (names(scan["ongoing"]), names(scan["below"])) == (["long"], ["short"])
    assert names(tracker.clear()["cleared"]) == ["short"]


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize(
    ("rule", "routes"),
    [
        ("--accounts 1950", "/v5/accounts /v1/accounts"),
        ("--group-by company", "/v5/accounts"),
        ("--companies 'Sentinela Monitoramento'", "/v5/accounts"),
        ("--companies 'Sentinela Monitoramento'", "/v1/company"),
    ],
)
def test_what_its_filters_need_to_know_was_not_answered(
    tracker: Tracker, segware: Simulator, rule: str, routes: str
) -> None:
    """Not knowing whose the events are, the alarm must not say that there are none."""
    alarms(tracker, f"create needy --value 50 {rule}")
    for route in routes.split():
        segware.fail_always(route, json_reply(500, {}))
    scan = tracker.scan(exit_code=1)
    assert names(scan["opened"]) == ["default", "default"]
    status, error = outcome(tracker, "needy")
    assert (status, "are missing yet" in (error or "")) == ("error", True)
    assert outcome(tracker, "default") == ("ok", None)
    segware.heal()
    tracker.clock.advance(MINUTE)
    assert "needy" in names(tracker.scan()["opened"])


def test_with_nothing_to_evaluate_a_scan_is_at_peace(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "disable default")
    segware.add_events(NOON, PADARIA, "E130", count=99)
    assert tracker.scan()["opened"] == []
    alarms(tracker, "create again --source detections --of default --value 1")
    assert tracker.scan()["opened"] == []
