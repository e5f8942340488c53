"""A notification as programs read it, in `--format json` and csv."""

from typing import Any

from events_tracker.base.times import SECOND, iso
from events_tracker.formats.masked import masked_destination, masked_error, whole_destination
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


def notification_object(notice: Notice, *, full: bool = False) -> dict[str, Any]:
    """Write a notification with its deliveries; the window in seconds.

    Where they went to is masked, in errors too, unless in ``full``.
    """
    where_to = whole_destination if full else masked_destination
    found: dict[str, Any] = {name: getattr(notice, name) for name in NOTIFICATION_FIELDS}
    found["detected_at"] = iso(notice.detected_at)
    found["window"] = notice.window // SECOND
    found["deliveries"] = [
        {
            "channel": told.channel,
            "status": told.status,
            "attempts": told.attempts,
            "error": told.error if full else masked_error(told.error, told.destination),
            "sent_at": None if told.sent_at is None else iso(told.sent_at),
            "destination": where_to(told.destination),
            "provider_id": told.provider_id,
        }
        for told in notice.deliveries
    ]
    return found
