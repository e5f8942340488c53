"""Events whose occurrence an ignored user closed do not count."""

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator, json_reply
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker

ROBOT, OPERATOR = 31, 47


@pytest.fixture
def closed(tracker: Tracker, segware: Simulator) -> None:
    """70 events each of three occurrences: closed by the robot, by an operator, by nobody."""
    tracker.environ["TRACKER_IGNORED_CLOSERS"] = str(ROBOT)
    for code, id_, closer in (
        ("E130", "81", ROBOT),
        ("E131", "82", OPERATOR),
        ("E132", "83", None),
    ):
        segware.add_occurrence(NOON - MINUTE, id_, closer)
        segware.add_events(NOON - MINUTE, PADARIA, code, count=70, occurrence_id=id_)


@pytest.mark.usefixtures("closed")
def test_what_an_ignored_user_closed_does_not_count(tracker: Tracker) -> None:
    scan = tracker.scan()
    assert {alert["code"] for alert in scan["opened"]} == {"E131", "E132"}
    assert scan["events"] == {"fetched": 210, "remembered": 0, "counted": 140, "malformed": 0}


@pytest.mark.usefixtures("closed")
def test_several_users_may_be_ignored(tracker: Tracker) -> None:
    scan = tracker.scan(TRACKER_IGNORED_CLOSERS=f"{ROBOT},{OPERATOR}")
    assert {alert["code"] for alert in scan["opened"]} == {"E132"}


@pytest.mark.usefixtures("closed")
def test_without_the_setting_occurrences_are_not_even_asked_for(
    tracker: Tracker, segware: Simulator
) -> None:
    assert len(tracker.scan(TRACKER_IGNORED_CLOSERS="")["opened"]) == 3
    assert segware.count("/v2/occurrences") == 0


def test_what_is_remembered_counts_until_its_occurrence_is_closed(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_events(NOON - HOUR, PADARIA, "E130", count=60, occurrence_id="81")
    tracker.environ["TRACKER_IGNORED_CLOSERS"] = str(ROBOT)
    assert [alert["quantity"] for alert in tracker.scan()["opened"]] == [60]
    tracker.clock.advance(MINUTE)
    segware.add_occurrence(NOON - HOUR, "81", ROBOT)
    scan = tracker.scan()
    assert scan["events"] == {"fetched": 0, "remembered": 60, "counted": 0, "malformed": 0}
    assert [alert["quantity"] for alert in scan["below"]] == [0]


def test_an_occurrence_that_began_before_the_window_counts_as_closed(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_occurrence(NOON - 5 * HOUR, "81", ROBOT)
    segware.add_events(NOON, PADARIA, "E130", count=70, occurrence_id="81")
    assert tracker.scan(TRACKER_IGNORED_CLOSERS=str(ROBOT))["opened"] == []


def test_an_occurrence_may_be_named_by_a_number(tracker: Tracker, segware: Simulator) -> None:
    segware.add_occurrence(NOON, "81", ROBOT)
    segware.add_events(NOON, PADARIA, "E130", count=70, occurrence_id=81)
    assert tracker.scan(TRACKER_IGNORED_CLOSERS=str(ROBOT))["opened"] == []


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (json_reply(500, {}), "/v2/occurrences answered 500"),
        (
            json_reply(403, {}),
            "the token has no right to /v2/occurrences (403): ask Segware to allow this route",
        ),
        (
            json_reply(200, {}),
            "/v2/occurrences answered an object where a list was expected",
        ),
    ],
    ids=["500", "403", "no list"],
)
@pytest.mark.usefixtures("closed")
def test_when_occurrences_cannot_be_read_nothing_is_evaluated(
    tracker: Tracker, segware: Simulator, reply: object, message: str
) -> None:
    segware.add_events(NOON, CONDOMINIO, "E130", count=60)
    tracker.scan()
    tracker.clock.advance(90 * MINUTE)
    segware.add_events(tracker.clock.now(), CONDOMINIO, "E131", count=60)
    segware.fail_always("/v2/occurrences", reply)  # type: ignore[arg-type]
    scan = tracker.scan(exit_code=1)
    assert [message in error for error in scan["errors"]] == [True]
    assert (scan["opened"], scan["below"]) == ([], [])
    segware.heal()
    assert [alert["code"] for alert in tracker.scan()["opened"]] == ["E131"]
