"""Which events count: TRACKER_CODES and TRACKER_CUCS."""

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.world import NOON, PADARIA, Tracker


def opened(tracker: Tracker) -> set[tuple[str, str]]:
    assert tracker("init").exit_code == 0
    return {(alert["cuc"], alert["code"]) for alert in tracker.scan()["opened"]}


def test_by_default_only_the_alarm_codes_count(tracker: Tracker, segware: Simulator) -> None:
    for code in ("E130", "E133", "1130", "1133", "R130", "3130", "1401", "E1300", "e130"):
        segware.add_events(NOON - MINUTE, PADARIA, code, count=50)
    assert {code for _, code in opened(tracker)} == {"E130", "E133", "1130", "1133"}


def test_the_codes_that_count_are_a_setting(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ["TRACKER_CODES"] = "E401,1401"
    for code in ("E130", "E401", "1401"):
        segware.add_events(NOON - MINUTE, PADARIA, code, count=50)
    assert {code for _, code in opened(tracker)} == {"E401", "1401"}


def test_a_star_counts_every_code(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ["TRACKER_CODES"] = "*"
    for code in ("E130", "R130", "Z9"):
        segware.add_events(NOON - MINUTE, PADARIA, code, count=50)
    assert {code for _, code in opened(tracker)} == {"E130", "R130", "Z9"}


def test_the_cucs_that_count_are_a_setting(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ["TRACKER_CUCS"] = "ALI,PIN"
    for cuc in ("ALR", "ALI", "PIN", None):
        segware.add_events(NOON - MINUTE, PADARIA, "E130", cuc, count=50)
    assert {cuc for cuc, _ in opened(tracker)} == {"ALI", "PIN"}
