"""The report of a span, as programs read it: the contract's object."""

from collections.abc import Callable, Iterator
from typing import Any

from events_tracker.base.times import iso
from events_tracker.formats.alert import alert_object
from events_tracker.model.reports import Attention, By, Offender, Ranking, Report

KEYS = {By.ACCOUNT: "account_code", By.COMPANY: "company", By.GROUP: "client_group"}
"""The field that says whose the events and alerts are."""


def report_object(found: Report, by: By, say: Callable[[Attention], str]) -> dict[str, Any]:
    """Write a report; ``say`` makes sentences of what is to be looked at."""
    events = found.most_events
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
        "most_events": [] if events is None else list(_ranked(events.ranking, "events", found, by)),
        "most_alerts": list(_ranked(found.most_alerts, "alerts", found, by)),
    }


def worst_fields(by: By) -> tuple[str, ...]:
    """Return the fields of one of the worst, as :func:`worst_objects` writes them."""
    whose = ("account_code", "account_id") if by is By.ACCOUNT else (KEYS[by],)
    return (*whose, "events", "share", "before", "change", "alerts")


def worst_objects(found: Report, by: By) -> Iterator[dict[str, Any]]:
    """Write who sent the most events; who had the most alerts, where no counts are kept."""
    if found.most_events is not None:
        yield from _ranked(found.most_events.ranking, "events", found, by)
        return
    nothing = dict.fromkeys(("events", "share", "before", "change"))
    for one in _ranked(found.most_alerts, "alerts", found, by):
        yield {**one, **nothing}


def name(one: Offender, found: Report, by: By) -> str | None:
    """Name one of the worst: an account by its code, None while that is not known."""
    if by is By.ACCOUNT:
        return found.names.get(one.whose, (None, None))[0]
    return None if one.whose is None else str(one.whose)


def _ranked(ranking: Ranking, counted: str, found: Report, by: By) -> Iterator[dict[str, Any]]:
    for one in ranking.worst:
        yield {
            KEYS[by]: name(one, found, by),
            **({"account_id": one.whose} if by is By.ACCOUNT else {}),
            counted: one.number,
            "share": round(one.share, 4),
            "before": one.before,
            "change": one.change,
            **({} if counted == "alerts" else {"alerts": one.alerts}),
        }
