"""The versions of an alarm: what changed from one to the next, and the way back."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from msgspec import Struct

from events_tracker.base.errors import UsageError
from events_tracker.decisions.alarms.rules import detect_alike
from events_tracker.model.alarms import Alarm
from events_tracker.model.versions import CONTENT_FIELDS, OWN_FIELDS, Content, Version

_IN_NO_ORDER = ("codes", "cucs", "accounts", "companies", "group_by", "channels")
"""Lists whose order means nothing."""


class Difference(Struct, frozen=True):
    """A field that people set, with what it was and what it is, as the model has them."""

    field: str
    old: Any
    new: Any


class Step(Struct, frozen=True):
    """A version, and what differs in it from the one before; nothing in the first that is known."""

    version: Version
    differences: tuple[Difference, ...]

    @property
    def changed(self) -> list[str]:
        """The fields that differ."""
        return [difference.field for difference in self.differences]


def differences(old: Content, new: Content) -> tuple[Difference, ...]:
    """Find what differs, in the contract's order of fields."""
    fields = (*CONTENT_FIELDS, *OWN_FIELDS)
    pairs = ((field, old.value_of(field), new.value_of(field)) for field in fields)
    return tuple(
        Difference(field, before, after)
        for field, before, after in pairs
        if _comparable(field, before) != _comparable(field, after)
    )


def alike(one: Alarm, other: Alarm) -> bool:
    """Tell whether people set both the same."""
    return not differences(Content.of(one), Content.of(other))


def _comparable(field: str, value: Any) -> Any:
    return sorted(value) if field in _IN_NO_ORDER else value


def present(alarm: Alarm, comment: str | None) -> Version:
    """Make the version that an alarm is now, with the comment of the change that made it."""
    by, at = alarm.last_signed
    return Version(alarm.version, at, by, comment or None, Content.of(alarm))


def whole(alarm: Alarm, stored: Sequence[Version]) -> list[Version]:
    """Complete an alarm's stored versions, newest first: one as old as they may lack the present.

    An alarm that was made before versions were kept has none until it is changed.
    """
    if any(version.version == alarm.version for version in stored):
        return list(stored)
    return [present(alarm, alarm.comment), *stored]


def steps(versions: Sequence[Version]) -> list[Step]:
    """Set each version, newest first, beside the one before it."""
    return [
        Step(version, () if earlier is None else differences(earlier.content, version.content))
        for version, earlier in zip_longest(versions, versions[1:])
    ]


def first_of_revision(alarm: Alarm, versions: Sequence[Version], revision: int) -> Version | None:
    """Find the version that made a revision, of those newest first; None if none of it is known.

    Where versions were not kept yet when it was made, it is the oldest of them.
    """
    number, found = alarm.revision, None
    for version, earlier in zip_longest(versions, versions[1:]):
        if number == revision:
            found = version
        if earlier is None or number < revision:
            break
        if not detect_alike(version.content.definition, earlier.content.definition):
            number -= 1
    return found


def find_version(name: str, versions: Sequence[Version], number: int) -> Version:
    """Find a version, of those newest first. Raises UsageError with those that there are."""
    for version in versions:
        if version.version == number:
            return version
    newest, oldest = versions[0].version, versions[-1].version
    known = (
        f"is only version {newest}" if newest == oldest else f"are versions {oldest} to {newest}"
    )
    raise UsageError(f"the alarm {name!r} has no version {number}: there {known}")
