"""ALARM: an alarm as programs read it."""

from collections.abc import Mapping
from typing import Any

from events_tracker.base.times import SECOND, Instant, iso
from events_tracker.model.alarms import Alarm

ALARM_FIELDS = (
    "name",
    "defined_in",
    "description",
    "priority",
    "source",
    "of",
    "codes",
    "cucs",
    "accounts",
    "companies",
    "group_by",
    "condition",
    "field",
    "operator",
    "value",
    "values",
    "window",
    "enabled",
    "notify",
    "channels",
    "email",
    "catch_up",
    "status",
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
"""The fields of ALARM, in the contract's order."""


def alarm_object(alarm: Alarm, names: Mapping[str, str]) -> dict[str, Any]:
    """Write an alarm as the contract's ALARM; ``names`` are those of alarms by id."""
    rule, email = alarm.definition, alarm.email
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
        "channels": list(alarm.channels),
        "email": {
            "subject": email.subject,
            "to": list(email.to),
            "cc": list(email.cc),
            "include_table": email.include_table,
        },
        "changed_at": _time(alarm.changed_at),
        "last_run_at": _time(alarm.last_run_at),
        "last_detection_at": _time(alarm.last_detection_at),
        "created_at": _time(alarm.created_at),
    }
    for field in ALARM_FIELDS:
        if field not in found:
            found[field] = getattr(rule if hasattr(rule, field) else alarm, field)
    return {field: found[field] for field in ALARM_FIELDS}


def _time(at: Instant | None) -> str | None:
    return None if at is None else iso(at)
