"""Nothing clears on data that was not read, nor before it has been quiet for long enough."""

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator import faults
from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.world import CONDOMINIO, PADARIA, Tracker, open_alert


def test_without_a_scan_nothing_clears(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    tracker.clock.advance(48 * HOUR)
    result = tracker.clear()
    assert (result["cleared"], result["kept"]) == ([], 1)


@pytest.mark.parametrize("failure", ["500", "reset", "away", "empty object", "another token"])
def test_a_scan_that_failed_clears_nothing(
    tracker: Tracker, segware: Simulator, failure: str
) -> None:
    open_alert(tracker, segware)
    tracker.clock.advance(3 * HOUR)
    if failure == "500":
        segware.fail_always("/v1/events", Reply(500))
    elif failure == "reset":
        segware.fail_always("/v1/events", faults.reset)
    elif failure == "empty object":
        segware.fail_always("/v1/events", Reply(200, b"{}"))
    elif failure == "another token":
        segware.token = "another"
    else:
        segware.stop()
    tracker.scan(exit_code=1)
    result = tracker.clear()
    assert (result["cleared"], result["kept"]) == ([], 1)


def test_a_scan_that_read_a_part_clears_nothing(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    tracker.clock.advance(3 * HOUR)
    segware.limit = 10
    segware.add_events(tracker.clock.now(), CONDOMINIO, "E131", count=11)
    tracker.scan(exit_code=1)
    assert tracker.clear()["cleared"] == []


def test_clearing_needs_no_api(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    tracker.clock.advance(2 * HOUR + 1)
    tracker.scan()
    segware.stop()
    del tracker.environ["SEGWARE_TOKEN"]
    assert len(tracker.clear()["cleared"]) == 1


def test_no_clock_is_read_for_the_decision(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    tracker.clock.advance(2 * HOUR + 1)
    tracker.scan()
    tracker.clock.advance(-24 * HOUR)
    assert len(tracker.clear(TRACKER_CLEAR_AFTER="0m")["cleared"]) == 1


def test_it_clears_once_scans_saw_it_below_for_the_whole_time(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ["TRACKER_CLEAR_AFTER"] = "10m"
    open_alert(tracker, segware)
    tracker.clock.advance(2 * HOUR + 1)
    tracker.scan()
    assert tracker.clear()["cleared"] == []
    tracker.clock.advance(10 * MINUTE)
    assert tracker.clear()["cleared"] == [], "nobody looked meanwhile"
    tracker.clock.advance(-1)
    tracker.scan()
    assert tracker.clear()["cleared"] == [], "a millisecond is missing"
    tracker.clock.advance(1)
    tracker.scan()
    assert [alert["clear_reason"] for alert in tracker.clear()["cleared"]] == [
        "below; nothing heard since 09:00"
    ]


def test_a_swinging_count_starts_the_time_anew(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ["TRACKER_CLEAR_AFTER"] = "10m"
    open_alert(tracker, segware)
    tracker.clock.advance(2 * HOUR + 1)
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=49)
    for more in (0, 1, 0):
        segware.add_events(tracker.clock.now(), PADARIA, "E130", count=more)
        tracker.scan()
        assert tracker.clear()["cleared"] == []
        tracker.clock.advance(6 * MINUTE)
    assert len(tracker.history()) == 1


def test_after_a_failed_scan_in_between_the_time_goes_on(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ["TRACKER_CLEAR_AFTER"] = "10m"
    open_alert(tracker, segware)
    tracker.clock.advance(2 * HOUR + 1)
    tracker.scan()
    tracker.clock.advance(5 * MINUTE)
    segware.fail_always("/v1/events", Reply(500))
    tracker.scan(exit_code=1)
    segware.heal()
    tracker.clock.advance(5 * MINUTE)
    tracker.scan()
    assert len(tracker.clear()["cleared"]) == 1
