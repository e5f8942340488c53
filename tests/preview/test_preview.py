"""The past day of a rule as typed costs one reading, which all share."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from events_tracker.app.app import App
from events_tracker.app.previews import Previews
from events_tracker.base.errors import Refused, SegwareError, UsageError
from events_tracker.base.problems import ENGLISH, PORTUGUESE, words
from events_tracker.base.times import DAY, HOUR, MINUTE, Span, iso
from events_tracker.formats.preview import preview_object
from events_tracker.messages.previews import note_text
from events_tracker.model.previews import Preview
from events_tracker.simulator.simulator import Handler, Simulator, json_reply
from tests.preview.conftest import Ask
from tests.support.alarms import fail_events_before
from tests.support.engines import on_sqlite
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, TestClock, Tracker

pytestmark = on_sqlite


def test_the_past_day_is_looked_at_every_quarter_of_an_hour(segware: Simulator, ask: Ask) -> None:
    # One burst is over after two hours; the other is still there.
    segware.add_events(NOON - 10 * HOUR - 1, PADARIA, "E130", count=60)
    segware.add_events(NOON - HOUR - 1, PADARIA, "E130", count=50)
    segware.add_events(NOON - HOUR - 1, FARMACIA, "1130", count=49)
    found = ask(value="50")
    told = preview_object(found)
    assert told["start"] == "2026-11-20T12:00:00.000Z"
    assert told["end"] == "2026-11-21T12:00:00.000Z"
    assert [point["at"] for point in told["points"][-2:]] == [
        "2026-11-21T11:45:00.000Z",
        "2026-11-21T12:00:00.000Z",
    ]
    assert len(found.points) == DAY // (15 * MINUTE)
    heights = {point.at: point.highest for point in found.points}
    assert [heights[NOON - hours * HOUR] for hours in (11, 10, 9, 8, 1, 0)] == [
        0,
        60,
        60,
        0,
        50,
        50,
    ]
    assert found.openings == 2
    assert told["groups"] == [
        {
            "account_code": "1950",
            "company": "Sentinela Monitoramento",
            "cuc": "ALR",
            "code": "E130",
            "highest": 60,
            "openings": 2,
        },
        {
            "account_code": "3046",
            "company": "Sentinela Monitoramento",
            "cuc": "ALR",
            "code": "1130",
            "highest": 49,
            "openings": 0,
        },
    ]
    assert told["unread"] == []


def test_an_alert_that_dips_for_less_than_it_takes_to_clear_opens_once(
    tracker: Tracker, segware: Simulator, ask: Ask
) -> None:
    for hours in (9, 6):
        segware.add_events(NOON - hours * HOUR - 1, PADARIA, "E130", count=60)
    assert ask().openings == 2
    tracker.environ["TRACKER_CLEAR_AFTER"] = "46m"
    assert ask().openings == 1
    tracker.environ["TRACKER_CLEAR_AFTER"] = "45m"
    assert ask().openings == 2


def test_another_rule_asks_for_nothing_and_another_window_for_its_edge(
    segware: Simulator, ask: Ask, clock: TestClock
) -> None:
    clock.advance(7 * MINUTE)
    segware.add_events(NOON, PADARIA, "E130", count=60)
    first = ask()
    assert first.requests == segware.count("/v1/events") == 4 * 26 + 1
    segware.requests.clear()
    assert ask(value="61", codes="E130", group_by="account").requests == 0
    assert len(ask(condition="unique", field="code", value="1").now) == 1
    assert segware.requests == []
    assert ask(window="100m").requests == 1
    assert ask(window="3h").requests == 1 + 4


def test_what_was_read_is_kept_for_five_minutes_and_what_is_settled_longer(
    segware: Simulator, ask: Ask, clock: TestClock
) -> None:
    ask()
    segware.add_events(NOON - 31 * MINUTE, PADARIA, "E130", count=60)
    for at in (NOON - 29 * MINUTE, NOON - MINUTE):
        segware.add_events(at, PADARIA, "E131", count=30)
    clock.advance(5 * MINUTE - 1)
    assert ask().now == [], "they came too late for this reading"
    clock.advance(1)
    found = ask()
    assert [alert.code for alert in found.now] == ["E131"]
    assert found.requests == 4, "the edge, what has begun since, and two that were young"
    clock.advance(HOUR)
    assert {alert.code for alert in ask().now} == {"E130", "E131"}


def test_short_windows_have_short_steps_and_not_the_whole_day(
    segware: Simulator, ask: Ask, clock: TestClock
) -> None:
    segware.add_events(NOON - 10, PADARIA, "E130", count=3)
    found = ask(window="1m", value="3")
    assert [alert.quantity for alert in found.now] == [3]
    assert {
        later.at - earlier.at
        for earlier, later in zip(found.points, found.points[1:], strict=False)
    } == {15_000}
    assert found.requests <= 1_500
    assert [span.end for span in found.unread] == [NOON - 1_499 * 15_000 - 1]
    assert found.unread[0].start < NOON - DAY
    assert "too_far" in {note.key for note in found.notes}


def test_long_windows_reach_back_three_days(segware: Simulator, ask: Ask) -> None:
    segware.add_events(NOON - 4 * DAY, PADARIA, "E130", count=30)
    segware.add_events(NOON - 2 * DAY, PADARIA, "E130", count=30)
    found = ask(window="7d", value="30")
    assert [(alert.quantity, alert.partial) for alert in found.now] == [(30, True)]
    assert found.unread[0].end == NOON - 3 * DAY - 1
    assert {point.highest for point in found.points} == {None}


def test_what_is_unread_is_told_and_asked_for_again(
    segware: Simulator, ask: Ask, tracker: Tracker
) -> None:
    segware.add_events(NOON - HOUR, PADARIA, "E130", count=60)
    fail_events_before(segware, NOON - 12 * HOUR)
    found = ask()
    assert found.unread == [Span(NOON - 26 * HOUR + 15 * MINUTE, NOON - 12 * HOUR - 1)]
    known = [point.at for point in found.points if point.highest is not None]
    assert known[0] == NOON - 10 * HOUR
    assert found.openings == 1
    assert len(found.now) == 1
    assert any("/v1/events answered 500" in error for error in found.errors)
    assert "unread" in {note.key for note in found.notes}
    segware.heal()
    again = ask()
    assert again.unread == []
    assert again.requests == 14 * 4 - 1


def test_what_a_part_reaches_would_open_all_the_same(segware: Simulator, ask: Ask) -> None:
    segware.add_events(NOON - MINUTE, PADARIA, "E130", count=60)
    fail_events_before(segware, NOON - HOUR)
    found = ask()
    assert [(alert.quantity, alert.partial) for alert in found.now] == [(60, True)]
    assert found.openings == 1
    falling = ask(operator="<", value="3", group_by="account", accounts="2207")
    assert (falling.now, falling.openings) == ([], 0)


def test_a_service_that_refuses_us_is_not_asked_on(segware: Simulator, ask: Ask) -> None:
    segware.token = "another"
    found = ask()
    assert found.requests <= 6
    assert (found.now, found.openings) == ([], 0)
    assert any("401" in error for error in found.errors)


def test_an_absence_is_previewed(segware: Simulator, ask: Ask) -> None:
    segware.add_events(NOON - HOUR, PADARIA, "E602")
    segware.add_events(NOON - 13 * HOUR, CONDOMINIO, "E602")
    rule = {"codes": "E602", "window": "12h", "group_by": "account", "accounts": "1950,2207"}
    found = ask(operator="<", value="1", **rule)
    assert [alert.account_code for alert in found.now] == ["2207"]
    assert {point.highest for point in found.points} == {0}, "the lowest is what matters here"


def test_ignored_closers_and_what_we_inject_count_no_more_than_in_a_scan(
    tracker: Tracker, segware: Simulator, ask: Ask
) -> None:
    tracker.environ["TRACKER_IGNORED_CLOSERS"] = "31"
    segware.add_occurrence(NOON - 5 * HOUR, "o1", closing_person_id=31)
    segware.add_occurrence(NOON - 5 * HOUR, "o2", closing_person_id=32)
    for occurrence in ("o1", "o2"):
        segware.add_events(NOON - HOUR, PADARIA, "E130", count=30, occurrence_id=occurrence)
    segware.add_events(NOON - HOUR, PADARIA, "E702", count=30)
    found = ask(value="30")
    assert [(alert.code, alert.quantity) for alert in found.now] == [("E130", 30)]
    assert found.points[-1].highest == 30
    assert ask(value="31").openings == 0


def test_unknown_closers_hide_what_counts(tracker: Tracker, segware: Simulator, ask: Ask) -> None:

    tracker.environ["TRACKER_IGNORED_CLOSERS"] = "31"
    segware.add_events(NOON - HOUR, PADARIA, "E130", count=60)
    segware.fail_always("/v2/occurrences", json_reply(500, {}))
    found = ask()
    assert (found.now, found.openings) == ([], 0)
    assert any("/v2/occurrences answered 500" in error for error in found.errors)
    assert found.unread


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"value": "many", "window": "1s"}, {"value", "window"}),
        ({"operator": ">=", "value": "0"}, {"value"}),
        ({"source": "detections", "of": "default", "group_by": "account"}, {"source"}),
    ],
)
def test_what_cannot_be_is_refused_as_by_create(
    ask: Ask, given: dict[str, Any], told: set[str]
) -> None:
    with pytest.raises(Refused) as refused:
        ask(**given)
    assert {problem.field for problem in refused.value.problems} == told


def test_alarms_over_detections_have_no_preview_in_both_languages(ask: Ask) -> None:
    with pytest.raises(Refused) as refused:
        ask(source="detections", of="default", group_by="account", value="3", window="7d")
    (problem,) = refused.value.problems
    assert words(problem, ENGLISH, str).startswith("detections of another alarm have no preview")
    assert words(problem, PORTUGUESE, str).startswith("detecções de outro alarme não têm prévia")


def test_a_name_is_not_asked_for_and_not_judged(ask: Ask) -> None:
    assert ask(name="default").now == []
    assert ask(name=" * ").now == []
    with pytest.raises(UsageError, match="there is no alarm called 'doors'"):
        ask("doors")


def test_the_rule_of_default_is_previewed_but_not_changed(ask: Ask) -> None:
    assert ask("default").openings == 0
    with pytest.raises(Refused, match="defined by the environment"):
        ask("default", value="3")


def test_what_is_only_nearly_so_is_told_in_both_languages(ask: Ask) -> None:
    (steps,) = ask(window="7m").notes
    assert note_text(steps, ENGLISH) == "looked at every 1m; scans look more often"
    assert note_text(steps, PORTUGUESE) == "olhado de 1m em 1m; as leituras olham mais vezes"
    _, windows = ask(window="67m").notes
    assert "counted over 1h in place of 67m" in note_text(windows, ENGLISH)
    assert "contado em 1h em vez de 67m" in note_text(windows, PORTUGUESE)


def test_the_zone_of_whoever_looks_changes_nothing(
    tracker: Tracker, segware: Simulator, ask: Ask, previews: Previews
) -> None:
    for hours in (25, 13, 2):
        segware.add_events(NOON - hours * HOUR, PADARIA, "E130", count=60)
    here = preview_object(ask())
    tracker.environ["TRACKER_TIMEZONE"] = "Asia/Kathmandu"
    assert dict(preview_object(ask()), requests=here["requests"]) == here


def test_what_must_be_known_of_accounts_is_asked_for_once(segware: Simulator, ask: Ask) -> None:
    segware.add_events(NOON - 5 * HOUR, CONDOMINIO, "E130", count=60)
    found = ask(group_by="company", value="60")
    assert [(group.company, group.openings) for group in found.groups] == [
        ("Vigia Sul Segurança Eletrônica", 1)
    ]
    segware.requests.clear()
    (group,) = ask(group_by="company", value="61").groups
    assert (group.company, group.openings) == ("Vigia Sul Segurança Eletrônica", 0)
    assert ask(companies="Vigia Sul Segurança Eletrônica").openings == 1
    assert segware.requests == []


def test_accounts_that_nobody_knows_are_told(segware: Simulator, ask: Ask) -> None:
    segware.add_events(NOON - HOUR, PADARIA, "E130", count=60)
    found = ask(accounts="9999")
    assert (found.now, found.openings) == ([], 0)
    assert {point.highest for point in found.points} == {None}
    assert "alarm preview: Segware knows no account with the code 9999" in found.errors


def test_one_reading_at_a_time_serves_all_who_ask(
    tracker: Tracker, segware: Simulator, previews: Previews
) -> None:
    segware.add_events(NOON - HOUR, PADARIA, "E130", count=60)

    def ask(value: int) -> Preview:
        app = App(environ=tracker.environ, folder=tracker.folder, clock=tracker.clock)
        try:
            settings = app.settings(needs_segware=True)
            return previews.preview(app, settings, {"value": str(value)})
        finally:
            app.close()

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(ask, (57, 58, 59, 61)))
    assert [preview.openings for preview in found] == [1, 1, 1, 0]
    assert sorted(preview.requests for preview in found)[:3] == [0, 0, 0]
    assert segware.count("/v1/events") == max(preview.requests for preview in found)


def test_who_waits_for_a_reading_waits_no_longer_than_a_preview_may_take(
    segware: Simulator, ask: Ask, previews: Previews, clock: TestClock
) -> None:
    clock.speed = 1_000.0
    with previews.reading, pytest.raises(SegwareError, match="another preview is being read"):
        ask()
    assert segware.requests == []


def test_what_there_was_no_time_for_is_unread_and_comes_next(
    segware: Simulator, ask: Ask, clock: TestClock
) -> None:
    segware.add_events(NOON - HOUR, PADARIA, "E130", count=60)

    def late(handler: Handler) -> None:
        if handler.received.query["startDate"] < iso(NOON - 12 * HOUR):
            clock.speed = 1_000.0
        handler.send(handler.normal_reply())

    segware.fail_always("/v1/events", late)
    found = ask()
    assert found.openings == 1
    assert NOON - 12 * HOUR - 15 * MINUTE < found.unread[-1].end < NOON - 10 * HOUR
    assert found.errors
    clock.speed = 1.0
    segware.heal()
    again = ask()
    assert again.unread == []
    assert again.requests <= 16 * 4


def test_progress_goes_from_the_first_step_to_the_last(
    app: App, previews: Previews, segware: Simulator
) -> None:
    told: list[tuple[int, int, int]] = []
    settings = app.settings(needs_segware=True)
    segware.add_events(NOON - 20 * HOUR, PADARIA, "E130", count=60)
    previews.preview(app, settings, {}, progress=lambda *how_far: told.append(how_far))
    assert [slices for slices, _, _ in told] == list(range(1, 105))
    assert {of_slices for _, of_slices, _ in told} == {104}
    assert told[-1] == (104, 104, 60)
