"""What event codes mean."""

import pytest

from events_tracker.base.problems import ENGLISH, PORTUGUESE
from events_tracker.decisions.alarms.templates import TEMPLATES
from events_tracker.messages.codes import code_alone, explained, family, known_codes, meaning
from events_tracker.reports.codes import nearest_code
from events_tracker.settings.catalog import CATALOG
from events_tracker.simulator.living import HISTORY, Life
from events_tracker.simulator.world import HOUR, demo_world


@pytest.mark.parametrize(
    ("code", "portuguese", "english"),
    [
        ("E130", "arrombamento", "burglary"),
        ("1130", "arrombamento", "burglary"),
        ("R130", "arrombamento, restauração", "burglary, restore"),
        ("3301", "falta de energia, restauração", "AC loss, restore"),
        ("E401", "desarmado", "opening"),
        ("3401", "armado", "closing"),
        ("P602", "teste periódico", "periodic test"),
    ],
)
def test_a_code_is_said_in_a_word_or_two(code: str, portuguese: str, english: str) -> None:
    assert (meaning(code, PORTUGUESE), meaning(code, ENGLISH)) == (portuguese, english)


@pytest.mark.parametrize("code", [None, "", "E999", "E13O", "130", "E1300", "2130", "X130"])
def test_what_is_no_code_of_contact_id_means_nothing(code: str | None) -> None:
    assert meaning(code, PORTUGUESE) is None


def test_every_code_to_choose_from_has_a_meaning() -> None:
    assert all(meaning(code, ENGLISH) for code in known_codes())
    assert "E130" in known_codes()


@pytest.mark.parametrize(
    ("code", "portuguese", "english"),
    [
        ("1401", "desarmado", "opening"),
        ("R408", "armado", "closing"),
        ("3456", "armado parcial", "closing, partial"),
        ("E454", "não armou no horário", "failed to close"),
        ("E702", "excesso de eventos (deste sistema)", "too many events (of this system)"),
    ],
)
def test_arming_is_said_by_what_was_done_and_our_own_code_is_said_to_be_ours(
    code: str, portuguese: str, english: str
) -> None:
    assert (meaning(code, PORTUGUESE), meaning(code, ENGLISH)) == (portuguese, english)


def test_every_code_of_settings_templates_and_demo_has_a_meaning() -> None:
    start = 1_795_262_400_000
    world = demo_world(start)
    sent = (*world.events, *Life(world, start).events(start - HISTORY, start + HOUR))
    codes = {event.code for event in sent}
    codes.update(*(template.definition.codes for template in TEMPLATES.values()))
    defaults = {setting.name: setting.default for setting in CATALOG}
    codes.update(str(defaults["TRACKER_CODES"]).split(","), [str(defaults["SEGWARE_ALARM_CODE"])])
    assert {"E130", "E301", "1401", "E702"} < codes
    assert {code for code in codes if meaning(code, PORTUGUESE) is None} == set()
    assert {code for code in codes if family(code) is None} == set()


def test_what_is_shown_beside_a_code_can_be_taken_off_again() -> None:
    assert explained("E130", ENGLISH) == "E130 burglary"
    assert code_alone("E130 burglary") == "E130"
    for text in ("X1", "two words", "E130 other words", ""):
        assert code_alone(explained(text, ENGLISH)) == text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("E13O", "E130"),
        ("el30", "E130"),
        ("EE130", "E130"),
        ("E-130", "E130"),
        ("1E30", "E130"),
        ("E1300", None),  # E130 with a nought too many, or E300 with a one?
        ("E13", None),
        ("E999", None),
        ("X", None),
    ],
)
def test_a_code_is_taken_for_another_only_where_there_is_hardly_a_doubt(
    typed: str, meant: str | None
) -> None:
    assert nearest_code(typed, known_codes()) == meant


def test_a_code_of_ones_own_is_found_by_a_single_slip() -> None:
    assert nearest_code("AUX71", {"AUX17", "E130"}) == "AUX17"
    assert nearest_code("AUX71", {"AUX17", "AUX73"}) is None
