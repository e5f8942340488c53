"""The code that the tracker injects itself is never counted."""

from events_tracker.simulator.simulator import Simulator
from tests.support.world import NOON, PADARIA, Tracker


def test_the_injected_code_is_not_counted_even_when_every_code_is(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ["TRACKER_CODES"] = "*"
    tracker("init")
    segware.add_events(NOON, PADARIA, "E702", count=500)
    segware.add_events(NOON, PADARIA, "E701", count=50)
    scan = tracker.scan()
    assert [alert["code"] for alert in scan["opened"]] == ["E701"]
    assert scan["events"] == {"fetched": 550, "remembered": 0, "counted": 50, "malformed": 0}


def test_another_injected_code_may_be_set(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    segware.add_events(NOON, PADARIA, "E131", count=60)
    scan = tracker.scan(SEGWARE_ALARM_CODE="E130")
    assert [alert["code"] for alert in scan["opened"]] == ["E131"]
