"""The pages' words: the catalog has all of them, and is the one that is installed."""

import re
from collections.abc import Sequence

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
