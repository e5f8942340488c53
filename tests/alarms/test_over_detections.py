"""Alarms that count what another alarm detected: over the register, with no download."""

import pytest

from events_tracker.base.times import DAY, HOUR
from events_tracker.simulator.simulator import Handler, Simulator, json_reply
from tests.support.alarms import alarms, names, of, shown
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker

DOORS = "create doors --codes E401 --value 2 --window 1h"
AGAIN = "create again --source detections --of doors --group-by account --window 7d"


def detect(tracker: Tracker, segware: Simulator, account: int, times: int = 1) -> None:
    """Let the alarm `doors` open for this account so often, and be over each time."""
    for _ in range(times):
        segware.add_events(tracker.clock.now(), account, "E401", count=2)
        tracker.scan()
        tracker.clock.advance(HOUR + 1)
        tracker.scan()
        tracker.clear()


@pytest.mark.parametrize(
    ("operator", "value", "opens_at"), [(">=", 3, 3), (">", 3, 4), ("=", 3, 3)]
)
def test_it_opens_in_the_scan_in_which_the_number_is_reached(
    tracker: Tracker, segware: Simulator, operator: str, value: int, opens_at: int
) -> None:
    alarms(tracker, DOORS)
    alarms(tracker, f"{AGAIN} --operator '{operator}' --value {value}")
    detect(tracker, segware, CONDOMINIO)
    detect(tracker, segware, PADARIA, opens_at - 1)
    assert of("again", tracker.history()) == []
    segware.add_events(tracker.clock.now(), PADARIA, "E401", count=2)
    opened = tracker.scan()["opened"]
    assert names(opened) == ["again", "doors"]
    (again,) = of("again", opened)
    assert (again["account_code"], again["quantity"]) == ("1950", opens_at)
    assert (again["company"], again["cuc"], again["code"]) == (
        "Sentinela Monitoramento",
        None,
        None,
    )
    assert again["records"] == [
        {"code": "E401", "cuc": "ALR", "account_code": "1950", "count": opens_at}
    ]


@pytest.mark.parametrize("route", ["/v1/events", "/v2/occurrences"])
def test_it_makes_no_download_longer(tracker: Tracker, segware: Simulator, route: str) -> None:
    tracker.environ["TRACKER_IGNORED_CLOSERS"] = "31"
    segware.add_events(NOON, PADARIA, "E130", count=50)
    tracker.scan("--dry-run")
    without = min(request.query["startDate"] for request in segware.received(route))
    segware.requests.clear()
    alarms(tracker, f"{AGAIN.replace('doors', 'default')} --value 1")
    assert names(tracker.scan()["opened"]) == ["again", "default"]
    assert min(request.query["startDate"] for request in segware.received(route)) == without


def test_detections_leave_its_window_by_the_millisecond(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, DOORS)
    alarms(tracker, f"{AGAIN} --value 2")
    detect(tracker, segware, PADARIA, 2)
    (entry,) = of("again", tracker.history())
    assert entry["cleared_at"] is None
    tracker.clock.at = NOON + 7 * DAY
    assert names(tracker.scan()["ongoing"]) == ["again"]
    tracker.clock.advance(1)
    scan = tracker.scan()
    assert [(a["alarm"], a["quantity"]) for a in scan["below"]] == [("again", 1)]
    assert names(tracker.clear()["cleared"]) == ["again"]


