"""What was to be told, and what became of it. Reads only."""

from typing import TYPE_CHECKING

from events_tracker.base.times import Instant
from events_tracker.model.deliveries import Notice

if TYPE_CHECKING:
    from events_tracker.storage import Store


def listed(
    store: "Store", since: Instant, alarm: str | None, account: str | None, limit: int | None
) -> list[Notice]:
    """Notifications queued since then, newest first, each with its deliveries.

    ``alarm`` and ``account`` (its code) match exactly, ``*`` is a wildcard, None lets all pass.
    """
    return store.read(lambda rows: rows.notifications.notices(since, alarm, account, limit))
