"""The pages' words: the catalog has all of them, and is the one that is installed."""

import re
from collections.abc import Sequence

import pytest

from events_tracker.base.times import DAY, HOUR, MINUTE, SECOND
from events_tracker.web.languages import locale
from tests.support import catalog

HOLES = re.compile(r"%\(\w+\)[sd]")


def forms(text: str | Sequence[str] | None) -> list[str]:
    """The text; where it depends on a number, all its forms."""
    return [text] if isinstance(text, str) else list(text or [""])


def test_every_text_is_translated() -> None:
    stored = catalog.stored()
    found = {text if isinstance(text, str) else text[0] for text in catalog.wanted()}
    assert found == {m.id if isinstance(m.id, str) else m.id[0] for m in stored if m.id}
    for message in stored:
        assert all(forms(message.string)), message.id


def test_a_translation_has_the_same_holes() -> None:
    for message in catalog.stored():
        if message.id:
            one, other = forms(message.id), forms(message.string)
            assert set(HOLES.findall(one[-1])) == set(HOLES.findall(other[-1])), message.id


def test_the_compiled_catalog_is_that_of_the_source() -> None:
    assert catalog.MO.read_bytes() == catalog.compiled(catalog.stored())


@pytest.mark.parametrize(
    ("duration", "age", "window"),
    [
        (0, "0 s", "0 s"),
        (90 * SECOND, "1 min", "1 min 30 s"),
        (2 * HOUR, "2 h", "2 h"),
        (90 * MINUTE, "1 h 30 min", "1 h 30 min"),
        (DAY + 5 * MINUTE, "1 d", "1 d 5 min"),
        (2 * DAY + 3 * HOUR + MINUTE, "2 d 3 h", "2 d 3 h 1 min"),
    ],
)
def test_an_age_is_rough_and_a_window_is_exact(duration: int, age: str, window: str) -> None:
    here = locale("pt-BR", "America/Sao_Paulo")
    assert (here.age(duration), here.window(duration)) == (age, window)
