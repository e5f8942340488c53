"""What `alarms list` and `alarms show` print: the contract's ALARM, and one alarm's whole story."""

import csv
import io
import json
from typing import Any

import pytest

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms, listed, shown
from tests.support.engines import on_sqlite
from tests.support.world import NOON, PADARIA, Console, Tracker

FRESH: dict[str, Any] = {
    "name": "doors",
    "defined_in": "database",
    "description": "",
    "priority": "medium",
    "source": "events",
    "of": None,
    "codes": [],
    "cucs": [],
    "accounts": [],
    "companies": [],
    "group_by": ["account", "cuc", "code"],
    "condition": "count",
    "field": None,
    "operator": ">=",
    "value": 50,
    "values": {},
    "window": 7200,
    "enabled": True,
    "notify": True,
    "channels": [],
    "email": {"subject": None, "to": [], "cc": [], "include_table": False},
    "catch_up": False,
    "status": "open",
    "changed_by": None,
    "changed_at": None,
    "comment": None,
    "last_run_at": None,
    "last_run_status": None,
    "last_error": None,
    "runs": 0,
    "detections": 0,
    "last_detection_at": None,
    "revision": 1,
    "created_by": "ana",
    "created_at": "2026-11-21T12:00:00.000Z",
}
FULL_OPTIONS = (
    "--description 'Portas à noite' --priority high --source events --codes E401,E402 "
    "--cucs ALR,ALI --accounts 1950,2207 --companies 'Sentinela Monitoramento' "
    "--group-by account,code --condition unique --field cuc --operator '>' --value 3 "
    "--values E401=1,E402=2 --window 90m --disabled --no-notify --channels email,webhook "
    "--email-subject 'Portas' --email-to a@b.example,c@d.example --email-cc e@f.example "
    "--include-table --catch-up --comment 'too many' --by ana"
)
FULL = FRESH | {
    "description": "Portas à noite",
    "priority": "high",
    "codes": ["E401", "E402"],
    "cucs": ["ALR", "ALI"],
    "accounts": ["1950", "2207"],
    "companies": ["Sentinela Monitoramento"],
    "group_by": ["account", "code"],
    "condition": "unique",
    "field": "cuc",
    "operator": ">",
    "value": 3,
    "values": {"E401": 1, "E402": 2},
    "window": 5400,
    "enabled": False,
    "notify": False,
    "channels": ["email", "webhook"],
    "email": {
        "subject": "Portas",
        "to": ["a@b.example", "c@d.example"],
        "cc": ["e@f.example"],
        "include_table": True,
    },
    "catch_up": True,
    "comment": "too many",
}


def test_without_options_an_alarm_is_like_default_for_all_codes(tracker: Tracker) -> None:
    alarms(tracker, "create doors --by ana")
    _, doors = listed(tracker)
    assert doors == FRESH
    assert list(doors) == list(FRESH)


def test_each_option_is_kept_as_it_was_given(tracker: Tracker) -> None:
    created = tracker("alarms", "create", "--format", "json", "doors", *_words(FULL_OPTIONS))
    assert created.json == FULL
    assert listed(tracker)[1] == FULL


def test_each_option_may_be_changed_and_emptied(tracker: Tracker) -> None:
    alarms(tracker, "create doors --by ana")
    alarms(tracker, f"edit doors {FULL_OPTIONS}")
    changed = {"changed_by": "ana", "changed_at": "2026-11-21T12:00:00.000Z"}
    assert listed(tracker)[1] == FULL | changed | {"revision": 2}
    alarms(
        tracker,
        "edit doors --description '' --priority medium --codes '' --cucs '' --accounts '*' "
        "--companies '' --group-by account,cuc,code --condition count --operator '>=' --value 50 "
        "--values '' --window 2h --enabled --notify --channels '' --email-subject '' --email-to '' "
        "--email-cc '' --no-include-table --no-catch-up --comment '' --by bia",
    )
    assert listed(tracker)[1] == FRESH | {
        "revision": 3,
        "changed_by": "bia",
        "changed_at": "2026-11-21T12:00:00.000Z",
        "comment": "",
    }


def test_default_is_listed_with_what_the_environment_defines(tracker: Tracker) -> None:
    (default,) = listed(tracker)
    assert (default["name"], default["defined_in"]) == ("default", "environment")
    assert default["codes"] == ["E130", "E131", "E132", "E133", "1130", "1131", "1132", "1133"]
    assert (default["operator"], default["value"], default["window"]) == (">=", 50, 7200)


