"""The explanation of an account, as programs read it: the contract's object."""

from collections.abc import Callable
from typing import Any

from events_tracker.base.times import Instant, iso
from events_tracker.formats.alarm import content_object
from events_tracker.formats.alert import alert_object
from events_tracker.formats.told import delivery_object
from events_tracker.model.alarms import RULE_FIELDS
from events_tracker.model.explanations import (
    ExplainedAlarm,
    ExplainedGroup,
    Explanation,
    Reason,
)
from events_tracker.model.versions import Content

Say = Callable[[Reason], str]
Mean = Callable[[str | None], str | None]
_FACTS = ("account_code", "trade_name", "company", "client_group")


def explanation_object(found: Explanation, say: Say, mean: Mean) -> dict[str, Any]:
    """Write an explanation; ``say`` makes sentences of reasons, ``mean`` tells what codes mean."""
    return {
        "account": {
            "account_id": found.account_id,
            **{field: getattr(found.account, field) for field in _FACTS},
        },
        "at": iso(found.at),
        "as_of": _time(found.as_of),
        "fetched": found.fetched,
        "alarms": [_alarm(alarm, found, say, mean) for alarm in found.alarms],
        "seen": [],
        "cause": None,
        "heard_at": _time(found.heard_at),
        "errors": list(found.errors),
    }


def _alarm(one: ExplainedAlarm, found: Explanation, say: Say, mean: Mean) -> dict[str, Any]:
    content = content_object(Content.of(one.alarm), found.names)
    return {
        "alarm": one.alarm.name,
        "revision": one.alarm.revision,
        "rule": {field: content[field] for field in RULE_FIELDS},
        "fetched": one.fetched,
        "groups": [_group(group, say, mean) for group in one.groups],
        "not_counted": [
            {"cuc": other.cuc, "code": other.code, "count": other.count, "reason": other.reason.key}
            for other in one.not_counted
        ],
    }


def _group(group: ExplainedGroup, say: Say, mean: Mean) -> dict[str, Any]:
    return {
        "cuc": group.cuc,
        "code": group.code,
        "meaning": mean(group.code),
        "quantity": group.quantity,
        "value": group.value,
        "state": group.state.value,
        "reasons": [{"key": reason.key, "text": say(reason)} for reason in group.reasons],
        "buckets": [
            {"start": iso(one.span.start), "end": iso(one.span.end), "count": one.count}
            for one in group.buckets
        ],
        "next": {
            "opens_with": group.next.opens_with,
            "below_at": _time(group.next.below_at),
            "over_at": _time(group.next.over_at),
        },
        "alert": None if group.alert is None else alert_object(group.alert),
        "deliveries": [delivery_object(one) for one in group.deliveries],
        "hold": None,
    }


def _time(at: Instant | None) -> str | None:
    return None if at is None else iso(at)
