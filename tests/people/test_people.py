"""`tracker people` says who may sign in, and keeps no password."""

import sys

import pytest

from events_tracker.model.people import Person
from events_tracker.web.passwords import check
from tests.support.engines import dump, on_sqlite, sql
from tests.support.people import PASSWORD, add, everybody, people
from tests.support.world import Tracker


def kept(database: str, name: str) -> Person:
    """What is kept of a person."""
    columns = "name, password, session_key, added_at, password_at"
    rows = sql(database, f"SELECT {columns} FROM people")
    return next(Person(*row) for row in rows if row[0] == name)


def test_somebody_is_let_in_listed_and_let_out(tracker: Tracker, database: str) -> None:
    assert people(tracker, "add", "José da Silva", "--password-stdin").stdout == (
        "'José da Silva' may sign in.\n"
    )
    tracker.clock.advance(1000)
    add(tracker, "Ana")
    assert everybody(tracker) == [
        {
            "name": "Ana",
            "added_at": "2026-11-21T12:00:01.000Z",
            "password_at": "2026-11-21T12:00:01.000Z",
            "tokens": 0,
        },
        {
            "name": "José da Silva",
            "added_at": "2026-11-21T12:00:00.000Z",
            "password_at": "2026-11-21T12:00:00.000Z",
            "tokens": 0,
        },
    ]
    assert check(PASSWORD, kept(database, "Ana"))
    assert not check(PASSWORD + "x", kept(database, "Ana"))
    assert people(tracker, "remove", "Ana").stdout == "'Ana' may not sign in any more.\n"
    assert [one["name"] for one in everybody(tracker)] == ["José da Silva"]


def test_another_password_is_another_key_for_sessions(tracker: Tracker, database: str) -> None:
    add(tracker, "Ana")
    before = kept(database, "Ana")
    tracker.clock.advance(1000)
    result = people(tracker, "password", "Ana", "--password-stdin", password="something else\r\n")
    assert result.stdout == "'Ana' has another password and is signed out everywhere.\n"
    after = kept(database, "Ana")
    assert check("something else", after)
    assert not check(PASSWORD, after)
    assert after.session_key != before.session_key
    assert (after.added_at, after.password_at) == (before.added_at, before.added_at + 1000)


def test_who_comes_back_under_the_same_name_has_another_key(
    tracker: Tracker, database: str
) -> None:
    add(tracker, "Ana")
    before = kept(database, "Ana")
    people(tracker, "remove", "Ana")
    add(tracker, "Ana")
    assert kept(database, "Ana").session_key != before.session_key


def test_no_password_is_printed_or_kept(tracker: Tracker, database: str) -> None:
    said = [
        people(tracker, "add", "Ana", "--password-stdin"),
        people(tracker, "password", "Ana", "--password-stdin"),
        people(tracker, "add", "Ana", "--password-stdin"),
        people(tracker, "add", "Rui", "--password-stdin", password=PASSWORD[:9]),
        people(tracker, "list"),
        people(tracker, "list", "--format", "csv"),
    ]
    told = "".join(result.stdout + result.stderr for result in said) + repr(dump(database))
    assert PASSWORD[:9] not in told
    assert "scrypt" not in "".join(result.stdout for result in said)
    person = kept(database, "Ana")
    assert person.password not in repr(person)


@pytest.mark.parametrize("name", ["Ana", "ANA", "Ana Paula", "J\u00f3se", "Jo\u0301se"])
def test_a_name_is_taken_however_it_is_written(tracker: Tracker, name: str) -> None:
    for taken in ("Ana", "Ana Paula", "J\u00f3se"):
        add(tracker, taken)
    result = people(tracker, "add", name, "--password-stdin")
    assert result.exit_code == 2
    assert "is taken" in result.stderr
    assert len(everybody(tracker)) == 3


@pytest.mark.parametrize("command", ["password", "remove"])
def test_an_unknown_name_is_refused_with_the_nearest(tracker: Tracker, command: str) -> None:
    add(tracker, "José")
    result = tracker("people", command, "jose")
    assert result.exit_code == 2
    assert result.stderr == "error: there is nobody called 'jose'; did you mean 'José'?\n"
    assert tracker("people", command, "x").stderr == "error: there is nobody called 'x'\n"


@pytest.mark.parametrize("name", ["J\u00f3se", "Jo\u0301se"])
def test_a_name_is_found_however_its_letters_are_encoded(tracker: Tracker, name: str) -> None:
    add(tracker, "Jo\u0301se")
    assert [one["name"] for one in everybody(tracker)] == ["J\u00f3se"]
    assert people(tracker, "remove", name).exit_code == 0
    assert everybody(tracker) == []


@pytest.mark.parametrize(
    "name", ["", " Ana", "Ana ", "A\tna", "A\u202ena", "\u200b", "A\nna", "a" * 81, "A\udcffna"]
)
@on_sqlite
def test_what_no_name_can_be(tracker: Tracker, name: str) -> None:
    result = people(tracker, "add", name, "--password-stdin")
    assert result.exit_code == 2
    assert result.stderr == (
        "error: write a name of 1 to 80 visible characters, without spaces around it\n"
    )
    assert everybody(tracker) == []


def test_the_longest_name_and_password_fit(tracker: Tracker, database: str) -> None:
    add(tracker, "𝒜" * 80, "é" * 1000)
    assert check("é" * 1000, kept(database, "𝒜" * 80))


LENGTHS = "error: the password must have 10 to 1000 characters\n"


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("123456789\n", LENGTHS),
        ("", LENGTHS),
        ("x" * 1001, LENGTHS),
        ("é" * 100_000, LENGTHS),
        ("first line\nsecond line\n", "error: the password is more than one line\n"),
        (
            b"\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\n",
            "error: the password is not a text in UTF-8\n",
        ),
    ],
)
@on_sqlite
def test_what_no_password_can_be(tracker: Tracker, password: str | bytes, said: str) -> None:
    result = people(tracker, "add", "Ana", "--password-stdin", password=password)
    assert (result.exit_code, result.stderr) == (2, said)
    assert everybody(tracker) == []


@on_sqlite
def test_without_a_terminal_there_is_nobody_to_ask(tracker: Tracker) -> None:
    result = people(tracker, "add", "Ana")
    assert result.exit_code == 2
    assert result.stderr == "error: there is no terminal to ask on: use --password-stdin\n"


@on_sqlite
def test_people_read_a_table(tracker: Tracker) -> None:
    assert "Nobody may sign in yet" in tracker("people", "list").stdout
    add(tracker, "Ana")
    heading, row = tracker("people", "list").stdout.splitlines()
    assert heading.split() == ["Name", "Added", "Password", "since", "Tokens"]
    assert row.split() == ["Ana", *["2026-11-21", "09:00:00-03:00"] * 2, "0"]
    assert tracker("people", "list", "--format", "csv").stdout.splitlines() == [
        "name,added_at,password_at,tokens",
        "Ana,2026-11-21T12:00:00.000Z,2026-11-21T12:00:00.000Z,0",
    ]


@on_sqlite
def test_quiet_says_nothing(tracker: Tracker) -> None:
    tracker.stdin = PASSWORD
    assert tracker("-q", "people", "add", "Ana", "--password-stdin").stdout == ""


@on_sqlite
def test_without_the_extra_it_says_how_to_get_it(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "flask", None)
    for command in (["people", "list"], ["people", "add", "Ana"]):
        result = tracker(*command)
        assert result.exit_code == 2
        assert result.stderr == (
            "error: the pages are not installed: pip install 'events-tracker[web]'\n"
        )
