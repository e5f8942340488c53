"""`tracker history`: the register, newest first, as a table, JSON or CSV."""

import csv
import io
import json
import re

import pytest

from events_tracker.base.times import DAY, HOUR, MINUTE, SECOND
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import dump, on_sqlite
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Tracker

ALERT = [
    "register_id",
    "alarm",
    "revision",
    "priority",
    "account_id",
    "account_code",
    "trade_name",
    "company",
    "client_group",
    "cuc",
    "code",
    "quantity",
    "highest",
    "partial",
    "operator",
    "threshold",
    "period_started_at",
    "period_ended_at",
    "opened_at",
    "cleared_at",
    "clear_reason",
    "archived_at",
    "records",
    "cause",
    "heard_at",
    "hold_id",
]


@pytest.fixture(autouse=True)
def start(initialised: None) -> None:
    """Every test here starts after `tracker init`."""


@pytest.fixture
def three(tracker: Tracker, segware: Simulator) -> None:
    """Three alerts, opened an hour apart: 1950 at 12:00 UTC, 2207 at 13:00, 3046 at 14:00."""
    for account, code, cuc in (
        (PADARIA, "E130", "ALR"),
        (CONDOMINIO, "1130", "ALI"),
        (FARMACIA, "E131", None),
    ):
        segware.add_events(tracker.clock.now(), account, code, cuc, count=60)
        tracker.scan()
        tracker.clock.advance(HOUR)


def accounts(tracker: Tracker, *filters: str) -> list[str]:
    return [entry["account_code"] for entry in tracker.history(*filters)]


@pytest.mark.usefixtures("three")
def test_the_newest_comes_first(tracker: Tracker) -> None:
    assert accounts(tracker) == ["3046", "2207", "1950"]


FILTERS: dict[tuple[str, ...], list[str]] = {
    ("--account", "1950"): ["1950"],
    ("--account", " 1950 "): ["1950"],
    ("--account", "1950,3046"): ["3046", "1950"],
    ("--account", "1950", "--account", "2207, 30*"): ["3046", "2207", "1950"],
    ("1950",): ["1950"],
    ("1950", "2207", "--account", "3046"): ["3046", "2207", "1950"],
    ("3*", "--code", "e131"): ["3046"],
    ("--account", "19*"): ["1950"],
    ("--account", "*0*"): ["3046", "2207", "1950"],
    ("--company", "Sentinela Monitoramento"): ["3046", "1950"],
    ("--company", "sentinela  MONITORAMENTO"): ["3046", "1950"],
    ("--company", "vigia*,*MONIT*"): ["3046", "2207", "1950"],
    ("--company", "%*"): [],
    ("--company", "Vigia*"): ["2207"],
    ("--group", "*"): ["2207", "1950"],
    ("--group", "Rede Boa Mesa"): ["1950"],
    ("--cuc", "ALI"): ["2207"],
    ("--cuc", "ali,none"): ["2207"],
    ("--cuc", "XYZ"): [],
    ("--cuc", "AL*"): ["2207", "1950"],
    ("--code", "E13*"): ["3046", "1950"],
    ("--code", "E13_*"): [],
    ("--code", "E120"): [],
    ("--code", "e130,1130"): ["2207", "1950"],
    ("--name", "Padaria São José"): ["1950"],
    ("--name", "*a*a*"): ["3046", "2207", "1950"],
    ("--name", "padaria SAO jose"): ["1950"],
    ("--name", "*SÃO*"): ["1950"],
    ("--name", "*  sã*"): ["3046", "1950"],
    ("--priority", "medium"): ["3046", "2207", "1950"],
    ("--priority", "high"): [],
    ("--priority", "High,MEDIUM"): ["3046", "2207", "1950"],
    ("--priority", "low", "--priority", "m*"): ["3046", "2207", "1950"],
    ("--alarm", "default"): ["3046", "2207", "1950"],
    ("--alarm", "DEFAULT"): ["3046", "2207", "1950"],
    ("--alarm", "tracker"): [],
    ("--account", "1950", "--code", "1130"): [],
    ("--account", "1950", "--code", "E130", "--cuc", "ALR"): ["1950"],
    ("--limit", "2"): ["3046", "2207"],
    ("--account", "*'; DROP TABLE triggers; --"): [],
    ("--account", "*'; DROP TABLE triggers; --,1950"): ["1950"],
    ("--since", "2026-11-21T10:00"): ["3046", "2207"],
    ("--since", "2026-11-21T13:00Z"): ["3046", "2207"],
    ("--since", "2026-11-21T13:00:00.001Z"): ["3046"],
    ("--until", "2026-11-21T10:00"): ["2207", "1950"],
    ("--since", "2h"): ["3046", "2207"],
    ("--since", "2h", "--until", "90m"): ["2207"],
    ("--since", "2026-11-21"): ["3046", "2207", "1950"],
    ("--since", "2026-11-22"): [],
    ("--open",): ["3046", "2207", "1950"],
    ("--open", "--account", "1950"): ["1950"],
    ("--until", "2026-11-21T13:00Z"): ["2207", "1950"],
    ("--until", "2026-11-21T12:59Z"): ["1950"],
    ("--until", "2026-11-20"): [],
    ("--until", "2026-11-21"): ["3046", "2207", "1950"],
    ("--since", "2026-11-21", "--until", "2026-11-21"): ["3046", "2207", "1950"],
    ("--since", "2026-11-21T10:00", "--until", "2026-11-21T10:00"): ["2207"],
    ("--month", "2026-11"): ["3046", "2207", "1950"],
    ("--month", "2026-10"): [],
    ("--since", "today"): ["3046", "2207", "1950"],
    ("--until", "yesterday"): [],
    ("--since", "10:00"): ["3046", "2207"],
    ("--since", "1w"): ["3046", "2207", "1950"],
}