def test_csv_has_the_same_columns_with_lists_as_json_and_no_formula(tracker: Tracker) -> None:
    alarms(tracker, f"create doors {FULL_OPTIONS}")
    alarms(tracker, "create '=1+1' --description '@SUM(A1)' --operator =")
    printed = tracker("alarms", "list", "--format", "csv").stdout
    formula, _, doors = csv.DictReader(io.StringIO(printed))
    assert list(doors) == list(FRESH)
    for field, value in FULL.items():
        expected = "" if value is None else value if isinstance(value, str) else json.dumps(value)
        assert doors[field] == expected, field
    assert (formula["name"], formula["description"], formula["operator"]) == (
        "'=1+1",
        "'@SUM(A1)",
        "'=",
    )


def test_the_table_names_every_alarm_with_its_rule(tracker: Tracker) -> None:
    alarms(tracker, f"create doors {FULL_OPTIONS}")
    lines = tracker("alarms", "list").stdout.splitlines()
    assert lines[0].split() == [
        "Name", "State", "Priority", "Rule", "Counts", "Last", "run", "Result", "Detections",
        "Follow-up",
    ]  # fmt: skip
    assert " ".join(lines[1].split()).startswith(
        "default enabled medium count >= 50 in 2h by account, cuc, code "
        "E130, E131, E132, E133, 1130, 1131, 1132, 1133 never"
    )
    assert " ".join(lines[2].split()).startswith(
        "doors disabled high different cucs > 3 in 90m by account, code "
        "E401, E402; CUCs ALR, ALI; accounts 1950, 2207; companies Sentinela Monitoramento never"
    )


def test_show_tells_the_whole_story(tracker: Tracker, segware: Simulator) -> None:
    alarms(
        tracker,
        "create doors --codes E401,E403 --value 3 --values E403=7 --by ana "
        "--comment 'since the strike'",
    )
    segware.add_events(NOON, PADARIA, "E401", count=4)
    tracker.scan()
    tracker.clock.advance(3 * 60 * MINUTE)
    segware.add_events(tracker.clock.now(), PADARIA, "E402")
    tracker.scan()
    tracker.clear()
    segware.add_events(tracker.clock.now(), PADARIA, "E401", count=9)
    tracker.scan()
    alarms(tracker, "close doors --by bia --comment 'lock changed'")
    told = tracker("alarms", "show", "doors").stdout
    for line in (
        "Alarm:       doors (revision 1, defined in the database)",
        "Rule:        count >= 3 in 2h by account, cuc, code; E403=7",
        "Codes:       E401, E403",
        "Accounts:    all",
        "Told:        every channel that is on",
        "Follow-up:   closed, changed 2026-11-21 12:00:00-03:00 by bia: lock changed",
        "Created:     2026-11-21 09:00:00-03:00 by ana",
        "Last run:    2026-11-21 12:00:00-03:00 ok",
        "Totals:      3 runs, 2 detections",
        "Open now: 1",
        "As of the scan 0 s ago.",
        "Over lately: 1",
    ):
        assert line in told.splitlines()
    assert told.count("  1950  ") == 2, "one is open, one is over: no row is there twice"
    story = shown(tracker, "doors")
    assert list(story)[: len(FRESH)] == list(FRESH)
    assert [(a["quantity"], a["cleared_at"]) for a in story["open_alerts"]] == [(9, None)]
    recent = [(alert["quantity"], alert["clear_reason"]) for alert in story["recent_detections"]]
    assert [quantity for quantity, _ in recent] == [9, 4]
    assert recent[1][1].startswith("below")


@on_sqlite
def test_texts_of_people_cannot_draw_on_the_terminal(tracker: Tracker) -> None:
    alarms(tracker, "create doors --description 'a\x1b[31mb\nc' --by 'x\u202ey'")
    told = tracker("alarms", "show", "doors").stdout
    assert "a\\x1b[31mb\\x0ac" in told
    assert "by x\\u202ey" in told
    assert "\x1b" not in told


@on_sqlite
def test_a_quiet_change_prints_nothing(tracker: Tracker) -> None:
    result = tracker("-q", "alarms", "create", "doors")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def _words(line: str) -> list[str]:
    import shlex

    return shlex.split(line)


@on_sqlite
def test_what_the_terminal_cannot_show_is_escaped(tracker: Tracker, console: Console) -> None:
    alarms(tracker, "create głośny")
    result = console("alarms", "show", "głośny", PYTHONIOENCODING="latin-1")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "g\\u0142o\\u015bny" in result.stdout


@on_sqlite
@pytest.mark.usefixtures("tracker")
def test_a_name_that_is_no_text_is_refused(console: Console) -> None:
    refused = console("alarms", "show", "\udcff")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == "error: an argument is not a text in UTF-8\n"
