"""People in tests: letting them in, and reading who they are."""

from typing import Any

import pytest

from events_tracker.web import passwords
from tests.support.world import Result, Tracker

PASSWORD = "correct horse 42"


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash them with next to no effort: in earnest each costs a tenth of a second, by design."""
    quick = "scrypt:128:1:1"
    monkeypatch.setattr(passwords, "_NOBODYS", passwords._NOBODYS.replace(passwords._METHOD, quick))
    monkeypatch.setattr(passwords, "_METHOD", quick)


def people(tracker: Tracker, *args: str, password: str | bytes = PASSWORD) -> Result:
    """Run one command of `tracker people`, with a password on standard input."""
    tracker.stdin = password
    return tracker("people", *args)


def add(tracker: Tracker, name: str, password: str = PASSWORD) -> None:
    """Let somebody sign in."""
    result = people(tracker, "add", name, "--password-stdin", password=password)
    assert result.exit_code == 0, result.stderr


def everybody(tracker: Tracker) -> Any:
    """The JSON of `tracker people list`."""
    result = tracker("people", "list", "--format", "json")
    assert result.exit_code == 0, result.stderr
    return result.json
