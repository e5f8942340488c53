"""People in tests: letting them in, and reading who they are."""

from typing import Any

from tests.support.world import Result, Tracker

PASSWORD = "correct horse 42"


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
