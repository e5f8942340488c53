"""The versions of an alarm, and what differs between two, as people read it."""

from collections.abc import Mapping, Sequence

from flask import g
from msgspec import Struct

from events_tracker.base.text import shortened
from events_tracker.decisions.alarms.texts import as_texts
from events_tracker.model.versions import Content, Version
from events_tracker.reports.alarms import Versions
from events_tracker.web.alarm_forms import Typed
from events_tracker.web.alarm_words import CHOICES
from events_tracker.web.labels import LABELS


class Difference(Struct, frozen=True):
    """A field, by its label, with what it was and what it is."""

    field: str
    label: str
    old: str
    new: str


class ToldVersion(Struct, frozen=True):
    """A version, and what it changed; nothing in the first that is known."""

    version: Version
    differences: Sequence[Difference]


def told_versions(versions: Versions) -> list[ToldVersion]:
    """Tell of each version, newest first, what it changed."""
    steps = versions.steps
    earlier = [*steps[1:], None]
    return [
        ToldVersion(
            step.version,
            ()
            if before is None
            else differences(
                _texts(before.version.content, versions.names),
                _texts(step.version.content, versions.names),
            ),
        )
        for step, before in zip(steps, earlier, strict=True)
    ]


def differences(old: Typed, new: Typed) -> list[Difference]:
    """Find the fields in which two sets of texts differ; what one of them lacks is no difference.

    The order of a list means nothing.
    """
    return [
        Difference(
            field, g.locale.gettext(label), _said(field, old[field]), _said(field, new[field])
        )
        for field, label in LABELS.items()
        if field in old and field in new and _comparable(old[field]) != _comparable(new[field])
    ]


def _texts(content: Content, names: Mapping[str, str]) -> Typed:
    return {**as_texts(content, names), "status": content.status}


def _comparable(value: str | bool) -> object:
    if isinstance(value, bool):
        return value
    return sorted(item.strip() for item in value.split(","))


def _said(field: str, value: str | bool) -> str:
    say = g.locale.gettext
    if isinstance(value, bool):
        return str(say("yes") if value else say("no"))
    if value in CHOICES.get(field, ()):
        return str(say(CHOICES[field][value]))
    return shortened(value) or str(say("(empty)"))
