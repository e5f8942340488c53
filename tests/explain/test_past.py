"""A past moment is explained by what is kept of it, and as Segware would explain it."""

import random
from typing import Any

import pytest

from events_tracker.base.times import DAY, HOUR, MINUTE, Span
from events_tracker.model.hours import Hour
from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.alarms import alarms
from tests.support.engines import on_sqlite, sql
from tests.support.hours import keep
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Tracker

pytestmark = on_sqlite

MOMENTS = ["2026-11-21T14:00:00Z", "2026-11-21T14:37:00Z", "2026-11-21T14:50:30Z"]
OPENINGS = "openings and closings in the hours of this window are kept without their minute"
VIEWS = [("1950",), ("2207",), ("--alarm", "storm"), ("--company", "*")]


@pytest.fixture
def played(tracker: Tracker, segware: Simulator) -> Tracker:
    """Hours of three accounts, scanned every five minutes, two days ago."""
    alarms(tracker, "create storm --group-by code --codes E130,R130 --value 90 --window 1h")
    drawn = random.Random(11)
    for at in range(NOON - HOUR, NOON + 4 * HOUR, 20_000):
        if at % (30 * MINUTE) < MINUTE:
            continue
        account = drawn.choice([PADARIA, PADARIA, FARMACIA, CONDOMINIO])
        code = drawn.choice(["E130", "E130", "E130", "R130", "E602"])
        segware.add_events(at, account, code, "ALR" if code == "E130" else "BEM")
    for _ in range(51):
        tracker.clock.advance(5 * MINUTE)
        tracker.scan()
    tracker.clock.advance(2 * DAY)
    tracker.scan()
    segware.requests.clear()
    return tracker


def explained(tracker: Tracker, *args: str, exit_code: int = 0) -> Any:
    result = tracker("explain", *args, "--format", "json")
    assert result.exit_code == exit_code, result.stderr
    return result.json


def stretches(start: int) -> list[Span]:
    """The minutes of an hour."""
    return [Span(at, at + MINUTE - 1) for at in range(start, start + HOUR, MINUTE)]


def told(found: Any) -> Any:
    """What does not depend on how fine the stretches are that were read."""
    for alarm in found["alarms"]:
        for group in alarm["groups"]:
            group["buckets"] = sum(bucket["count"] for bucket in group["buckets"])
            del group["next"]
        alarm["not_counted"].sort(key=str)
    return found["fetched"], found["alarms"]


def test_it_is_what_segware_says_and_segware_need_not_be_there(
    played: Tracker, segware: Simulator, database: str
) -> None:
    segware.fail_always("/v1/events", Reply(403))
    (group, *_) = explained(played, "1950", "--at", "2026-11-21T14:30:00Z")["alarms"][0]["groups"]
    assert len(group["buckets"]) >= 2 * 60, "its minutes are known"
    assert segware.count("/v1/events") == 0
    # Of the beginning of this window nothing is kept.
    found = explained(played, "1950", "--at", "2026-11-21T11:30:00Z", exit_code=1)
    assert "partial_reading" in str(found["alarms"])
    segware.heal()
    segware.requests.clear()
    questions = [(*view, "--at", at) for view in VIEWS for at in MOMENTS]
    kept = [told(explained(played, *question)) for question in questions]
    asked = segware.count("/v1/events")
    sql(database, "DELETE FROM hours")
    assert kept == [told(explained(played, *question)) for question in questions]
    assert sum(len(alarm["groups"]) for _, found in kept for alarm in found) > len(questions)
    assert asked < segware.count("/v1/events") - asked


