"""Texts from outside: cut to fit, and made visible."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events_tracker.base.text import is_unseen, storable, visible

ANY = st.text(st.characters())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Padaria São José 🍞", "Padaria São José 🍞"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\r\nb\tc", r"a\x0d\x0ab\x09c"),
        ("\x9b\x7f\x00", r"\x9b\x7f\x00"),
        ("abc\u202edef\u2066\ufeff", r"abc\u202edef\u2066\ufeff"),
        ("a\u2028b", r"a\u2028b"),
    ],
)
def test_what_cannot_be_seen_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(ANY)
def test_no_control_or_bidirectional_character_is_left(text: str) -> None:
    shown = visible(text)
    assert not [letter for letter in shown if unicodedata.category(letter) == "Cc"]
    assert not [
        letter
        for letter in shown
        if unicodedata.bidirectional(letter) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI"}
    ]
    assert is_unseen(text) == (shown != text)


@given(ANY, st.integers(1, 20))
def test_every_text_can_be_stored(text: str, width: int) -> None:
    kept = storable(text, width)
    assert kept is not None
    assert len(kept) <= width
    kept.encode()


@pytest.mark.parametrize("value", [None, 5, True, ["x"], {"x": 1}, 1.5])
def test_what_is_no_text_is_nothing(value: object) -> None:
    assert storable(value, 10) is None


def test_lone_surrogates_are_replaced_and_pairs_are_kept() -> None:
    assert storable("a\ud800b", 10) == "a\ufffdb"
    assert storable("\ud83c\udf47", 10) == "🍇"
