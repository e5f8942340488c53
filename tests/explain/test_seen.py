"""What an account looks like, and what that usually comes from: told beside the reasons."""

import random
from collections import Counter
from typing import Any

from events_tracker.app.app import App, counts_source
from events_tracker.base.times import DAY, HOUR, MINUTE, Span
from events_tracker.decisions.hours import Folding
from events_tracker.model.readings import Answer
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker, let_it_be_over, open_alert

pytestmark = on_sqlite


def explained(tracker: Tracker, *args: str) -> Any:
    result = tracker("explain", "1950", "--format", "json", *args)
    assert result.exit_code == 0, result.stderr
    return result.json


def at_random(segware: Simulator, *codes: str) -> None:
    """Sixty signals of each of these codes in the half hour before noon."""
    chosen = random.Random(5)
    for minute, count in Counter(chosen.randrange(30) for _ in range(60)).items():
        for code in codes:
            at = NOON - (30 - minute) * MINUTE + 1
            segware.add_events(at, PADARIA, code, count=count)


def keep(tracker: Tracker, start: int, sent: dict[tuple[str | None, str], list[int]]) -> None:
    """Keep the counts of an hour, as scans of that time would have."""
    app = App(environ=tracker.environ, folder=tracker.folder, clock=tracker.clock)
    settings = app.settings()
    folding = Folding(start, (), lambda pair: False)
    for at in range(start, start + HOUR, MINUTE):
        folding.add(Span(at, at + MINUTE - 1), Answer(sent if at == start else {}))
    store = app.store(settings, app.deadline(30))
    store.update(lambda rows: rows.hours.keep(counts_source(settings), folding.hour(), NOON))
    app.close()


def test_a_swinging_contact(tracker: Tracker, segware: Simulator) -> None:
    at_random(segware, "E130", "R130")
    tracker.clock.advance(-30 * MINUTE)
    for _ in range(30):
        tracker.clock.advance(MINUTE)
        tracker.scan()
    found = explained(tracker)
    assert found["cause"] == "swinger"
    assert found["seen"] == [
        "each trip is followed by its restore, at random moments (dispersion 0.8); "
        "no other trouble",
        "Usually a swinging contact, or movement in an armed area",
        "Last 30 days: opened once",
    ]
    assert (
        "Seen: each trip is followed by its restore, at random moments (dispersion 0.8); no other "
        "trouble. Usually a swinging contact, or movement in an armed area. Last 30 days: opened "
        "once. Heard last: 09:00. Hold: none."
    ) in tracker("explain", "1950").stdout


def test_what_no_alarm_counts_is_looked_at_too(tracker: Tracker, segware: Simulator) -> None:
    for minute in range(0, 110, 3):
        segware.add_events(NOON - 2 * HOUR + minute * MINUTE, PADARIA, "E350", cuc="COM")
    found = explained(tracker, "--code", "E130")
    assert (found["cause"], found["seen"]) == (
        "communicator",
        ["communication (37)", "Usually a line or communicator that fails, and sends again"],
    )


def test_where_life_may_be_in_danger_there_is_no_cause(
    tracker: Tracker, segware: Simulator
) -> None:
    at_random(segware, "E130", "E120")
    found = explained(tracker)
    assert found["cause"] is None
    assert "life safety: look first" in found["seen"]
    assert "Life safety: look first." in tracker("explain", "1950").stdout


def test_a_panel_that_used_to_send_restores_and_does_not(
    tracker: Tracker, segware: Simulator
) -> None:
    at_random(segware, "E130")
    assert explained(tracker)["cause"] is None
    keep(tracker, NOON - 3 * DAY, {("ALR", "R130"): [PADARIA]})
    assert explained(tracker)["cause"] == "stuck"
    assert explained(tracker, "--at", "2026-11-17")["cause"] is None


def test_how_much_was_looked_at_where_windows_are_short(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ["TRACKER_WINDOW"] = "30m"
    tracker("init")
    segware.add_events(NOON - 1, PADARIA, "E130")
    found = explained(tracker)
    assert found["seen"][-1] == "Only 30 min were looked at"


def test_openings_of_thirty_days_and_how_many_of_them_were_at_night(
    tracker: Tracker, segware: Simulator
) -> None:
    open_alert(tracker, segware, code="E131")
    tracker.clock.advance(20 * DAY)
    open_alert(tracker, segware)
    let_it_be_over(tracker, segware)
    tracker.clock.advance(11 * HOUR)
    open_alert(tracker, segware)
    open_alert(tracker, segware, CONDOMINIO)
    assert "Last 30 days: opened 3 times, 1 of them at night" in explained(tracker)["seen"]
    tracker.clock.advance(12 * DAY)
    assert "Last 30 days: opened 2 times, 1 of them at night" in explained(tracker)["seen"]
    tracker.clock.advance(18 * DAY)
    assert "Last 30 days: opened once, at night" in explained(tracker)["seen"]
    # Whatever its code was then.
    segware.add_account(PADARIA, "2950", "Padaria São José", 11)
    tracker("scan")
    found = tracker("explain", "2950", "--format", "json").json
    assert "Last 30 days: opened once, at night" in found["seen"]
    page = tracker("explain", "--company", "*", "--format", "json").json
    assert (page["seen"], page["cause"]) == ([], None)


def test_who_is_silent_for_longer_than_every_window_was_heard_when_scans_say(
    initialised: None, tracker: Tracker, segware: Simulator
) -> None:
    open_alert(tracker, segware)
    tracker.clock.advance(2 * HOUR + MINUTE)
    tracker.scan()
    (alert,) = tracker.history()
    assert alert["heard_at"] is not None
    assert explained(tracker)["heard_at"] == alert["heard_at"]
    assert explained(tracker, "--at", "2026-11-21T11:00Z")["heard_at"] is None