def test_what_no_scan_saw_then_names_the_last_one_before(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_events(NOON, PADARIA, "E602")
    tracker.scan()
    segware.add_events(NOON + HOUR, PADARIA, "E130", count=60)
    tracker.clock.advance(5 * HOUR)
    segware.add_events(tracker.clock.now(), PADARIA, "E602")
    tracker.scan()
    (alarm,) = explained(tracker, "1950", "--at", "2026-11-21T14:00:00Z")["alarms"]
    said = "no scan since 09:00 has seen it: the next one opens it"
    assert alarm["groups"][0]["reasons"] == [{"key": "no_scan_since", "text": said}]


def test_what_was_open_then_is_open_though_nothing_was_left_to_count(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= {"TRACKER_WINDOW": "1h", "TRACKER_CLEAR_AFTER": "1h"}
    tracker("init")
    for minute in range(0, 180, 20):
        segware.add_events(NOON + minute * MINUTE, FARMACIA, "E602")
    segware.add_events(NOON, PADARIA, "E130", count=60)
    for _ in range(10):
        tracker.scan()
        tracker("clear")
        tracker.clock.advance(20 * MINUTE)
    for view in (("1950",), ("2207",), ("--alarm", "default"), ("--company", "*")):
        (alarm,) = explained(tracker, *view, "--at", "2026-11-21T13:30:00Z")["alarms"]
        states = {
            group["code"]: (group["state"], group["quantity"], group["next"]["opens_with"])
            for group in alarm["groups"]
        }
        wanted = {"E130": ("open", 0, None)} if view != ("2207",) else {None: ("quiet", 0, 50)}
        assert states == wanted, view
    said = tracker("explain", "--alarm", "default", "--at", "2026-11-21T13:30:00Z").stdout
    assert "OPEN since 09:00, highest 60" in said
    assert "nothing is open" not in said
    assert "\n  \n" not in said
    (later,) = explained(tracker, "1950", "--at", "2026-11-21T14:30:00Z")["alarms"]
    assert later["groups"][0]["state"] == "quiet"


def test_another_rule_since_is_said(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "create doors --value 30")
    segware.add_events(NOON, PADARIA, "E130", count=20)
    tracker.clock.advance(HOUR)
    segware.add_events(tracker.clock.now(), FARMACIA, "E602")
    tracker.scan()
    alarms(tracker, "edit doors --value 10")
    alarms(tracker, "edit doors --comment 'no other rule' --priority high")
    alarms(tracker, "create later --value 10")

    def said(at: str) -> str:
        return tracker("explain", "1950", "--at", at).stderr

    assert said("2026-11-21T12:30:00Z") == (
        "note: alarm doors has another rule since: this is what today's says of then\n"
        "note: alarm later is younger: this is what it would have seen\n"
    )
    tracker.clock.advance(MINUTE)
    assert said("2026-11-21T13:00:30Z") == ""


def test_openings_of_which_but_the_sum_is_kept_are_said_and_not_guessed(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_events(NOON + 70 * MINUTE, PADARIA, "1401", "PAB", count=3)
    segware.add_events(NOON + 80 * MINUTE, PADARIA, "E130", count=2)
    hours = [NOON + number * HOUR for number in range(3)]
    openings = {hours[1]: {PADARIA: 3}}
    lines = {
        "pairs": [("ALR", "E130")],
        "accounts": [PADARIA],
        "pair_of": [0],
        "stretch_of": [20],
        "numbers": [2],
    }
    keep(
        tracker,
        [
            Hour(
                start,
                stretches(start) if start > NOON else [Span(NOON, NOON + HOUR - 1)],
                openings=openings.get(start, {}),
                **(lines if start == hours[1] else {}),  # type: ignore[arg-type]
            )
            for start in hours
        ],
    )
    tracker.clock.advance(DAY)
    question = ("1950", "--at", "2026-11-21T14:00:00Z")
    found = explained(tracker, *question)
    assert (found["fetched"], found["seen"][0].split("; ")[-1]) == (
        2,
        "beside them: arming and use (3)",
    )
    said = tracker("explain", *question).stderr
    assert f"note: 3 {OPENINGS}" in said
    assert "note: of 1h of this window only sums of several minutes are kept" in said
    assert OPENINGS not in tracker("explain", "2207", *question[1:]).stderr
    # Where an alarm counts them, or occurrences, what is kept does not tell enough.
    alarms(tracker, "create arming --codes 1401 --value 3")
    assert explained(tracker, *question)["fetched"] == 5
    assert OPENINGS not in tracker("explain", *question).stderr
    tracker("alarms", "disable", "arming")
    alarms(tracker, "create cases --condition unique --field occurrence --group-by account")
    assert explained(tracker, *question)["fetched"] == 5
