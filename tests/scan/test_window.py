"""The window: the two hours up to the scan's start, both ends included, to the millisecond."""

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.world import NOON, PADARIA, Tracker


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (NOON - 125 * MINUTE, False),
        (NOON - 2 * HOUR - 1, False),
        (NOON - 2 * HOUR, True),
        (NOON, True),
        (NOON + 1, False),
    ],
    ids=["125 minutes old", "just before its start", "its start", "its end", "just after its end"],
)
def test_both_ends_of_the_window_belong_to_it(
    tracker: Tracker, segware: Simulator, at: int, inside: bool
) -> None:
    segware.add_events(at, PADARIA, "E130", count=50)
    scan = tracker.scan()
    assert len(scan["opened"]) == inside
    assert scan["window"] == {
        "start": "2026-11-21T10:00:00.000Z",
        "end": "2026-11-21T12:00:00.000Z",
    }
    assert scan["events"] == {
        "fetched": 50 * inside,
        "counted": 50 * inside,
        "remembered": 0,
        "malformed": 0,
    }


def test_the_window_is_a_setting(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ["TRACKER_WINDOW"] = "10m"
    assert tracker("init").exit_code == 0
    segware.add_events(NOON - 10 * MINUTE - 1, PADARIA, "E130", count=50)
    segware.add_events(NOON - 10 * MINUTE, PADARIA, "E131", count=50)
    assert [alert["code"] for alert in tracker.scan()["opened"]] == ["E131"]