@pytest.mark.usefixtures("three")
def test_filters(tracker: Tracker) -> None:
    assert {options: accounts(tracker, *options) for options in FILTERS} == FILTERS
    assert {options: accounts(tracker, "--open", *options) for options in FILTERS} == FILTERS


UNKNOWN: dict[tuple[str, ...], str] = {
    ("--account", "1955"): "no account 1955 is known; did you mean 1950?",
    ("1950", "2270"): "no account 2270 is known; did you mean 2207?",
    ("--account", ""): "no account  is known",
    ("--account", "77"): "no account 77 is known; `tracker explain 77` asks Segware",
    ("--alarm", "defalt"): "no alarm defalt is known; did you mean default?",
    (
        "--company",
        "vigia",
    ): "no company vigia is known; did you mean Vigia Sul Segurança Eletrônica?",
    ("--group", "boa mesa"): "no group boa mesa is known; did you mean Rede Boa Mesa?",
    ("--name", "padaria"): "no client padaria is known; did you mean Padaria São José?",
    ("--code", "E13O"): "no code E13O is known; did you mean E130?",
    ("--code", "E130,E13_", "--company", "%"): "no company % is known",
}


@pytest.mark.parametrize("command", ["history", "notifications", "clear", "clear --dry-run"])
@pytest.mark.usefixtures("three")
def test_a_name_that_nobody_knows_is_refused_with_the_nearest(
    tracker: Tracker, command: str
) -> None:
    for options, said in UNKNOWN.items():
        if command == "notifications" and options[0] not in ("--account", "--alarm", "1950"):
            continue
        if command.startswith("clear") and options[0] in ("--group", "--name"):
            continue
        for format_ in ("table", "json"):
            result = tracker(*command.split(), *options, "--format", format_)
            assert (result.exit_code, result.stdout) == (2, ""), options
            assert said.split("\n")[0] in result.stderr, options


def test_the_last_minute_of_a_month_is_in_its_export_and_in_no_other(
    tracker: Tracker, segware: Simulator
) -> None:
    end = NOON + 9 * DAY + 15 * HOUR
    tracker.clock.at = end - 30 * SECOND
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=60)
    tracker.scan()
    options: tuple[str, ...]
    for options in (
        ("--month", "2026-11"),
        ("--since", "2026-11-01", "--until", "2026-11-30T23:59"),
        ("--since", "2026-11-30", "--until", "2026-11-30"),
    ):
        assert accounts(tracker, *options) == ["1950"]
    for options in (("--month", "2026-12"), ("--since", "2026-12-01"), ("--until", "2026-11-29")):
        assert accounts(tracker, *options) == []


@pytest.mark.parametrize(
    "options",
    [
        ("--month", "2026-11", "--since", "7d"),
        ("--month", "2026-11", "--until", "7d"),
        ("--since", "2026-11-22", "--until", "2026-11-21"),
        ("--since", "2h", "--until", "3h"),
    ],
)
def test_times_that_exclude_each_other_are_a_usage_error(
    tracker: Tracker, options: tuple[str, ...]
) -> None:
    result = tracker("history", *options)
    assert (result.exit_code, result.stdout) == (2, "")


