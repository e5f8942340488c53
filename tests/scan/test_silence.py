"""Much, and then nothing at all: that may be a broken API, so it is believed the second time."""

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator, json_reply
from tests.support.alarms import alarms, fail_events_before
from tests.support.engines import sql
from tests.support.world import NOON, PADARIA, Tracker

MESSAGE = (
    "Segware answered no event at all where the last good scan found 1000: "
    "nothing was changed; a second scan in a row that finds none is believed"
)


def found_then_lost(tracker: Tracker, segware: Simulator, events: int) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=events)
    assert len(tracker.scan()["opened"]) == 1
    segware.clear_events()
    tracker.clock.advance(MINUTE)


def test_the_first_silence_changes_nothing(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    found_then_lost(tracker, segware, 1_000)
    before = [sql(database, f"SELECT * FROM {name}") for name in ("triggers", "alerts")]
    scan = tracker.scan(exit_code=1)
    assert scan["errors"] == [MESSAGE]
    assert (scan["opened"], scan["below"]) == ([], [])
    assert [alert["quantity"] for alert in scan["ongoing"]] == [1_000]
    assert [sql(database, f"SELECT * FROM {name}") for name in ("triggers", "alerts")] == before


def test_the_second_silence_in_a_row_is_believed(tracker: Tracker, segware: Simulator) -> None:
    found_then_lost(tracker, segware, 1_000)
    tracker.scan(exit_code=1)
    tracker.clock.advance(MINUTE)
    scan = tracker.scan()
    assert [alert["quantity"] for alert in scan["below"]] == [0]
    tracker.clock.advance(MINUTE)
    assert tracker.scan()["errors"] == []


def test_silences_that_are_not_in_a_row_are_each_the_first(
    tracker: Tracker, segware: Simulator
) -> None:
    found_then_lost(tracker, segware, 1_000)
    tracker.scan(exit_code=1)
    segware.add_events(NOON + MINUTE, PADARIA, "E130", count=1_000)
    assert tracker.scan()["errors"] == []
    segware.clear_events()
    assert tracker.scan(exit_code=1)["errors"] == [MESSAGE]


def test_an_error_between_two_silences_keeps_the_first_in_mind(
    tracker: Tracker, segware: Simulator
) -> None:
    found_then_lost(tracker, segware, 1_000)
    tracker.scan(exit_code=1)
    segware.token = "another"
    tracker.scan(exit_code=1)
    segware.token = "demo-token"
    assert len(tracker.scan()["below"]) == 1


@pytest.mark.parametrize("events", [999, 50])
def test_after_fewer_events_an_empty_answer_is_believed_at_once(
    tracker: Tracker, segware: Simulator, events: int
) -> None:
    found_then_lost(tracker, segware, events)
    assert len(tracker.scan()["below"]) == 1


def test_a_dry_run_foresees_silence_but_does_not_count_as_the_first(
    tracker: Tracker, segware: Simulator
) -> None:
    found_then_lost(tracker, segware, 1_000)
    foreseen = tracker.scan("--dry-run", exit_code=1)
    assert foreseen["errors"] == [MESSAGE]
    assert len(foreseen["ongoing"]) == 1
    assert tracker.scan(exit_code=1)["errors"] == [MESSAGE]


def test_events_between_two_silences_make_the_second_a_first(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_events(NOON - HOUR, PADARIA, "E130", count=1_000)
    tracker.scan()
    segware.fail_always("/v1/events", json_reply(200, []))
    assert tracker.scan(exit_code=1)["errors"] == [MESSAGE]
    segware.heal()
    fail_events_before(segware, NOON - 90 * MINUTE)
    tracker.scan("--full", exit_code=1)
    segware.fail_always("/v1/events", json_reply(200, []))
    assert tracker.scan(exit_code=1)["errors"] == [MESSAGE]


def test_silence_in_the_part_that_could_be_read_is_not_believed(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create short --codes E130 --value 50 --window 20m")
    segware.add_events(NOON - HOUR, PADARIA, "E130", count=1_000)
    segware.add_events(NOON, PADARIA, "E130", count=100)
    assert len(tracker.scan()["opened"]) == 2
    tracker.clock.advance(MINUTE)
    segware.clear_events()
    fail_events_before(segware, NOON - 30 * MINUTE)
    for options in ([], ["--full"]):
        scan = tracker.scan(*options, exit_code=1)
        assert (len(scan["ongoing"]), scan["below"]) == (2, [])
        assert tracker.clear()["cleared"] == []
