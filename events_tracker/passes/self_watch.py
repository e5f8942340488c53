"""The tracker watches itself: without good scans its own alarm opens, once, and clears again."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.ids import new_id
from events_tracker.base.times import Duration, Instant
from events_tracker.decisions.detection.clearing import BELOW
from events_tracker.decisions.detection.self_watch import (
    Close,
    Grow,
    Open,
    Step,
    next_step,
    stale_alert,
    tracker_alarm,
)
from events_tracker.model.deliveries import Destination
from events_tracker.model.groups import Group
from events_tracker.model.runs import Numbers, Run
from events_tracker.passes import telling
from events_tracker.passes.ending import close_lost, close_marked

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Watch(Struct, frozen=True):
    """One look at the age of the last good scan, through the same tables as every alarm."""

    now: Instant
    host: str
    stale_after: Duration
    switched_on: Mapping[str, Destination]

    def look(self, store: "Store") -> None:
        """Open or clear the alarm `tracker`, if it is time to."""
        if self._is_due(store):
            run = Run(new_id(self.now), "watch", self.host, self.now)
            register_id = new_id(self.now)
            store.write(run, lambda rows: self._write(rows, run.id, register_id))

    def _is_due(self, store: "Store") -> bool:
        """Tell, as a hint, whether there is anything to write."""
        return store.read(self._step) is not None

    def _step(self, rows: "Rows") -> Step | None:
        """Decide what is to be done now, if anything."""
        alert = rows.triggers.of_tracker()
        return next_step(alert, self._good_until(rows), self.now, self.stale_after)

    def _good_until(self, rows: "Rows") -> Instant | None:
        """Find the end of the last good scan; before the first one, when `init` was run."""
        until = rows.runs.scans().good_until
        if until is None and (default := rows.alarms.default()):
            return default.created_at
        return until

    def _write(self, rows: "Rows", pass_id: str, register_id: str) -> tuple[None, Numbers]:
        step = self._step(rows)
        if isinstance(step, Open):
            close_lost(rows, pass_id, self.now, self.switched_on)
            self._open(rows, step, register_id)
        elif step is not None:
            rows.triggers.grow(step.register_id, step.minutes)
            if isinstance(step, Close):
                rows.triggers.mark([step.register_id], pass_id)
                close_marked(rows, pass_id, self.now, BELOW, self.switched_on)
        return None, {"stale": int(isinstance(step, Open | Grow))}

    def _open(self, rows: "Rows", step: Open, register_id: str) -> None:
        alert = stale_alert(register_id, step.since, self.now, self.stale_after)
        rows.triggers.open([alert], [Group()], 0, self.now)
        rows.register.add([alert])
        opening = (tracker_alarm(self.now), alert)
        telling.opened(rows, [opening], self.switched_on, self.now)
