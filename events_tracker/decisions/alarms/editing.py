"""The next state of an alarm, from what people ask for; what cannot be is refused."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import asdict, replace

from events_tracker.base.errors import Changed, Refused
from events_tracker.base.problems import Problem
from events_tracker.decisions.alarms.changes import changed
from events_tracker.decisions.alarms.rules import detect_alike, problems
from events_tracker.model.alarms import DEFAULT_ALARM, Alarm, Definition
from events_tracker.model.versions import OWN_FIELDS, Content


def still(living: Mapping[str, Alarm], read: Alarm, version: int | None) -> Alarm:
    """Return an alarm as it is now. Raises Changed if it is not this version any more, or gone."""
    stored = living.get(read.id)
    if stored is None:
        raise Changed(read.name, None, None)
    if version is not None and stored.version != version:
        raise Changed(read.name, *stored.last_signed)
    return stored


def created(
    first: Alarm, given: Mapping[str, Any], others: Mapping[str, Alarm], *, named: bool = True
) -> Alarm:
    """Make a new alarm of what was given. Raises Refused with everything that cannot be.

    Not ``named``: whether it may have its name is not asked yet.
    """
    alarm = changed(first, given, others)
    if named and any(other.name == alarm.name for other in others.values()):
        raise Refused([Problem("name", "name_taken", given=alarm.name)])
    _refuse([one for one in problems(alarm, others) if named or one.field != "name"])
    return alarm


def edited(before: Alarm, given: Mapping[str, Any], others: Mapping[str, Alarm]) -> Alarm:
    """Make the next state of an alarm. Raises Refused with everything that cannot be."""
    return _next(before, changed(before, given, others), others)


def restored(before: Alarm, content: Content, others: Mapping[str, Alarm]) -> Alarm:
    """Make of an alarm what people had set. Raises Refused with everything that cannot be now."""
    fields = asdict(content)
    if before.id == DEFAULT_ALARM:
        # The rest of it is not people's to change.
        del fields["name"], fields["definition"]
    return _next(before, replace(before, **fields), others)


def _next(before: Alarm, alarm: Alarm, others: Mapping[str, Alarm]) -> Alarm:
    """Give a changed alarm its revision."""
    _refuse(_edit_problems(before, alarm, others))
    if detect_alike(alarm.definition, before.definition):
        return alarm
    return replace(alarm, revision=before.revision + 1, detections=0)


def _edit_problems(before: Alarm, after: Alarm, others: Mapping[str, Alarm]) -> list[Problem]:
    if before.id == DEFAULT_ALARM:
        if after.name != before.name:
            return [Problem("name", "default_name", given=after.name)]
        if after.definition != before.definition:
            return [Problem("", "default_definition")]
        for field in OWN_FIELDS:
            if getattr(after, field) is not None:
                return [Problem(field, "default_clearing")]
        # Its definition is the settings' matter, also where what is stored is older than they are.
        after = replace(after, definition=Definition())
    found = problems(after, others)
    if before.name == after.name:
        # A name that is kept was fine once; only `default` has one that nobody may choose.
        return [problem for problem in found if problem.field != "name"]
    if any(other.name == after.name for other in others.values() if other.id != after.id):
        found.append(Problem("name", "name_taken", given=after.name))
    return found


def _refuse(found: Sequence[Problem]) -> None:
    if found:
        raise Refused(found)
