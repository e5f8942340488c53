"""The alarm `default`: what it detects belongs to the environment, the rest may be edited."""

import pytest

from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms, names, shown
from tests.support.engines import dump, on_sqlite
from tests.support.world import NOON, PADARIA, Tracker


@on_sqlite
@pytest.mark.parametrize(
    "change",
    [
        "--value 30",
        "--window 1h",
        "--codes E401",
        "--codes ''",
        "--cucs ALR",
        "--accounts 1950",
        "--companies Sentinela",
        "--group-by account",
        "--condition unique --field code",
        "--operator '>'",
        "--values E130=30",
        "--source detections --of other",
    ],
)
def test_what_it_detects_cannot_be_edited(tracker: Tracker, database: str, change: str) -> None:
    alarms(tracker, "create other")
    before = dump(database)
    said = alarms(tracker, f"edit default {change}", exit_code=2)
    assert "is defined by the environment: set TRACKER_* and run `tracker init`" in said
    assert dump(database) == before


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("delete default", "the alarm `default` cannot be deleted: disable it instead"),
        ("edit default --name other", "the alarm `default` cannot be renamed"),
        ("create default", "the name is 'default': there is an alarm of this name already"),
    ],
)
def test_it_stays_and_keeps_its_name(tracker: Tracker, database: str, line: str, says: str) -> None:
    before = dump(database)
    assert says in alarms(tracker, line, exit_code=2)
    assert dump(database) == before


def test_the_rest_may_be_edited_and_outlasts_init(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "edit default --priority high --description Todos --no-notify --by ana")
    tracker.environ["TRACKER_THRESHOLD"] = "30"
    assert tracker("init").exit_code == 0
    segware.add_events(NOON, PADARIA, "E130", count=30)
    (opened,) = tracker.scan()["opened"]
    assert (opened["priority"], opened["threshold"], opened["revision"]) == ("high", 30, 2)
    default = shown(tracker, "default")
    assert (default["description"], default["notify"], default["value"]) == ("Todos", False, 30)


def test_it_may_be_disabled_and_enabled(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=50)
    assert names(tracker.scan()["opened"]) == ["default"]
    alarms(tracker, "disable default")
    assert tracker.scan()["ongoing"] == []
    assert [c["clear_reason"][:8] for c in tracker.clear()["cleared"]] == ["disabled"]
    alarms(tracker, "enable default")
    assert names(tracker.scan()["opened"]) == ["default"]
    assert shown(tracker, "default")["runs"] == 2
