"""A notification as programs read it, in `--format json` and csv."""

from typing import Any

from events_tracker.base.times import SECOND, iso
from events_tracker.model.deliveries import Notice

NOTIFICATION_FIELDS = (
    "id",
    "kind",
    "alarm",
    "priority",
    "account_code",
    "cuc",
    "code",
    "quantity",
    "detected_at",
    "register_id",
    "window",
    "deliveries",
)
"""The fields of a notification, in the contract's order."""


def notification_object(notice: Notice) -> dict[str, Any]:
    """Write a notification with its deliveries; the window in seconds."""
    found: dict[str, Any] = {name: getattr(notice, name) for name in NOTIFICATION_FIELDS}
    found["detected_at"] = iso(notice.detected_at)
    found["window"] = notice.window // SECOND
    found["deliveries"] = [
        {
            "channel": told.channel,
            "status": told.status,
            "attempts": told.attempts,
            "error": told.error,
            "sent_at": None if told.sent_at is None else iso(told.sent_at),
        }
        for told in notice.deliveries
    ]
    return found
