"""A rule as typed opens now what a scan would open, and leaves no trace."""

from typing import Any

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.formats.preview import preview_object
from events_tracker.simulator.simulator import Simulator
from tests.preview.conftest import Ask
from tests.support.alarms import alarms
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, TestClock, Tracker


def seen_so(alert: dict[str, Any], **other: Any) -> dict[str, Any]:
    """An alert as a preview has it: when the account was last heard it does not look up."""
    return {**alert, "heard_at": None, **other}


def test_a_new_rule_opens_what_a_scan_would(tracker: Tracker, segware: Simulator, ask: Ask) -> None:
    segware.add_events(NOON - 50 * MINUTE, PADARIA, "E301", count=3)
    segware.add_events(NOON - 50 * MINUTE - 1, PADARIA, "E301", count=4)
    segware.add_events(NOON, CONDOMINIO, "E301", count=3)
    found = ask(codes="E301", value="3", window="50m")
    alarms(tracker, "create typed --codes E301 --value 3 --window 50m")
    scan = tracker.scan("--dry-run", "--alarm", "typed")
    now = preview_object(found)["now"]
    assert len(now) == 2
    assert [dict(alert, alarm="typed") for alert in now] == list(map(seen_so, scan["opened"]))


def test_what_is_open_already_is_listed_as_it_would_open(
    tracker: Tracker, segware: Simulator, ask: Ask
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    (opened,) = tracker.scan()["opened"]
    (found,) = preview_object(ask("default"))["now"]
    assert found == seen_so(opened, register_id=None)
    assert tracker.scan("--dry-run")["opened"] == []


def test_a_change_to_an_alarm_is_previewed_as_its_next_revision(
    tracker: Tracker, segware: Simulator, ask: Ask
) -> None:
    alarms(tracker, "create doors --codes E301 --value 5 --disabled")
    segware.add_events(NOON, PADARIA, "E301", count=4)
    assert ask("doors").now == []
    (found,) = ask("doors", value="4").now
    assert (found.alarm, found.revision, found.threshold) == ("doors", 2, 4)


def test_what_scans_remember_is_not_asked_for(
    tracker: Tracker, segware: Simulator, ask: Ask, clock: TestClock
) -> None:
    for minute in range(60):
        segware.add_events(NOON + minute * MINUTE, PADARIA, "E130")
    for _ in range(48):
        tracker.scan()
        clock.advance(MINUTE)
    tracker.scan()
    segware.requests.clear()
    found = ask()
    assert found.requests == segware.count("/v1/events") == 4 * 26 + 1 - 4
    assert found.points[-1].highest == 49
    assert [point.highest for point in found.points[-4:-1]] == [15, 30, 45]


def test_silence_is_judged_without_what_is_remembered(
    tracker: Tracker, segware: Simulator, ask: Ask, clock: TestClock
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=1_000)
    for _ in range(33):
        tracker.scan()
        clock.advance(MINUTE)
    segware.clear_events()
    found = ask()
    assert found.now == []
    assert "no event at all" in found.errors[0]
    assert {point.highest for point in found.points} == {None}


def test_it_leaves_no_trace(tracker: Tracker, segware: Simulator, ask: Ask) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    assert len(ask(value="3").now) == 1
    assert tracker.history() == []
    assert tracker.notifications() == []
    listed = tracker("alarms", "list", "--format", "json").json
    assert [(alarm["name"], alarm["runs"]) for alarm in listed] == [("default", 0)]
    assert len(tracker.scan()["opened"]) == 1


def test_exceptions_hold_now_and_in_the_past(
    tracker: Tracker, segware: Simulator, ask: Ask
) -> None:
    alarms(tracker, "create doors --codes E301 --value 3")
    alarms(tracker, "except doors --account 1950 --never --reason school")
    alarms(tracker, "except doors --account 2207 --value 5 --reason shop")
    for at in (NOON - 9 * HOUR, NOON):
        for account, count in ((PADARIA, 9), (CONDOMINIO, 4), (FARMACIA, 3)):
            segware.add_events(at, account, "E301", count=count)
    found = ask("doors")
    opened = tracker.scan("--dry-run", "--alarm", "doors")["opened"]
    assert preview_object(found)["now"] == list(map(seen_so, opened))
    told = {group.account_code: (group.highest, group.openings) for group in found.groups}
    assert told == {"3046": (3, 2), "2207": (4, 0)}
    alarms(tracker, "except doors --account 2207 --end --reason over")
    assert {group.account_code: group.openings for group in ask("doors").groups} == {
        "3046": 2,
        "2207": 2,
    }
