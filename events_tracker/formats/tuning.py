"""What rules would have done, as programs read it: the contract's object."""

from collections.abc import Iterator
from typing import Any

from events_tracker.base.times import MINUTE, SECOND, iso
from events_tracker.model.tuning import NotFound, Tried, Tuned

RULE_FIELDS = (
    "window",
    "value",
    "clear_after",
    "clear_below",
    "current",
    "alerts",
    "alerts_per_day",
    "accounts",
    "reopened",
    "messages_per_10_minutes",
    "spans_over_10",
    "most_in_10_minutes",
    "stale_per_day",
    "top10_share",
    "grade",
)


def tuning_object(found: Tuned) -> dict[str, Any]:
    """Write it all."""
    return {
        "span": {
            "start": iso(found.span.start),
            "end": iso(found.span.end),
            "days": found.days,
            "missing_minutes": found.missing_minutes,
            "coarse_minutes": found.coarse_minutes,
        },
        "alarm": found.alarm,
        "check": {
            "register": found.check.register,
            "found": found.check.found,
            "within_minutes": -(-found.check.within // MINUTE),
            "not_found": [_not_found(one) for one in found.check.not_found],
        },
        "rules": list(rule_objects(found)),
    }


def rule_objects(found: Tuned) -> Iterator[dict[str, Any]]:
    """Write the rules, each with its figures."""
    return map(_rule, found.rules)


def _rule(tried: Tried) -> dict[str, Any]:
    rule, of = tried.rule, tried.figures
    return {
        "window": rule.window // SECOND,
        "value": rule.value,
        "clear_after": rule.clearing.after // SECOND,
        "clear_below": rule.clearing.below,
        "current": tried.current,
        "alerts": of.alerts,
        "alerts_per_day": of.alerts_per_day,
        "accounts": of.accounts,
        "reopened": of.reopened,
        "messages_per_10_minutes": of.messages_per_10_minutes,
        "spans_over_10": of.spans_over_10,
        "most_in_10_minutes": of.most_in_10_minutes,
        "stale_per_day": of.stale_per_day,
        "top10_share": of.top10_share,
        "grade": None if of.grade is None else of.grade.value,
    }


def _not_found(one: NotFound) -> dict[str, Any]:
    return {
        "register_id": one.register_id,
        "account_code": one.account_code,
        "account_id": one.account_id,
        "cuc": one.cuc,
        "code": one.code,
        "opened_at": iso(one.opened_at),
        "why": one.why,
    }