def test_when_nothing_could_be_read_it_waits(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    tracker.scan()
    alarms(tracker, f"{AGAIN.replace('doors', 'default')} --value 1")
    segware.fail_always("/v1/events", json_reply(400, {}))
    assert tracker.scan(exit_code=1)["opened"] == []
    segware.heal()
    assert names(tracker.scan()["opened"]) == ["again"]


def test_how_many_different_accounts_were_detected(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, DOORS)
    alarms(
        tracker,
        "create many --source detections --of doors --group-by code --condition unique "
        "--field account --value 2 --window 1d",
    )
    detect(tracker, segware, PADARIA, 2)
    segware.add_events(tracker.clock.now(), CONDOMINIO, "E401", count=2)
    (many,) = of("many", tracker.scan()["opened"])
    assert (many["code"], many["account_code"], many["quantity"]) == ("E401", None, 2)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ("--accounts 1950", ["1950"]),
        ("--companies 'Vigia Sul Segurança Eletrônica'", ["2207"]),
        ("--codes E401", ["1950", "2207"]),
        ("--codes E402", []),
        ("--cucs ALR", ["1950", "2207"]),
        ("--cucs ALI", []),
    ],
)
def test_its_filters_look_at_the_entries(
    tracker: Tracker, segware: Simulator, options: str, found: list[str]
) -> None:
    alarms(tracker, DOORS)
    alarms(tracker, f"{AGAIN} --value 1 {options}")
    for account in (PADARIA, CONDOMINIO):
        segware.add_events(NOON, account, "E401", count=2)
    opened = of("again", tracker.scan()["opened"])
    assert sorted(alert["account_code"] for alert in opened) == found


def test_a_chain_is_evaluated_from_its_end(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "create z --codes E401 --value 1")
    # By name and by age they are in the wrong order.
    for name, of_ in (("m", "z"), ("a", "m")):
        alarms(tracker, f"create {name} --source detections --of {of_} --value 1 --window 1d")
    segware.add_events(NOON, PADARIA, "E401")
    assert names(tracker.scan()["opened"]) == ["a", "m", "z"]


def test_archived_entries_no_longer_count(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, DOORS)
    alarms(tracker, f"{AGAIN} --value 2")
    detect(tracker, segware, PADARIA)
    alarms(tracker, "edit doors --value 1")
    detect(tracker, segware, PADARIA)
    assert of("again", tracker.history()) == []
    detect(tracker, segware, PADARIA)
    assert [alert["quantity"] for alert in of("again", tracker.history())] == [2]


def test_a_disabled_alarms_detections_still_count(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, DOORS)
    detect(tracker, segware, PADARIA)
    alarms(tracker, "disable doors")
    alarms(tracker, f"{AGAIN} --value 1")
    assert names(tracker.scan()["opened"]) == ["again"]
    assert shown(tracker, "again")["last_run_status"] == "ok"


def test_nothing_is_below_where_the_other_alarm_could_not_be_evaluated(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, DOORS)
    alarms(tracker, f"{AGAIN} --value 1")
    detect(tracker, segware, PADARIA)
    tracker.clock.advance(8 * DAY)
    segware.limit = 10
    segware.add_events(tracker.clock.now(), CONDOMINIO, "E602", count=11)
    scan = tracker.scan(exit_code=1)
    assert (names(scan["ongoing"]), scan["below"]) == (["again"], [])
    assert tracker.clear()["cleared"] == []
    segware.limit = 100
    assert names(tracker.scan()["below"]) == ["again"]


@pytest.mark.parametrize("line", ["delete again", "disable again", "edit again --value 9"])
def test_what_was_changed_while_a_scan_was_reading_opens_nothing_by_the_old_rule(
    tracker: Tracker, segware: Simulator, line: str
) -> None:
    alarms(tracker, DOORS)
    alarms(tracker, f"{AGAIN} --value 1")
    segware.add_events(NOON, PADARIA, "E401", count=2)

    def meanwhile(handler: Handler) -> None:
        alarms(tracker, line)
        handler.send(handler.normal_reply())

    segware.fail("/v1/events", meanwhile)
    assert names(tracker.scan()["opened"]) == ["doors"]


def test_a_dry_run_of_it_alone_evaluates_what_it_counts(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, DOORS)
    alarms(tracker, f"{AGAIN} --value 1")
    segware.add_events(NOON, PADARIA, "E401", count=2)
    assert names(tracker.scan("--dry-run")["opened"]) == ["again", "doors"]
    assert names(tracker.scan("--dry-run", "--alarm", "again")["opened"]) == ["again"]
    assert names(tracker.scan()["opened"]) == ["again", "doors"]
