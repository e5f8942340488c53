"""The explanation of an account, as programs read it: the contract's object."""

from collections.abc import Callable, Sequence
from typing import Any

from events_tracker.base.times import Instant, iso
from events_tracker.formats.alarm import content_object
from events_tracker.formats.alert import alert_object
from events_tracker.formats.hold import hold_object
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
_WHOSE = ("account_code", "trade_name", "company")
_FACTS = (*_WHOSE, "client_group")


def explanation_object(
    found: Explanation, seen: Sequence[str], say: Say, mean: Mean
) -> dict[str, Any]:
    """Write an explanation; ``seen`` are sentences of what the account looks like.

    ``say`` makes sentences of reasons, ``mean`` tells what codes mean.
    """
    facts = {field: getattr(found.account, field, None) for field in _FACTS}
    return {
        "account": None if found.account is None else {"account_id": found.account_id, **facts},
        "at": iso(found.at),
        "as_of": _time(found.as_of),
        "fetched": found.fetched,
        "alarms": [_alarm(alarm, found, say, mean) for alarm in found.alarms],
        "seen": list(seen),
        "cause": found.last_hours and found.last_hours.seen.cause,
        "heard_at": _time(found.heard_at),
        "errors": list(found.errors),
    }


def _alarm(one: ExplainedAlarm, found: Explanation, say: Say, mean: Mean) -> dict[str, Any]:
    content = content_object(Content.of(one.alarm), found.names)
    return {
        "alarm": one.alarm.name,
        "revision": one.alarm.revision,
        "rule": {field: content[field] for field in RULE_FIELDS},
        "last_run_at": _time(one.alarm.last_run_at),
        "last_run_status": one.alarm.last_run_status,
        "reasons": _reasons(one.reasons, say),
        "fetched": one.fetched,
        "counted": one.counted,
        "groups": [_group(group, found.at, say, mean) for group in one.groups],
        "more_groups": one.more,
        "not_counted": [
            {"cuc": other.cuc, "code": other.code, "count": other.count, "reason": other.reason.key}
            for other in one.not_counted
        ],
    }


def _group(group: ExplainedGroup, at: Instant, say: Say, mean: Mean) -> dict[str, Any]:
    return {
        **{field: getattr(group.facts, field) for field in _WHOSE},
        "cuc": group.cuc,
        "code": group.code,
        "meaning": mean(group.code),
        "quantity": group.quantity,
        "value": group.value,
        "state": group.state.value,
        "reasons": _reasons(group.reasons, say),
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
        "hold": None if group.hold is None else hold_object(group.hold, at),
    }


def _reasons(reasons: Sequence[Reason], say: Say) -> list[dict[str, str]]:
    return [{"key": reason.key, "text": say(reason)} for reason in reasons]


def _time(at: Instant | None) -> str | None:
    return None if at is None else iso(at)
