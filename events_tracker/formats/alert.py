"""ALERT: an alert as programs read it, in `--format json` and from the webhook."""

from typing import Any

from events_tracker.base.times import iso
from events_tracker.model.alerts import Alert, record_object

ALERT_TIMES = (
    *("period_started_at", "period_ended_at", "opened_at", "cleared_at", "archived_at"),
    "heard_at",
)
ALERT_FIELDS = (
    "register_id",
    "alarm",
    "revision",
    "priority",
    "account_id",
    "account_code",
    "trade_name",
    "company",
    "client_group",
    "cuc",
    "code",
    "quantity",
    "highest",
    "partial",
    "operator",
    "threshold",
    "period_started_at",
    "period_ended_at",
    "opened_at",
    "cleared_at",
    "clear_reason",
    "archived_at",
    "records",
    "cause",
    "heard_at",
    "hold_id",
)
"""The fields of ALERT, in the contract's order."""


def alert_object(alert: Alert) -> dict[str, Any]:
    """Write an alert as the contract's ALERT."""
    found: dict[str, Any] = {}
    for field in ALERT_FIELDS:
        value = getattr(alert, "id" if field == "register_id" else field)
        if field in ALERT_TIMES:
            value = None if value is None else iso(value)
        elif field == "records":
            value = [record_object(record) for record in value]
        elif field == "operator":
            value = value.value
        found[field] = value
    return found
