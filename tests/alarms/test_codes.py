"""`alarms codes`: what each means, who watches it, which were seen."""

from typing import Any

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms
from tests.support.world import NOON, PADARIA, Tracker


def codes(tracker: Tracker) -> dict[str, Any]:
    found = tracker("alarms", "codes", "--format", "json").json
    return {one["code"]: one for one in found}


def test_codes_say_what_they_mean_who_counts_them_and_whether_they_were_seen(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create lines --codes E350,X77 --value 5")
    alarms(tracker, "create off --codes E130 --disabled")
    segware.add_events(NOON - 30 * MINUTE, PADARIA, "E130", count=3)
    segware.add_events(NOON - 30 * MINUTE, PADARIA, "Q9", count=1)
    before = codes(tracker)
    assert not any(one["seen"] for one in before.values())
    assert "Q9" not in before
    tracker.scan()
    found = codes(tracker)
    assert found["E130"] == {
        "code": "E130",
        "meaning": "burglary",
        "family": "burglary",
        "watched_by": ["default"],
        "seen": True,
    }
    assert found["E350"]["watched_by"] == ["lines"]
    assert (found["E350"]["seen"], found["E350"]["family"]) == (False, "communication")
    assert (found["X77"]["meaning"], found["X77"]["watched_by"]) == (None, ["lines"])
    assert (found["Q9"]["seen"], found["Q9"]["meaning"]) == (True, None)
    alarms(tracker, "create all")
    found = codes(tracker)
    assert found["Q9"]["watched_by"] == ["all"]
    assert found["E702"]["watched_by"] == [], "our own alarms never count"
    line = next(x for x in alarms(tracker, "codes").splitlines() if x.startswith("E130"))
    assert line.split() == ["E130", "burglary", "burglary", "all,", "default", "yes"]
