"""Which alarms a scan evaluates, and in what the environment differs from the stored `default`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.errors import SetupError, UsageError
from events_tracker.base.text import did_you_mean, folded, nearest
from events_tracker.decisions.alarms.default import differing_settings
from events_tracker.model.alarms import DEFAULT_ALARM, Alarm, Source
from events_tracker.model.filters import listed

if TYPE_CHECKING:
    from events_tracker.passes.scan.look import Request


class Rules(Struct, frozen=True):
    """The alarms to evaluate, and in what the environment differs from the stored `default`.

    ``afresh`` has the id of `default` where a dry run takes it as the environment defines it: what
    it opened before would be closed. ``left_out`` are the names of those that say nothing of the
    account that is asked for.
    """

    alarms: Sequence[Alarm]
    longest: int
    differing: Sequence[str]
    afresh: frozenset[str]
    left_out: Sequence[str]


def rules_of(request: "Request", stored: Sequence[Alarm]) -> Rules:
    """Choose what a scan evaluates.

    Raises SetupError if nothing is stored, and UsageError if the alarm that a dry run is narrowed
    to is not there.
    """
    default = next((alarm for alarm in stored if alarm.id == DEFAULT_ALARM), None)
    if default is None:
        raise SetupError("the alarm `default` is not stored yet: run `tracker init`")
    differing = differing_settings(default.definition, request.environment)
    foresees = request.dry_run and not request.explains
    afresh = frozenset({DEFAULT_ALARM} if differing and foresees else ())
    alarms = [alarm for alarm in stored if alarm.enabled]
    if request.at is not None:
        # A past moment is evaluated as if nothing had been seen after it.
        alarms = [replace(alarm, evaluated_until=None) for alarm in alarms]
    if afresh:
        foreseen = replace(default, definition=request.environment, revision=default.revision + 1)
        alarms = [foreseen if alarm.id in afresh else alarm for alarm in alarms]
    if request.alarm is not None:
        chosen = [_with_sources(name, alarms) for name in listed(request.alarm)]
        alarms = list({alarm.id: alarm for some in chosen for alarm in some}.values())
    left_out: list[str] = []
    if request.account is not None:
        left_out = [a.name for a in alarms if "account" not in a.definition.group_by]
        alarms = [alarm for alarm in alarms if alarm.name not in left_out]
    over_events = [alarm for alarm in alarms if alarm.definition.source == Source.EVENTS]
    windows = [alarm.definition.window for alarm in over_events]
    longest = max(windows, default=request.environment.window)
    return Rules(alarms, longest, differing, afresh, left_out)


def _with_sources(name: str, alarms: Sequence[Alarm]) -> list[Alarm]:
    """Choose the alarm of this name, and those whose detections it counts."""
    by_id = {alarm.id: alarm for alarm in alarms}
    following = next((alarm for alarm in alarms if folded(alarm.name) == folded(name)), None)
    if following is None:
        hint = did_you_mean(nearest(name, (alarm.name for alarm in alarms)))
        raise UsageError(f"there is no enabled alarm called {name!r}{hint}")
    found: list[Alarm] = []
    while following is not None and following not in found:
        found.append(following)
        following = by_id.get(following.definition.source_alarm_id or "")
    return found


def differing(rules: Rules) -> str | None:
    """Say in what the environment differs from what is stored, and which of them was used."""
    if not rules.differing:
        return None
    differs = (
        f"the environment differs from the stored alarm `default` in {', '.join(rules.differing)}: "
    )
    if rules.afresh:
        return differs + "this is what would hold after `tracker init`"
    return differs + "the stored one was used; `tracker init` adopts the environment's"
