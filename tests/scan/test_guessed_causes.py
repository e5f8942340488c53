"""What an alert perhaps comes from: guessed when it opens, and when it is first seen below."""

from events_tracker.base.times import HOUR, MINUTE, SECOND
from events_tracker.simulator.simulator import Simulator
from tests.support.world import CONDOMINIO, FARMACIA, PADARIA, Tracker


def _causes(tracker: Tracker) -> dict[str, str | None]:
    return {entry["account_code"]: entry["cause"] for entry in tracker.history()}


def _explained(tracker: Tracker, code: str) -> str | None:
    found = tracker("explain", "--account", code, "--format", "json").json
    return None if found["cause"] is None else str(found["cause"])


def test_it_is_guessed_at_opening_and_once_more_when_it_falls_below(
    initialised: None, tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ["TRACKER_THRESHOLD"] = "35"
    assert tracker("init").exit_code == 0
    opened = {}
    for minute in range(42):
        tracker.clock.advance(MINUTE)
        now = tracker.clock.now()
        # A swinging contact, one that is stuck, and one that nobody can tell anything of.
        segware.add_events(now - 30 * SECOND, PADARIA, "E130", count=1 + minute % 3)
        segware.add_events(now - 20 * SECOND, PADARIA, "R130", count=1 + minute % 3)
        segware.add_events(now - 40 * SECOND, CONDOMINIO, "E131")
        if minute == 30:
            segware.add_events(now, FARMACIA, "E131", count=35)
        foreseen, found = tracker.scan("--dry-run"), tracker.scan()
        assert [a["cause"] for a in foreseen["opened"]] == [a["cause"] for a in found["opened"]]
        for alert in found["opened"]:
            opened[alert["account_code"]] = alert["cause"]
            assert alert["cause"] == _explained(tracker, alert["account_code"])
    assert opened == {"1950": "swinger", "2207": "stuck", "3046": None}
    assert _causes(tracker) == opened
    tracker.clock.advance(HOUR + 16 * MINUTE)
    segware.add_events(tracker.clock.now(), PADARIA, "E601")
    seen: set[str] = set()
    for _ in range(30):
        tracker.clock.advance(MINUTE)
        below = {alert["account_code"] for alert in tracker.scan()["below"]}
        if "1950" in below - seen:
            assert (_causes(tracker)["1950"], _explained(tracker, "1950")) == ("test", "test")
        seen |= below
    assert seen == {"1950", "2207"}
    assert _causes(tracker) == {"1950": "test", "2207": "stuck", "3046": None}
