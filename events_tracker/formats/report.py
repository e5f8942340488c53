"""The report of a span, as programs read it: the contract's object."""

from collections.abc import Callable, Iterator
from typing import Any

from events_tracker.base.times import iso
from events_tracker.formats.alert import alert_object
from events_tracker.model.reports import Attention, By, Ranking, Report

OFFENDER_KEYS = {By.ACCOUNT: "account_code", By.COMPANY: "company", By.GROUP: "client_group"}
"""The field that says whose the alerts are."""
_NUMBERS = ("alerts", "share", "before", "change")


def report_object(found: Report, by: By, say: Callable[[Attention], str]) -> dict[str, Any]:
    """Write a report; ``say`` makes sentences of what is to be looked at."""
    return {
        "since": iso(found.span.start),
        "until": iso(found.span.end),
        "load": {
            "messages": found.load.messages,
            "per_10_minutes": found.load.per_10_minutes,
            "spans_over_10": found.load.spans_over_10,
            "most": found.load.most,
        },
        "open": [alert_object(alert) for alert in found.open],
        "over": [alert_object(alert) for alert in found.over],
        "attention": [
            {
                "kind": one.kind.value,
                "account_code": one.account_code,
                "since": iso(one.since),
                "text": say(one),
            }
            for one in found.attention
        ],
        "most_alerts": list(offender_objects(found.ranking, by)),
    }


def offender_fields(by: By) -> tuple[str, ...]:
    """Return the fields of one row of the ranking."""
    return (OFFENDER_KEYS[by], *_NUMBERS)


def offender_objects(ranking: Ranking, by: By) -> Iterator[dict[str, Any]]:
    """Write the worst, the worst of all first; the share from 0 to 1."""
    for one in ranking.worst:
        yield {
            OFFENDER_KEYS[by]: one.key,
            "alerts": one.alerts,
            "share": round(one.share, 4),
            "before": one.before,
            "change": one.change,
        }
