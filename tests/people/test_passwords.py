"""Passwords: hashed with care, and as slow for nobody as for somebody."""

import pytest

from events_tracker.model.people import Person
from events_tracker.web import passwords
from events_tracker.web.passwords import check, hashed


@pytest.fixture(autouse=True)
def quick_passwords() -> None:
    """Not here: they are hashed as in earnest."""


def test_they_are_hashed_in_earnest() -> None:
    assert hashed("correct horse").startswith("scrypt:32768:8:1$")


def person(password: str) -> Person:
    return Person("Ana", hashed(password), "", 0, 0)


def test_a_hash_has_a_salt_of_its_own() -> None:
    assert hashed("correct horse") != hashed("correct horse")


def test_a_password_is_compared_as_it_is() -> None:
    ana = person("correct horse")
    assert check("correct horse", ana)
    for wrong in ("", "correct hors", "Correct horse", "correct horse ", ana.password):
        assert not check(wrong, ana)


def test_letters_are_the_same_however_they_are_encoded() -> None:
    assert check("sena\u0301culos", person("sen\u00e1culos"))


def test_nobody_has_no_password_and_is_asked_with_the_same_effort() -> None:
    assert not check("correct horse", None)
    assert not check("", None)
    method, salt, digest = passwords._NOBODYS.split("$")
    of_somebody = hashed("x").split("$")
    assert [method, len(salt), len(digest)] == [of_somebody[0], *map(len, of_somebody[1:])]
