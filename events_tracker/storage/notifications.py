"""Notifications as rows."""

from collections import defaultdict
from collections.abc import Sequence

from events_tracker.base.times import Instant
from events_tracker.model.alerts import Notification
from events_tracker.model.deliveries import DeliveryState, Notice
from events_tracker.model.filters import Filter
from events_tracker.storage.convert import convert
from events_tracker.storage.deliveries import delivery_state
from events_tracker.storage.filters import row_limit, values
from events_tracker.storage.session import Statements
from events_tracker.storage.statements import Value


class Notifications:
    """News that somebody should be told, whichever channels are on."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, notifications: Sequence[Notification]) -> None:
        self._statements.insert(
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

    def notices(
        self, since: Instant, alarm: str | None, account: str | None, limit: int | None
    ) -> list[Notice]:
        """Read notifications since then, newest first, each with its deliveries.

        ``alarm`` and ``account`` are as in :class:`Filter`; None lets all pass.
        ``limit`` None: all of them.
        """
        rows = self._statements.rows(
            "notifications_list",
            since=since,
            **values(self._statements, Filter(alarm=alarm, account=account)),
            limit=row_limit(limit),
        )
        told: defaultdict[Value, list[DeliveryState]] = defaultdict(list)
        for delivery in self._statements.chunks("deliveries_of", [row["id"] for row in rows]):
            told[delivery["notification_id"]].append(delivery_state(delivery))
        return convert([{**row, "deliveries": told[row["id"]]} for row in rows], list[Notice])
