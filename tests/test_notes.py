"""`tracker note`: what people write on one alert stays with it."""

import getpass

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.model.alerts import Situation
from events_tracker.model.filters import RegisterQuery
from events_tracker.reports import history
from events_tracker.reports.alert import Told, told
from events_tracker.simulator.simulator import Simulator
from events_tracker.storage import Store
from tests.support.engines import dump, on_sqlite
from tests.support.world import CONDOMINIO, NOON, Tracker, let_it_be_over, open_alert

UNKNOWN = "0" * 32


@pytest.fixture(autouse=True)
def start(initialised: None) -> None:
    """Every test here starts after `tracker init`."""


def note(tracker: Tracker, *args: str) -> None:
    result = tracker("note", *args)
    assert result.exit_code == 0, result.stderr


def all_told(store: Store, register_id: str) -> Told:
    found = told(store, register_id)
    assert found is not None
    return found


def test_notes_are_told_in_their_order_with_who_wrote_them(
    tracker: Tracker, segware: Simulator, store: Store
) -> None:
    register_id = open_alert(tracker, segware)
    other = open_alert(tracker, segware, CONDOMINIO)
    note(tracker, register_id, "client travels until Friday", "--by", "Ana")
    tracker.clock.advance(MINUTE)
    note(tracker, register_id, "zona 3 com defeito")
    notes = all_told(store, register_id).notes
    assert [(n.written_at, n.written_by, n.text, n.acknowledge) for n in notes] == [
        (NOON, "Ana", "client travels until Friday", False),
        (NOON + MINUTE, getpass.getuser(), "zona 3 com defeito", False),
    ]
    assert all_told(store, other).notes == []


def test_an_alert_is_whose_who_took_it_over_last(
    tracker: Tracker, segware: Simulator, store: Store
) -> None:
    register_id = open_alert(tracker, segware)
    other = open_alert(tracker, segware, CONDOMINIO)
    for who in ("Ana", "Rui"):
        tracker.clock.advance(MINUTE)
        note(tracker, register_id, "mine", "--acknowledge", "--by", who)
    tracker.clock.advance(MINUTE)
    note(tracker, register_id, "thanks", "--by", "Ana")
    alerts = list(history.slice_of(store, RegisterQuery(), 50).alerts)
    situations = history.situations(store, alerts)
    taken = situations[register_id]
    assert (taken.acknowledged_by, taken.acknowledged_at) == ("Rui", NOON + 2 * MINUTE)
    assert situations[other] == Situation(other, 60, NOON)


def test_it_stops_nothing_and_an_alert_that_is_over_takes_notes_too(
    tracker: Tracker, segware: Simulator, store: Store
) -> None:
    register_id = open_alert(tracker, segware)
    note(tracker, register_id, "mine", "--acknowledge")
    assert [alert["register_id"] for alert in tracker.scan()["ongoing"]] == [register_id]
    let_it_be_over(tracker, segware)
    note(tracker, register_id, "it was the cleaner")
    assert [n.text for n in all_told(store, register_id).notes] == ["mine", "it was the cleaner"]


@on_sqlite
def test_it_says_what_it_did(tracker: Tracker, segware: Simulator) -> None:
    register_id = open_alert(tracker, segware)
    result = tracker("note", register_id, "seen", "--by", "Ana\u202e")
    assert result.stdout == "Written, signed Ana\\u202e.\n"
    result = tracker("note", register_id, "mine", "--acknowledge", "--by", "Ana")
    assert result.stdout == "Written, signed Ana. Ana has the alert now.\n"
    assert tracker("-q", "note", register_id, "mine").stdout == ""
    result = tracker("note", register_id, "  mine\r\n", "--acknowledge", "--format", "json")
    assert result.json == {
        "at": "2026-11-21T12:00:00.000Z",
        "by": getpass.getuser(),
        "text": "mine",
        "acknowledge": True,
    }


@on_sqlite
def test_who_asked_sudo_signs(tracker: Tracker, segware: Simulator, store: Store) -> None:
    register_id = open_alert(tracker, segware)
    tracker("note", register_id, "seen", SUDO_USER="ana")
    tracker.clock.advance(1)
    tracker("note", register_id, "seen", "--by", "Rui", SUDO_USER="ana")
    assert [n.written_by for n in all_told(store, register_id).notes] == ["ana", "Rui"]


@on_sqlite
@pytest.mark.parametrize("text", ["", " \n", "x" * 2001])
def test_a_text_that_is_empty_or_too_long_is_refused(
    tracker: Tracker, segware: Simulator, database: str, text: str
) -> None:
    register_id = open_alert(tracker, segware)
    before = dump(database)
    result = tracker("note", register_id, text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "TEXT: write 1 to 2000 characters" in result.stderr
    assert dump(database) == before


def test_the_longest_text_is_kept_whole(tracker: Tracker, segware: Simulator, store: Store) -> None:
    text = "👷é" * 1000
    register_id = open_alert(tracker, segware)
    note(tracker, register_id, text, "--by", "ã" * 300)
    (written,) = all_told(store, register_id).notes
    assert (written.text, written.written_by) == (text, "ã" * 100)


@pytest.mark.parametrize("register_id", [UNKNOWN, "1950", "x'; --", "é" * 400])
def test_an_alert_that_is_not_there_is_refused(
    tracker: Tracker, database: str, register_id: str
) -> None:
    before = dump(database)
    result = tracker("note", register_id, "seen")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "`tracker history --wide` has the ids" in result.stderr
    assert dump(database) == before


@on_sqlite
def test_one_alert_is_listed_with_its_notes(tracker: Tracker, segware: Simulator) -> None:
    register_id = open_alert(tracker, segware)
    open_alert(tracker, segware, CONDOMINIO)
    tracker.clock.advance(HOUR)
    note(tracker, register_id, "not\x1b now", "--by", "Ana")
    tracker.clock.advance(1)
    note(tracker, register_id, "calling\nthem", "--by", "Rui", "--acknowledge")
    assert "calling" not in tracker("history").stdout
    shown = tracker("history", "--account", "1950").stdout.splitlines()
    assert register_id in shown[1]
    assert shown[2:] == [
        "",
        "Noted                      By   Note",
        "2026-11-21 10:00:00-03:00  Ana  not\\x1b now",
        "2026-11-21 10:00:00-03:00  Rui  took it over: calling them",
    ]
    assert "Noted" not in tracker("history", "--account", "2207").stdout