def test_percent_and_underscore_are_what_they_are(tracker: Tracker, segware: Simulator) -> None:
    for id_, name in ((101, "50% off_shop!"), (102, "50x offyshop!"), (103, "a*b")):
        segware.add_company(id_, name)
        segware.add_account(id_, str(id_), name, id_)
        segware.add_events(NOON, id_, "E130", count=60)
    tracker.scan()
    assert accounts(tracker, "--company", "50% off_shop!") == ["101"]
    assert accounts(tracker, "--company", "50%*_shop!") == ["101"]
    assert accounts(tracker, "--company", "%*") == []
    assert sorted(accounts(tracker, "--company", "50*")) == ["101", "102"]
    assert sorted(accounts(tracker, "--company", "*!")) == ["101", "102"]


def test_open_and_archived(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    tracker.scan()
    tracker.environ["TRACKER_THRESHOLD"] = "40"
    tracker("init")
    tracker.clock.advance(MINUTE)
    segware.add_events(NOON, CONDOMINIO, "E130", count=60)
    tracker.scan()
    assert sorted(accounts(tracker)) == ["1950", "2207"]
    assert sorted(accounts(tracker, "--archived")) == ["1950", "1950", "2207"]
    assert sorted(accounts(tracker, "--archived", "--open")) == ["1950", "2207"]
    assert accounts(tracker, "--account", "1950") == ["1950"]
    assert accounts(tracker, "--account", "1950", "--archived") == ["1950", "1950"]
    assert accounts(tracker, "--account", "195*") == ["1950"]
    archived = [entry for entry in tracker.history("--archived") if entry["archived_at"]]
    assert [(entry["revision"], entry["clear_reason"]) for entry in archived] == [(1, "redefined")]


@pytest.mark.usefixtures("three")
def test_json_has_exactly_the_fields_of_an_alert_and_times_in_utc(tracker: Tracker) -> None:
    entries = tracker.history()
    assert [list(entry) for entry in entries] == [ALERT] * 3
    assert entries[0] | {"register_id": ""} == {
        "register_id": "",
        "alarm": "default",
        "revision": 1,
        "priority": "medium",
        "account_id": FARMACIA,
        "account_code": "3046",
        "trade_name": "Farmácia Santa Luzia",
        "company": "Sentinela Monitoramento",
        "client_group": None,
        "cuc": None,
        "code": "E131",
        "quantity": 60,
        "highest": 60,
        "partial": False,
        "operator": ">=",
        "threshold": 50,
        "period_started_at": "2026-11-21T12:00:00.000Z",
        "period_ended_at": "2026-11-21T14:00:00.000Z",
        "opened_at": "2026-11-21T14:00:00.000Z",
        "cleared_at": None,
        "clear_reason": None,
        "archived_at": None,
        "records": [{"code": "E131", "cuc": None, "account_code": "3046", "count": 60}],
        "cause": None,
        "heard_at": "2026-11-21T14:00:00.000Z",
        "hold_id": None,
    }
    assert re.fullmatch("[0-9a-f]{32}", entries[0]["register_id"])


@pytest.mark.usefixtures("three")
def test_csv_has_the_same_columns_in_the_same_order(tracker: Tracker) -> None:
    result = tracker("history", "--format", "csv")
    heading, *rows = csv.reader(io.StringIO(result.stdout))
    assert heading == ALERT
    for row, entry in zip(rows, tracker.history(), strict=True):
        for cell, (name, value) in zip(row, entry.items(), strict=True):
            if name == "records":
                assert json.loads(cell) == value
            elif name == "partial":
                assert cell == "false"
            else:
                assert cell == ("" if value is None else str(value))


@pytest.mark.usefixtures("three")
def test_the_table_has_times_in_the_configured_zone_with_offset(tracker: Tracker) -> None:
    heading, first, *rest = tracker("history").stdout.splitlines()
    assert heading.startswith("Opened")
    assert first.startswith("2026-11-21 11:00:00-03:00  open  ")
    assert [line.split("  ")[0] for line in rest] == [
        "2026-11-21 10:00:00-03:00",
        "2026-11-21 09:00:00-03:00",
    ]
    assert "Condomínio Edifício Aurora" in rest[0]
    lisbon = tracker("history", TRACKER_TIMEZONE="Europe/Lisbon").stdout
    assert "2026-11-21 14:00:00+00:00" in lisbon


@pytest.mark.parametrize(
    ("format_", "empty"),
    [("json", "[]\n"), ("csv", ",".join(ALERT) + "\n")],
)
def test_an_empty_register(tracker: Tracker, format_: str, empty: str) -> None:
    result = tracker("history", "--format", format_)
    assert (result.exit_code, result.stdout, result.stderr) == (0, empty, "")


@on_sqlite
def test_what_is_open_is_told_with_its_count_and_state_by_now(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=60)
    segware.add_events(tracker.clock.now(), CONDOMINIO, "E130", count=20)
    tracker.scan()
    tracker.clock.advance(HOUR)
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=45)
    segware.add_events(tracker.clock.now(), CONDOMINIO, "E130", count=48)
    segware.add_events(tracker.clock.now(), FARMACIA, "E130", count=50)
    tracker.scan()
    tracker.clock.advance(HOUR + MINUTE)
    segware.add_events(tracker.clock.now(), FARMACIA, "E130", count=1)
    tracker.scan(TRACKER_CLEAR_BELOW="95%")
    heading, above, first, second, as_of = tracker("history", "--open").stdout.splitlines()
    assert re.search(r"Event +Count +Now +State +Highest", heading)
    assert re.search(r"2207 .* E130 burglary +68 +48 +above clear line +68", above)
    assert re.search(r"3046 .* E130 burglary +50 +51 +going on +51", first)
    assert re.search(r"1950 .* E130 burglary +60 +45 +below since 11:01 +105", second)
    assert as_of == "As of the scan 0 s ago."


