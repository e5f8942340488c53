"""Deliveries in tests: what became of them, and times that others meddle with."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from events_tracker.base.times import HOUR
from events_tracker.storage.deliveries import Deliveries
from tests.support.engines import sql
from tests.support.world import Tracker


def statuses(tracker: Tracker) -> dict[tuple[str, str], str]:
    """Status by kind and channel, of the deliveries of one alert."""
    found = {
        (notice["kind"], delivery["channel"]): delivery["status"]
        for notice in tracker.notifications()
        for delivery in notice["deliveries"]
    }
    assert len(found) == sum(len(notice["deliveries"]) for notice in tracker.notifications())
    return found


def attempts(deliveries: Sequence[dict[str, Any]]) -> Counter[tuple[str, int]]:
    """How many deliveries have each status and number of attempts."""
    return Counter((delivery["status"], delivery["attempts"]) for delivery in deliveries)


def between_looking_and_claiming(
    monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], Any]
) -> list[Any]:
    """Do something once after a pass has seen what is due; returns a list that gets its result."""
    look = Deliveries.due
    done: list[Any] = []

    def look_and_be_overtaken(deliveries: Deliveries, *arguments: Any) -> list[str]:
        ids = look(deliveries, *arguments)
        if not done:
            done.append(None)
            done[0] = meanwhile()
        return ids

    monkeypatch.setattr(Deliveries, "due", look_and_be_overtaken)
    return done


def date_ends_before_beginnings(database: str) -> None:
    """As if what is over by now had been cleared by a host whose clock is behind."""
    earlier = 12 * HOUR
    sql(
        database,
        f"UPDATE deliveries SET created_at = created_at - {earlier}, due_at = due_at - {earlier} "
        "WHERE kind = 'cleared' AND status = 'pending'",
    )
