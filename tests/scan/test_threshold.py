"""From how many events on an alert opens."""

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.world import NOON, PADARIA, Tracker


@pytest.mark.parametrize(("events", "opens"), [(49, False), (50, True), (51, True)])
def test_the_threshold_is_fifty(
    tracker: Tracker, segware: Simulator, events: int, opens: bool
) -> None:
    segware.add_events(NOON - MINUTE, PADARIA, "E130", count=events)
    quantities = [alert["quantity"] for alert in tracker.scan()["opened"]]
    assert quantities == ([events] if opens else [])


def test_events_with_an_hour_between_count_together(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON - 90 * MINUTE, PADARIA, "E130", count=25)
    segware.add_events(NOON - 30 * MINUTE, PADARIA, "E130", count=25)
    assert [alert["quantity"] for alert in tracker.scan()["opened"]] == [50]


def test_the_window_rolls_with_the_clock(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=49)
    assert tracker.scan()["opened"] == []
    tracker.clock.advance(HOUR)
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=1)
    assert [alert["quantity"] for alert in tracker.scan()["opened"]] == [50]


def test_a_code_may_have_a_threshold_of_its_own(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ["TRACKER_THRESHOLDS"] = "E130=30,E131=100"
    assert tracker("init").exit_code == 0
    for code, events in (("E130", 30), ("E131", 99), ("E132", 50), ("E133", 49)):
        segware.add_events(NOON - MINUTE, PADARIA, code, count=events)
    opened = {alert["code"]: alert["threshold"] for alert in tracker.scan()["opened"]}
    assert opened == {"E130": 30, "E132": 50}
