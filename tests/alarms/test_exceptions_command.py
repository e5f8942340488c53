"""`tracker alarms except`: what it lists, what it says, and what it refuses in plain words."""

import csv
import io
from typing import Any

import pytest

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms, shown
from tests.support.engines import dump, on_sqlite, sql
from tests.support.world import NOON, PADARIA, Tracker, open_alert

SCHOOL = "--account 1950 --value 200 --until 2026-12-20 --reason escola --by ana"
MADE: dict[str, Any] = {
    "account_code": "1950",
    "trade_name": None,
    "company": None,
    "value": 200,
    "until": "2026-12-21T02:59:59.999Z",
    "reason": "escola",
    "by": "ana",
    "at": "2026-11-21T12:00:00.000Z",
}
KNOWN = {"trade_name": "Padaria São José", "company": "Sentinela Monitoramento"}


def listed(tracker: Tracker, *options: str) -> Any:
    """The exceptions of `default`, as programs read them."""
    result = tracker("alarms", "except", "default", *options, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return result.json


def test_those_in_force_are_listed_and_with_all_also_those_that_ended(
    tracker: Tracker, segware: Simulator
) -> None:
    assert listed(tracker) == []
    open_alert(tracker, segware)
    alarms(tracker, f"except default {SCHOOL}")
    alarms(tracker, "except default --account 9999 --never --reason x --until 2026-11-21T09:01")
    assert listed(tracker) == [
        MADE | KNOWN,
        MADE
        | {
            "account_code": "9999",
            "value": None,
            "until": "2026-11-21T12:01:59.999Z",
            "reason": "x",
            "by": shown(tracker, "default")["created_by"],
        },
    ]
    tracker.clock.advance(2 * MINUTE)
    assert listed(tracker) == [MADE | KNOWN]
    assert shown(tracker, "default")["exceptions"] == [MADE | KNOWN]
    alarms(tracker, "except default --account 1950 --end --by bia --reason férias")
    assert listed(tracker) == shown(tracker, "default")["exceptions"] == []
    tracker.clock.advance(MINUTE)
    tracker.scan()
    over = listed(tracker, "--all")
    assert [(e["account_code"], e["ended_at"], e["ended_by"], e["reason"]) for e in over] == [
        ("9999", "2026-11-21T12:03:00.000Z", "tracker", "x"),
        ("1950", "2026-11-21T12:02:00.000Z", "bia", "escola (ended: férias)"),
    ]
    assert list(over[0]) == [*MADE, "ended_at", "ended_by"]


def test_the_clients_of_a_code_that_several_use_are_all_named(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_account(31, "1950", "Clínica Vida", 14)
    for account in (PADARIA, 31):
        segware.add_events(NOON, account, "E130", count=60)
    tracker.scan()
    alarms(tracker, f"except default {SCHOOL}")
    (one,) = listed(tracker)
    assert one["trade_name"] == "Padaria São José; Clínica Vida"
    assert one["company"] == "Sentinela Monitoramento; Vigia Sul Segurança Eletrônica"


@on_sqlite
def test_a_change_is_told_to_people_and_to_programs(tracker: Tracker) -> None:
    assert alarms(tracker, f"except default {SCHOOL}") == (
        "The alarm 'default' compares the account 1950 with 200, until 2026-12-20 23:59:59-03:00.\n"
    )
    assert alarms(tracker, f"except default {SCHOOL}") == (
        "Nothing changed: the alarm 'default' has this exception already.\n"
    )
    never = "except default --account 1950 --never --reason x"
    assert alarms(tracker, never) == (
        "The alarm 'default' does not count the account 1950 any more.\n"
    )
    assert alarms(tracker, "except default --account 1950 --end") == (
        "The alarm 'default' treats the account 1950 like every other again.\n"
    )
    made = tracker("alarms", "except", "default", *SCHOOL.split(), "--format", "json")
    assert made.json == MADE
    ended = tracker("alarms", "except", "default", "--account", "1950", "--end", "--by", "bia",
                    "--format", "csv")  # fmt: skip
    (row,) = csv.DictReader(io.StringIO(ended.stdout))
    assert (row["value"], row["ended_by"]) == ("200", "bia")
    assert tracker("-q", "alarms", "except", "default", *SCHOOL.split()).stdout == ""


@on_sqlite
def test_tables_and_csv_have_the_same_lines(tracker: Tracker) -> None:
    said = alarms(tracker, "except default")
    assert said == "The alarm 'default' has no exceptions.\n"
    assert "Exceptions" not in alarms(tracker, "show default")
    alarms(tracker, f"except default {SCHOOL}")
    heading, row = alarms(tracker, "except default").splitlines()
    assert heading.split() == ["Account", "Name", "Company", "Value", "Until", "Why", "By", "Since"]
    assert row.split() == [
        *("1950", "200", "2026-12-20", "23:59:59-03:00", "escola", "ana"),
        *("2026-11-21", "09:00:00-03:00"),
    ]
    assert "\nExceptions: 1\n" in alarms(tracker, "show default")
    alarms(tracker, "except default --account 1950 --end --by bia")
    assert "never" not in alarms(tracker, "except default --all")
    assert alarms(tracker, "except default --all").splitlines()[1].split()[-1] == "bia"
    rows = list(csv.DictReader(io.StringIO(alarms(tracker, "except default --all --format csv"))))
    assert [(r["account_code"], r["value"], r["ended_by"]) for r in rows] == [
        ("1950", "200", "bia")
    ]
    assert alarms(tracker, "except default --format csv").splitlines() == [",".join(MADE)]


@on_sqlite
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nights", "there is no alarm called 'nights'"),
        ("tracker --account 1950 --never --reason x", "there is no alarm called 'tracker'"),
        ("default --value 5", "say of which account: --account CODE"),
        ("default --value 0", "say of which account: --account CODE"),
        ("default --account 1950", "say what is to hold: one of --value N, --never or --end"),
        ("default --account 1950 --never --end", "one of --value N, --never or --end"),
        ("default --account 1950 --value 0 --never --reason x", "one of --value N, --never or"),
        ("default --account 1950 --value 5", "--reason is missing: why is this account an"),
        ("default --account 1950 --never --reason ' '", "--reason is missing"),
        ("default --account ' ' --never --reason x", "--account is empty"),
        ("default --account 1950 --never --reason x --all", "it goes without --account"),
        ("default --account 1950 --end --until 2026-12-20", "--end is at once"),
        ("default --account 1950 --end", "has no exception for the account 1950"),
        (f"default --account {'9' * 33} --never --reason x", "--account has more than 32"),
        (f"default --account 1950 --never --reason {'x' * 401}", "--reason has more than 400"),
        (f"default --account 1950 --never --reason x --by {'x' * 101}", "--by has more than 100"),
        ("default --account 1950 --value 5 --reason x --until soon", "'soon' is not a time"),
        ("default --account 1950 --value 5 --reason x --until 1d", "'1d' is over already"),
        ("default --account 1950 --value 5 --reason x --until 2026-11-20", "is over already"),
        ("default --account 1950 --value 5 --reason x --until 2026-11-21T08:59", "over already"),
        ("default --account 1950 --value 0 --reason x", "--value is '0': >= 0 always holds"),
        ("default --account 1950 --value -1 --reason x", "-1 is not in the range"),
        ("company --account 1950 --value 5 --reason x", "can only be left out (--never)"),
        (
            "again --account 1950 --value 0 --reason x",
            "--value is '0': the absence of detections cannot be an alarm",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_plain_words_and_changes_nothing(
    tracker: Tracker, database: str, line: str, said: str
) -> None:
    alarms(tracker, "create company --group-by company")
    alarms(
        tracker, "create again --source detections --of default --group-by account "
        "--accounts 1950 --operator '=' --value 3",
    )  # fmt: skip
    before = dump(database)
    assert said in " ".join(alarms(tracker, f"except {line}", exit_code=2).split())
    assert dump(database) == before


@on_sqlite
@pytest.mark.parametrize("field", ["--reason", "--account", "--by"])
def test_what_is_no_text_is_refused(tracker: Tracker, database: str, field: str) -> None:
    given = {"--account": "1950", "--reason": "x", "--by": "ana"} | {field: "\udcff"}
    options = [word for pair in given.items() for word in pair]
    result = tracker("alarms", "except", "default", "--never", *options)
    assert result.exit_code == 2
    assert f"{field} is not a text in UTF-8" in result.stderr
    assert sql(database, "SELECT * FROM exceptions") == []


@on_sqlite
def test_ending_what_is_none_names_the_nearest_there_is(tracker: Tracker) -> None:
    alarms(tracker, f"except default {SCHOOL}")
    said = alarms(tracker, "except default --account 1905 --end", exit_code=2)
    assert "has no exception for the account 1905; did you mean 1950?" in said


def test_an_account_that_nobody_knows_is_accepted_with_a_warning(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    open_alert(tracker, segware)
    options = ("--never", "--reason", "x")
    result = tracker("alarms", "except", "default", "--account", "1905", *options)
    assert (result.exit_code, result.stderr) == (
        0,
        "warning: no account is known by the code 1905 yet; did you mean 1950?\n",
    )
    assert tracker("alarms", "except", "default", "--account", "1950", *options).stderr == ""
    # Known to the register alone: Segware has forgotten it.
    sql(database, "UPDATE accounts SET known = 0")
    assert tracker("alarms", "except", "default", "--account", "1950", *options).stderr == ""
    assert [one["account_code"] for one in listed(tracker)] == ["1905", "1950"]
    alarms(tracker, "create vip --accounts 2207")
    result = tracker("alarms", "except", "vip", "--account", "1950", *options)
    assert result.stderr == (
        "warning: the alarm 'vip' counts only the accounts of its list, "
        "and 1950 is not among them\n"
    )


def test_exceptions_make_no_version_and_outlive_an_edit(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create doors --codes E401 --value 5")
    before = {**shown(tracker, "doors"), "exceptions": None}
    alarms(tracker, "except doors --account 1950 --value 9 --reason x")
    assert {**shown(tracker, "doors"), "exceptions": None} == before
    alarms(tracker, "edit doors --value 6 --name portas")
    assert [one["value"] for one in shown(tracker, "portas")["exceptions"]] == [9]
    segware.add_events(NOON, PADARIA, "E401", count=8)
    assert tracker.scan()["opened"] == []
