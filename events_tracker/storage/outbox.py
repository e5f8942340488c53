"""Notifications and their deliveries, to and from their rows."""

from collections.abc import Sequence

from events_tracker.model.alerts import Notification
from events_tracker.storage.session import Session


class Outbox:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, notifications: Sequence[Notification]) -> None:
        """Write what somebody should be told; belongs into the transaction of the event itself."""
        self._session.insert(
            "notifications_add",
            [
                {
                    "id": notification.id,
                    "register_id": notification.register_id,
                    "kind": notification.kind,
                    "created_at": notification.created_at,
                }
                for notification in notifications
            ],
        )
