"""Names from Segware are data: nothing in them acts on a terminal, a spreadsheet or a program."""

import csv
import io
import json
import os

import pytest

from events_tracker.simulator.simulator import Reply, Simulator, json_reply
from tests.support.engines import on_sqlite
from tests.support.world import NOON, PADARIA, Console, Tracker, finish

NAMES = {
    "markup": "[bold]Ana[/bold] [link=http://x]",
    "terminal escapes": "Bar \x1b[31m\x1b]0;owned\x07 do \x9b2J Zé",
    "quotes": """O'Hara "x"; DROP TABLE triggers; -- \\' %s :name ?""",
    "emoji": "Açaí 🍇 da Praça 👩‍👩‍👧",
    "formula": '=cmd|"/C calc"!A1',
    "plus": "+55 11 99999-0000",
    "at": "@SUM(1+1)",
    "tab": "\tTab",
    "line break": "um\r\ndois\ntrês",
    "right to left": "abc\u202edcba\u2066\ufeff",
    "html": "<script>alert(1)</script>&amp;",
    "long": "Á" * 400,
}
HARMFUL = set(map(chr, [*range(32), *range(0x7F, 0xA0)])) - {"\n"} | set("\u202e\u2066\ufeff")


@pytest.fixture
def named(tracker: Tracker, segware: Simulator) -> None:
    """For each name an alert is open whose account, company and client group are called so."""
    for id_, name in enumerate(NAMES.values(), start=1_000):
        segware.add_company(id_, name)
        segware.add_client_group(id_, name)
        segware.add_account(id_, str(id_), name, id_, id_)
        segware.add_events(NOON, id_, "E130", name[:32], count=60)
    assert len(tracker.scan()["opened"]) == len(NAMES)


@pytest.mark.usefixtures("named")
def test_names_come_out_whole_and_harmless_as_json(tracker: Tracker) -> None:
    text = tracker("history", "--format", "json").stdout
    assert not HARMFUL & set(text)
    alerts = json.loads(text)
    names = {name[:200] for name in NAMES.values()}
    assert {alert["trade_name"] for alert in alerts} == names
    assert {alert["company"] for alert in alerts} == names
    assert {alert["client_group"] for alert in alerts} == names
    assert {alert["cuc"] for alert in alerts} == {name[:32] for name in names}


@pytest.mark.usefixtures("named")
def test_names_come_out_harmless_as_csv(tracker: Tracker) -> None:
    text = tracker("history", "--format", "csv").stdout
    assert not HARMFUL & set(text)
    assert text.count("\n") == 1 + len(NAMES)
    found = {row["account_code"]: row for row in csv.DictReader(io.StringIO(text))}
    for id_, name in enumerate(NAMES.values(), start=1_000):
        cell = found[str(id_)]["trade_name"]
        assert cell.startswith("'") == name.startswith(("=", "+", "-", "@", "\t", "\r"))
        if name.isprintable():
            assert cell.removeprefix("'") == name[:200]


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("command", [("history",), ("scan", "--dry-run")])
def test_names_come_out_harmless_in_a_table(tracker: Tracker, command: tuple[str, ...]) -> None:
    text = tracker(*command).stdout
    assert not HARMFUL & set(text)
    assert len([line for line in text.splitlines() if "E130" in line]) == len(NAMES)
    assert r"Bar \x1b[31m\x1b]0;owned\x07 do \x9b2J Zé" in text
    assert "[bold]Ana[/bold] [link=http://x]" in text
    assert "Á" * 200 in text, "nothing is cut where no terminal is"


@pytest.mark.usefixtures("named")
def test_every_name_can_be_searched_for(tracker: Tracker) -> None:
    for name in NAMES.values():
        assert [entry["company"] for entry in tracker.history("--company", name[:200])] == [
            name[:200]
        ]


@on_sqlite
def test_names_come_out_harmless_on_a_terminal(
    console: Console, tracker: Tracker, segware: Simulator
) -> None:
    segware.add_account(PADARIA, "1950", NAMES["terminal escapes"], 11)
    segware.add_company(11, NAMES["markup"])
    segware.add_events(NOON, PADARIA, "E130", count=60)
    tracker.scan()
    master, terminal = os.openpty()
    command = console.start("history", COLUMNS="400", TERM="xterm-256color", stdout=terminal)
    os.close(terminal)
    assert finish(command).exit_code == 0
    shown = os.read(master, 100_000).decode()
    os.close(master)
    assert r"Bar \x1b[31m\x1b]0;owned\x07 do" in shown
    assert "[bold]Ana[/bold]" in shown
    assert "\x1b]0;" not in shown
    assert "\x1b[31m" not in shown


@on_sqlite
@pytest.mark.usefixtures("initialised")
def test_what_an_alarm_was_given_comes_out_harmless_in_errors(tracker: Tracker) -> None:
    codes = "1950\u202e\u200b\x9b31m"
    assert tracker("alarms", "create", "doors", "--accounts", codes).exit_code == 0
    result = tracker("scan")
    assert result.exit_code == 1
    assert not (HARMFUL | {"\u200b"}) & set(result.stderr)
    assert r"no account with the code 1950\u202e\u200b\x9b31m" in result.stderr


def test_lone_surrogates_become_replacement_characters(
    tracker: Tracker, segware: Simulator
) -> None:
    body = b'{"id": 7, "accountCode": "19\\ud80050", "tradeName": "\\udc00x", "companyId": null}'
    segware.fail_always("/v5/accounts", Reply(200, body))
    event = b'{"accountId": 7, "code": "E130", "cuc": "\\ud800"}'
    segware.fail("/v1/events", Reply(200, b"[" + b",".join([event] * 60) + b"]"))
    (alert,) = tracker.scan()["opened"]
    assert (alert["account_code"], alert["trade_name"]) == ("19\ufffd50", "\ufffdx")
    assert alert["cuc"] == "\ufffd"
    for format_ in ("json", "csv", "table"):
        result = tracker("history", "--format", format_)
        assert result.exit_code == 0
        assert "\ufffd" in result.stdout


@pytest.mark.parametrize(
    ("code", "stored"),
    [
        (1950, "1950"),
        (" 1950 ", "1950"),
        ("=1950", "=1950"),
        ("1" * 32, "1" * 32),
        # What was cut could be another account's.
        ("1" * 33, None),
        ("", None),
        (" \t ", None),
        (True, None),
    ],
)
def test_account_codes_are_kept_as_texts_whole_or_not_at_all(
    tracker: Tracker, segware: Simulator, code: object, stored: str | None
) -> None:
    account = {"id": PADARIA, "accountCode": code, "tradeName": 5, "companyId": "x"}
    segware.fail_always("/v5/accounts", json_reply(200, account))
    segware.add_events(NOON, PADARIA, "E130", count=60)
    (alert,) = tracker.scan()["opened"]
    assert alert["account_code"] == stored
    assert (alert["trade_name"], alert["company"]) == (None, None)
