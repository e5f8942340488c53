"""Alerts as rows for people."""

from collections.abc import Sequence
from datetime import tzinfo

from events_tracker.model.alerts import Alert
from events_tracker.model.times import local

OPEN_HEADINGS = ("Account", "Name", "Company", "Group", "CUC", "Event", "Count", "Threshold")
HISTORY_HEADINGS = (
    "Opened",
    "Cleared",
    "Alarm",
    *OPEN_HEADINGS[:6],
    "Count",
    "Highest",
    "Threshold",
    "Why cleared",
)
_LONGEST_NAME = 40


def open_rows(alerts: Sequence[Alert]) -> list[list[str]]:
    """What is open: who, what, how many."""
    return [[*_who(alert), _count(alert), _threshold(alert)] for alert in alerts]


def history_row(alert: Alert, zone: tzinfo) -> list[str]:
    """One entry: when, who, what, how many, how it ended. Times in ``zone``, with offset."""
    return [
        local(alert.opened_at, zone),
        "open" if alert.cleared_at is None else local(alert.cleared_at, zone),
        alert.alarm,
        *_who(alert),
        _count(alert),
        str(alert.highest),
        _threshold(alert),
        alert.clear_reason or "",
    ]


def _who(alert: Alert) -> list[str]:
    code = alert.account_code
    if code is None:
        code = "" if alert.account_id is None else f"id {alert.account_id}"
    names = (alert.trade_name, alert.company, alert.client_group)
    return [code, *map(_name, names), alert.cuc or "", alert.code or ""]


def _name(name: str | None) -> str:
    if name is None:
        return ""
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def _count(alert: Alert) -> str:
    return f"≥ {alert.quantity}" if alert.partial else str(alert.quantity)


def _threshold(alert: Alert) -> str:
    return f"{alert.operator.value} {alert.threshold}"
