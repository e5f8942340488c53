"""What event codes mean."""

import pytest

from events_tracker.base.problems import ENGLISH, PORTUGUESE
from events_tracker.messages.codes import known_codes, meaning


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
