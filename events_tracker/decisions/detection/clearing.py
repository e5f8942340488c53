"""What is over, and why; read from what scans observed, never from a clock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo

from events_tracker.base.text import folded
from events_tracker.base.times import Duration, Instant, short
from events_tracker.decisions.detection.lifecycle import quiet_for
from events_tracker.model.alerts import (
    DELETED_BY_HAND,
    FORCED,
    NOTHING_HEARD,
    Alert,
    Observation,
    Standing,
)
from events_tracker.model.filters import Filter, listed

BELOW = "below"
DISABLED = "disabled"
DELETED = "deleted"
REDEFINED = "redefined"
BY_HAND_IN_DATABASE = f"{FORCED}: {DELETED_BY_HAND}"
"""Somebody deleted the row: by hand, though not by `clear --force`."""


def reason(standing: Standing, clear_after: Duration) -> str | None:
    """Return why an alert that stands like this is over; None while it is not.

    ``clear_after`` is the settings', for alarms that have none of their own.

    An alert that no scan has observed since it held is never cleared for being below. Nor is a
    group that was muted by hand: the scan that sees it below frees it.
    """
    if standing.alarm_revision is None:
        return DELETED
    if standing.alarm_revision != standing.revision:
        return REDEFINED
    if not standing.alarm_enabled:
        return DISABLED
    quiet = quiet_for(standing.below_since, standing.observed_at)
    if standing.muted or quiet is None:
        return None
    own = standing.clear_after
    return BELOW if quiet >= (clear_after if own is None else own) else None


def in_words(reason: str, standing: Standing, now: Instant, zone: tzinfo) -> str:
    """Write the reason with the fact behind it, where there is one.

    Of an account that sent nothing any more once it was seen below: since when nothing was heard.
    Whether it is quiet or dead cannot be told by then.
    """
    heard, below = standing.heard_at, standing.below_since
    if reason != BELOW or heard is None or below is None or heard >= below:
        return reason
    return f"{NOTHING_HEARD}{short(heard, now, zone)}"


def freed_by(observations: Iterable[Observation]) -> list[str]:
    """Register ids of the groups, muted by hand, whose condition a scan saw not to hold.

    They were completed and told when they were muted; from the next breach on they open again.
    """
    return [
        seen.trigger.register_id for seen in observations if seen.trigger.muted and not seen.holds
    ]


def ambiguous(wanted: Filter, alerts: Iterable[Alert]) -> Mapping[str, Sequence[str]]:
    """Account codes that name clients of several companies, each with what tells them apart.

    Codes repeat from one company to the next. Whoever names a company, or writes a wildcard, says
    that all of them are meant.
    """
    if wanted.account is None or wanted.company is not None:
        return {}
    named = {folded(code) for code in listed(wanted.account)}
    found: dict[str, dict[tuple[int | None, int | None], str]] = {}
    for alert in alerts:
        if alert.account_code is not None and folded(alert.account_code) in named:
            client = (
                f"{alert.trade_name or 'unnamed'} of {alert.company or 'a company not known yet'}"
            )
            # While the company is not known yet, each account may be of another one.
            whose = (alert.company_id, alert.account_id if alert.company_id is None else None)
            found.setdefault(alert.account_code, {})[whose] = client
    return {code: list(clients.values()) for code, clients in found.items() if len(clients) > 1}
