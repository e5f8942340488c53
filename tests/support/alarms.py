"""Alarms in tests: making them, and reading what became of them."""

import shlex
from collections.abc import Iterable
from typing import Any

from events_tracker.base.times import iso
from events_tracker.simulator.simulator import Handler, Simulator, json_reply
from tests.support.world import Tracker


def alarms(tracker: Tracker, line: str, exit_code: int = 0) -> str:
    """Run `tracker alarms` with the words of this line, which must end so; what it said."""
    result = tracker("alarms", *shlex.split(line))
    assert result.exit_code == exit_code, result.stderr
    return result.stderr if exit_code else result.stdout


def shown(tracker: Tracker, name: str) -> dict[str, Any]:
    """The JSON of `tracker alarms show`."""
    result = tracker("alarms", "show", name, "--format", "json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = result.json
    return found


def listed(tracker: Tracker) -> list[dict[str, Any]]:
    """The JSON of `tracker alarms list`."""
    result = tracker("alarms", "list", "--format", "json")
    assert result.exit_code == 0, result.stderr
    found: list[dict[str, Any]] = result.json
    return found


def names(alerts: Iterable[dict[str, Any]]) -> list[str]:
    """Whose alerts these are: the alarms' names, sorted."""
    return sorted(alert["alarm"] for alert in alerts)


def of(alarm: str, alerts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The alerts of this alarm."""
    return [alert for alert in alerts if alert["alarm"] == alarm]


def fail_events_before(segware: Simulator, at: int) -> None:
    """Answer 500 to whoever asks for events that begin before this moment."""

    def answer(handler: Handler) -> None:
        early = handler.received.query["startDate"] < iso(at)
        handler.send(json_reply(500, {}) if early else handler.normal_reply())

    segware.fail_always("/v1/events", answer)