@on_sqlite
def test_an_empty_list_says_what_it_looked_for_and_how_old_that_is(
    tracker: Tracker, segware: Simulator
) -> None:
    never = "No scan has read everything yet: this says nothing. `tracker status` says more.\n"
    assert tracker("history").stdout == f"No alert is in the register.\n{never}"
    assert tracker("history", "--open").stdout == f"No alert is open.\n{never}"
    tracker.scan()
    tracker.clock.advance(40 * SECOND)
    fresh = "As of the scan 40 s ago.\n"
    assert tracker("history", "--open").stdout == f"No alert is open.\n{fresh}"
    looked = tracker("history", "--open", "19*", "--code", "E130", "--since", "1h").stdout
    assert looked == (
        "No alert is open for account 19*, code E130, opened since 2026-11-21 08:00:40-03:00.\n"
        + fresh
    )
    notified = tracker("notifications", "--alarm", "default").stdout
    assert notified == "No notification is there for alarm default.\n"
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=60)
    tracker.scan()
    tracker.clock.advance(25 * MINUTE)
    old = (
        "As of the scan 25 min ago (2026-11-21 09:00:40-03:00): this is old, and may have changed "
        "since. `tracker status` says more."
    )
    assert tracker("history", "--open").stdout.splitlines()[-1] == old
    assert tracker("clear", "--dry-run").stdout.splitlines()[-1] == old
    assert old in tracker("alarms", "show", "default").stdout.splitlines()
    assert old not in tracker("history").stdout
    for format_ in ("json", "csv"):
        assert "As of" not in tracker("history", "--open", "--format", format_).stdout


@pytest.fixture
def sixty(tracker: Tracker, segware: Simulator) -> None:
    for number in range(60):
        segware.add_events(NOON, PADARIA, "E130", f"C{number}", count=50)
    assert len(tracker.scan()["opened"]) == 60


@pytest.mark.usefixtures("sixty")
def test_a_table_shows_fifty_and_says_how_many_more(tracker: Tracker) -> None:
    lines = tracker("history").stdout.splitlines()
    assert len(lines) == 1 + 50 + 1
    assert lines[-1] == "10 more; --limit 60 shows all."
    assert len(tracker("history", "--limit", "60").stdout.splitlines()) == 1 + 60
    lines = tracker("history", "--limit", "3", "--cuc", "C1*").stdout.splitlines()
    assert len(lines) == 1 + 3 + 1
    assert lines[-1] == "8 more; --limit 11 shows all."


@pytest.mark.usefixtures("sixty")
def test_json_and_csv_are_complete(tracker: Tracker) -> None:
    assert len(tracker.history()) == 60
    assert len(tracker("history", "--format", "csv").stdout.splitlines()) == 61
    assert len(tracker.history("--limit", "7")) == 7


@pytest.mark.usefixtures("three")
def test_looking_changes_nothing_and_asks_segware_nothing(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    segware.requests.clear()
    before = dump(database)
    tracker("history", "--format", "csv")
    assert dump(database) == before
    assert segware.requests == []
    assert tracker("history", SEGWARE_TOKEN="").exit_code == 0


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--since", "someday"),
        ("--month", "2026-13"),
        ("--month", "2026-11-21"),
        ("--until", "2026-13-01"),
        ("--since", "2x"),
        ("--limit", "0"),
        ("--priority", "high,urgent"),
        ("--format", "xml"),
    ],
)
def test_an_option_that_cannot_be_is_a_usage_error(
    tracker: Tracker, option: str, value: str
) -> None:
    result = tracker("history", option, value)
    assert (result.exit_code, result.stdout) == (2, "")
    assert option in result.stderr
    assert value in result.stderr
