"""Notifications, to and from their rows."""

from collections.abc import Sequence

from events_tracker.base.times import Instant
from events_tracker.model.alerts import Notification
from events_tracker.model.deliveries import DeliveryState, Notice
from events_tracker.storage.engines.engine import FetchedRow
from events_tracker.storage.like import EVERYTHING, pattern
from events_tracker.storage.session import Statements


class Notifications:
    """What somebody should be told, whichever channels are on."""

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
        """Notifications, newest first, each with its deliveries."""
        rows = self._statements.rows(
            "notifications_list",
            since=since,
            alarm=pattern(alarm),
            account=pattern(account),
            limit=EVERYTHING if limit is None else limit,
        )
        told = self._told([str(row["id"]) for row in rows])
        return [_notice(row, tuple(told.get(str(row["id"]), ()))) for row in rows]

    def _told(self, ids: Sequence[str]) -> dict[str, list[DeliveryState]]:
        told: dict[str, list[DeliveryState]] = {}
        for row in self._statements.chunks("deliveries_of", ids):
            told.setdefault(str(row["notification_id"]), []).append(
                DeliveryState(
                    channel=str(row["channel"]),
                    status=str(row["status"]),
                    attempts=int(row["attempts"] or 0),
                    error=row["error"],  # type: ignore[arg-type]
                    sent_at=row["sent_at"],  # type: ignore[arg-type]
                )
            )
        return told


def _notice(row: FetchedRow, deliveries: tuple[DeliveryState, ...]) -> Notice:
    return Notice(
        id=str(row["id"]),
        kind=str(row["kind"]),
        alarm=str(row["alarm"]),
        priority=str(row["priority"]),
        account_code=row["account_code"],  # type: ignore[arg-type]
        cuc=row["cuc"],  # type: ignore[arg-type]
        code=row["code"],  # type: ignore[arg-type]
        quantity=int(row["quantity"] or 0),
        detected_at=int(row["created_at"] or 0),
        register_id=str(row["register_id"]),
        window=int(row["window_ms"] or 0),
        deliveries=deliveries,
    )
