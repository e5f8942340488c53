"""Replays of rules that are being typed: what a server keeps between them."""

from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from events_tracker.app import reports
from events_tracker.app.app import App, clearing_of
from events_tracker.base import limits
from events_tracker.base.errors import UsageError
from events_tracker.base.times import DAY, Instant
from events_tracker.model.alarms import Alarm
from events_tracker.model.tuning import Tuned

if TYPE_CHECKING:
    from events_tracker.settings import Settings

DAYS = 30


class Replays:
    """Replays rules over the kept counts, for any number of threads, one at a time.

    What was found is kept for some minutes: people go back and forth between a few values.
    """

    def __init__(self) -> None:
        self._turn = Lock()
        self._kept: dict[bytes, tuple[Instant, Tuned | None]] = {}

    def curve(
        self, app: App, settings: "Settings", alarm: Alarm, before: int | None
    ) -> Tuned | None:
        """Replay an alarm as typed, with the values about its own; ``before``: the value in force.

        None where less than a day of counts is kept, where the alarm cannot be replayed, and where
        other replays take too long. Raises StorageError.
        """
        deadline = app.deadline(limits.REPLAY_WAIT_SECONDS)
        if not self._turn.acquire(timeout=deadline.remaining()):
            return None
        try:
            now, key = app.clock.now(), _key(alarm, before)
            self._kept = {
                key: kept
                for key, kept in self._kept.items()
                if 0 <= now - kept[0] < limits.PREVIEW_KEPT
            }
            if key not in self._kept:
                self._kept[key] = now, _curve(app, settings, alarm, before)
            return self._kept[key][1]
        finally:
            self._turn.release()


def _key(alarm: Alarm, before: int | None) -> bytes:
    """Tell apart what is replayed; one that is not stored yet has another id each time."""
    id_ = "" if before is None else alarm.id
    return msgspec.msgpack.encode(
        (id_, alarm.definition, alarm.clear_after, alarm.clear_below, before)
    )


def _curve(app: App, settings: "Settings", alarm: Alarm, before: int | None) -> Tuned | None:
    from events_tracker.decisions.tuning.variants import Lists, around

    values = around(alarm, clearing_of(settings), before)
    try:
        found = reports.tune(app, settings, alarm, DAYS, Lists(values=values))
    except UsageError:
        return None
    return found if found.span.length >= DAY else None
