"""Each ready-made alarm finds what it was made for, and not one less."""

import pytest

from events_tracker.base.times import DAY, HOUR, MINUTE
from events_tracker.decisions.alarms.templates import TEMPLATES
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms, listed, names, of
from tests.support.engines import on_sqlite
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker


def test_a_power_failure_is_ten_accounts_of_one_company(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create dark --template power-failure")
    for number in range(10):
        segware.add_account(100 + number, str(9_000 + number), f"Casa {number}", 14)
    for number in range(9):
        segware.add_events(NOON - number * MINUTE, 100 + number, "E301", count=3)
        segware.add_events(NOON - number * MINUTE, PADARIA, "E301")
    segware.add_events(NOON - 15 * MINUTE - 1, 109, "E301")
    assert tracker.scan("--dry-run")["opened"] == []
    segware.add_events(NOON - 15 * MINUTE, 109, "1301")
    (opened,) = tracker.scan()["opened"]
    assert (opened["company"], opened["quantity"], opened["priority"]) == (
        "Vigia Sul Segurança Eletrônica",
        10,
        "high",
    )
    assert (opened["account_code"], len(opened["records"])) == (None, 10)


def test_a_missing_test_needs_to_know_whose(tracker: Tracker) -> None:
    said = alarms(tracker, "create test --template missing-test", exit_code=2)
    assert "in --accounts those that should be heard of" in said
    assert TEMPLATES["missing-test"].needs == "--accounts"


def test_a_missing_test_is_missed_after_twenty_five_hours(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create test --template missing-test --accounts 1950,2207")
    segware.add_events(NOON - 25 * HOUR, CONDOMINIO, "E602")
    segware.add_events(NOON - 25 * HOUR - 1, PADARIA, "E602")
    segware.add_events(NOON, PADARIA, "E130")
    opened = tracker.scan()["opened"]
    assert [(a["account_code"], a["quantity"], a["priority"]) for a in opened] == [
        ("1950", 0, "high")
    ]


def test_a_repeat_offender_is_detected_three_times_in_a_week(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create again --template repeat-offender")
    for at in (NOON, NOON + 3 * DAY, NOON + 7 * DAY):
        assert of("again", tracker.history()) == []
        tracker.clock.at = at
        segware.add_events(at, PADARIA, "E130", count=50)
        opened = tracker.scan()["opened"]
        tracker.clock.advance(2 * HOUR + 1)
        tracker.scan()
        tracker.clear()
    assert names(opened) == ["again", "default"]
    (again,) = of("again", opened)
    assert (again["account_code"], again["quantity"]) == ("1950", 3)


def test_a_slow_runaway_stays_under_the_default_threshold_all_day(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create slow --template slow-runaway")
    for number in range(12):
        segware.add_events(NOON - number * (2 * HOUR + 1), PADARIA, "E133", count=20)
    segware.add_events(NOON - 23 * HOUR, CONDOMINIO, "E133", count=239)
    (opened,) = tracker.scan()["opened"]
    assert (opened["alarm"], opened["account_code"], opened["quantity"]) == ("slow", "1950", 240)
    assert opened["priority"] == "low"


def test_a_panic_storm_is_five_panics_of_one_company(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "create storm --template panic-storm")
    for number, code in enumerate(("E120", "E121", "E122", "1123")):
        segware.add_events(NOON - number * MINUTE, PADARIA, code)
    segware.add_events(NOON, CONDOMINIO, "E120", count=4)
    segware.add_events(NOON - 10 * MINUTE - 1, PADARIA, "E120")
    assert tracker.scan("--dry-run")["opened"] == []
    segware.add_events(NOON - 10 * MINUTE, PADARIA, "E123")
    (opened,) = tracker.scan()["opened"]
    assert (opened["company"], opened["quantity"], opened["priority"]) == (
        "Sentinela Monitoramento",
        5,
        "high",
    )


def test_options_go_over_the_templates_own(tracker: Tracker) -> None:
    alarms(tracker, "create storm --template panic-storm --value 3 --priority low --window 5m")
    (storm,) = [alarm for alarm in listed(tracker) if alarm["name"] == "storm"]
    assert (storm["value"], storm["priority"], storm["window"]) == (3, "low", 300)
    assert storm["group_by"] == ["company"]
    assert storm["description"] == TEMPLATES["panic-storm"].explanation


@on_sqlite
def test_the_templates_are_listed_with_what_they_need(tracker: Tracker) -> None:
    found = tracker("alarms", "templates", "--format", "json").json
    assert {template["name"]: template["needs"] for template in found} == {
        "power-failure": None,
        "missing-test": "--accounts",
        "repeat-offender": None,
        "slow-runaway": None,
        "panic-storm": None,
    }
    printed = tracker("alarms", "templates").stdout
    assert "missing-test (needs --accounts): No periodic test (E602) in 25 hours" in printed
    csv = tracker("alarms", "templates", "--format", "csv").stdout.splitlines()
    assert (csv[0], len(csv)) == ("name,needs,explanation", 6)


@on_sqlite
@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_a_dry_run_away(tracker: Tracker, name: str) -> None:
    needs = "--accounts 1950" if TEMPLATES[name].needs else ""
    alarms(tracker, f"create it --template {name} {needs}")
    assert len(tracker.scan("--dry-run", "--alarm", "it")["opened"]) == bool(needs)
