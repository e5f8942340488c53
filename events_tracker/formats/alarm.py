"""ALARM: an alarm as programs read it."""

from collections.abc import Mapping, Sequence
from typing import Any

from events_tracker.base.times import SECOND, Instant, iso
from events_tracker.model.alarms import Alarm
from events_tracker.model.versions import CONTENT_FIELDS, OWN_FIELDS, Content, Version

ALARM_FIELDS = (
    "name",
    "defined_in",
    *CONTENT_FIELDS[1:],
    "changed_by",
    "changed_at",
    "comment",
    "last_run_at",
    "last_run_status",
    "last_error",
    "runs",
    "detections",
    "last_detection_at",
    "revision",
    "created_by",
    "created_at",
)
"""The fields that every ALARM has, in the contract's order."""


ALARM_TIMES = ("changed_at", "last_run_at", "last_detection_at", "created_at")


def alarm_object(alarm: Alarm, names: Mapping[str, str]) -> dict[str, Any]:
    """Write an alarm as the contract's ALARM; ``names`` are those of alarms by id."""
    found: dict[str, Any] = {
        **content_object(Content.of(alarm), names),
        "changed_at": _time(alarm.changed_at),
        "last_run_at": _time(alarm.last_run_at),
        "last_detection_at": _time(alarm.last_detection_at),
        "created_at": _time(alarm.created_at),
    }
    always = {
        field: found[field] if field in found else getattr(alarm, field) for field in ALARM_FIELDS
    }
    return {**always, **{field: found[field] for field in OWN_FIELDS if field in found}}


def content_object(content: Content, names: Mapping[str, str]) -> dict[str, Any]:
    """Write what people set of an alarm, as ALARM has it."""
    rule, email = content.definition, content.email
    found: dict[str, Any] = {
        "of": names.get(rule.source_alarm_id or ""),
        "codes": list(rule.codes),
        "cucs": list(rule.cucs),
        "accounts": list(rule.accounts),
        "companies": list(rule.companies),
        "group_by": list(rule.group_by),
        "operator": rule.operator.value,
        "values": dict(rule.values),
        "window": rule.window // SECOND,
        "channels": list(content.channels),
        "email": {
            "subject": email.subject,
            "to": list(email.to),
            "cc": list(email.cc),
            "include_table": email.include_table,
        },
    }
    always = {
        field: found[field] if field in found else content.value_of(field)
        for field in CONTENT_FIELDS
    }
    return {**always, **_own(content)}


def _own(content: Content) -> dict[str, int]:
    """Write what an alarm has of its own instead of the settings': in percent, and in seconds."""
    own: dict[str, int] = {}
    if content.clear_below is not None:
        own["clear_below"] = content.clear_below
    if content.clear_after is not None:
        own["clear_after"] = content.clear_after // SECOND
    return own


def version_object(
    version: Version, changed: Sequence[str], names: Mapping[str, str]
) -> dict[str, Any]:
    """Write a version of an alarm; ``changed`` are the fields that the one before had otherwise."""
    return {
        "version": version.version,
        "at": iso(version.changed_at),
        "by": version.changed_by,
        "comment": version.comment,
        "changed": list(changed),
        "alarm": content_object(version.content, names),
    }


def _time(at: Instant | None) -> str | None:
    return None if at is None else iso(at)
