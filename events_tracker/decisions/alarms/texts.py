"""An alarm as the texts that people would write to define it: what `changed` reads back."""

from collections.abc import Mapping

from events_tracker.base.parsing import joined
from events_tracker.base.times import format_duration
from events_tracker.model.alarms import Alarm
from events_tracker.model.versions import Content

SWITCHES = ("enabled", "notify", "include_table", "catch_up")
"""The fields that are on or off."""


def as_texts(alarm: Alarm | Content, names: Mapping[str, str]) -> dict[str, str | bool]:
    """Write an alarm by the names of the options; ``names`` are those of alarms by id.

    The detections of an alarm that is gone are written by its id, which no alarm is called.
    """
    rule, email = alarm.definition, alarm.email
    source_id = rule.source_alarm_id
    return {
        "name": alarm.name,
        "description": alarm.description,
        "priority": alarm.priority,
        "source": rule.source,
        "of": "" if source_id is None else names.get(source_id, source_id),
        "codes": joined(rule.codes),
        "cucs": joined(rule.cucs),
        "accounts": joined(rule.accounts),
        "companies": joined(rule.companies),
        "group_by": joined(rule.group_by),
        "condition": rule.condition,
        "field": rule.field or "",
        "operator": rule.operator.value,
        "value": str(rule.value),
        "values": joined([f"{code}={value}" for code, value in rule.values.items()]),
        "window": format_duration(rule.window),
        "enabled": alarm.enabled,
        "notify": alarm.notify,
        "channels": joined(alarm.channels),
        "email_subject": email.subject or "",
        "email_to": joined(email.to),
        "email_cc": joined(email.cc),
        "include_table": email.include_table,
        "catch_up": alarm.catch_up,
        "clear_below": "" if alarm.clear_below is None else f"{alarm.clear_below}%",
        "clear_after": "" if alarm.clear_after is None else format_duration(alarm.clear_after),
    }
