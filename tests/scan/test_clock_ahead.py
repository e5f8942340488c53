"""A clock that is ahead of Segware's: hours that have not happened end nothing."""

import pytest

from events_tracker.base.times import HOUR, MINUTE, SECOND
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import sql
from tests.support.world import PADARIA, Tracker


@pytest.mark.parametrize("ahead", [61 * SECOND, 10 * MINUTE, HOUR, 26 * HOUR])
def test_one_scan_with_a_clock_ahead_ends_nothing(
    tracker: Tracker, segware: Simulator, database: str, ahead: int
) -> None:
    segware.add_events(tracker.clock.now() - 100 * MINUTE, PADARIA, "E130", count=60)
    (opened,) = tracker.scan()["opened"]
    segware.date_offset = -ahead / SECOND
    tracker.clock.advance(ahead)
    for options in (["--dry-run"], []):
        scan = tracker.scan(*options, exit_code=1)
        assert (scan["opened"], scan["below"], len(scan["ongoing"])) == ([], [], 1)
        (error,) = scan["errors"]
        far = "61 s" if ahead < 2 * MINUTE else f"{ahead // MINUTE} min"
        assert error.startswith(f"this host's clock is {far} ahead of Segware's:")
    assert sql(database, "SELECT below_since FROM triggers") == [(None,)]
    assert tracker.clear()["cleared"] == []
    tracker.clock.advance(-ahead)
    segware.date_offset = 0
    scan = tracker.scan()
    assert [alert["register_id"] for alert in scan["ongoing"]] == [opened["register_id"]]
    tracker.clock.advance(21 * MINUTE)
    assert len(tracker.scan()["below"]) == 1, "it is over as soon as it is"


def test_what_reaches_its_value_opens_all_the_same(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=60)
    segware.date_offset = -600
    (opened,) = tracker.scan(exit_code=1)["opened"]
    assert (opened["quantity"], opened["partial"]) == (60, True)


def test_what_is_missing_is_not_missed_in_time_to_come(
    tracker: Tracker, segware: Simulator
) -> None:
    rule = ("--operator", "<", "--value", "1", "--window", "1h", "--group-by", "account")
    tracker("alarms", "create", "silent", *rule, "--accounts", "1950", "--codes", "E602")
    segware.add_events(tracker.clock.now(), PADARIA, "E602")
    segware.date_offset = -2 * HOUR / SECOND
    tracker.clock.advance(2 * HOUR)
    assert tracker.scan(exit_code=1)["opened"] == []


@pytest.mark.parametrize("ahead", [0, 30, 60, -3600])
def test_within_a_minute_or_behind_is_no_error(
    tracker: Tracker, segware: Simulator, ahead: int
) -> None:
    segware.date_offset = -ahead
    assert tracker.scan()["errors"] == []


def test_a_past_moment_is_not_ahead(tracker: Tracker, segware: Simulator) -> None:
    segware.date_offset = -600
    assert tracker.scan("--dry-run", "--at", "11m")["errors"] == []


def test_it_is_no_good_scan(tracker: Tracker, segware: Simulator, database: str) -> None:
    tracker.scan()
    before = sql(database, "SELECT good_until FROM scan_state")
    tracker.clock.advance(HOUR)
    segware.date_offset = -HOUR / SECOND
    tracker.scan(exit_code=1)
    assert sql(database, "SELECT good_until FROM scan_state") == before
