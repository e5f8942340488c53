"""Problems: their words in both languages, filled alike."""

from string import Formatter

import pytest

from events_tracker.base.parsing import codes
from events_tracker.base.problems import ENGLISH, PORTUGUESE, WORDS, Problem, Unreadable, words


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_say_the_same_values(key: str) -> None:
    english, portuguese = (
        sorted(str(name) for _, name, _, _ in Formatter().parse(WORDS[key][language]) if name)
        for language in (ENGLISH, PORTUGUESE)
    )
    assert english == portuguese


def test_what_cannot_be_read_becomes_a_problem_of_a_field() -> None:
    with pytest.raises(Unreadable, match="write codes of 1 to 16 letters and digits") as caught:
        codes("E13*")
    assert "E13*" not in str(caught.value)  # it might have been a secret
    problem = caught.value.of("codes", "E13*")
    assert problem == Problem("codes", "codes", {"most": 16}, "E13*")
    assert words(problem, PORTUGUESE, str).startswith("escreva códigos de 1 a 16 letras e")
