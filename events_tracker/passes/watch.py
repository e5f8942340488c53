"""The tracker watches itself: without good scans its own alarm opens, once, and clears again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from events_tracker.decisions.watching import is_stale, stale_alert, tracker_alarm
from events_tracker.model.deliveries import Destination
from events_tracker.model.groups import Group
from events_tracker.model.ids import new_id
from events_tracker.model.runs import Numbers, Run
from events_tracker.model.times import Duration, Instant
from events_tracker.passes import telling
from events_tracker.passes.closing import close_marked

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


@dataclass(frozen=True, slots=True)
class Watch:
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
        """A hint that keeps quiet passes from writing."""

        def read(rows: "Rows") -> bool:
            return self._stale(rows) != (rows.triggers.of_tracker() is not None)

        return store.read(read)

    def _stale(self, rows: "Rows") -> bool:
        return is_stale(self._good_until(rows), self.now, self.stale_after)

    def _good_until(self, rows: "Rows") -> Instant | None:
        """The end of the last good scan; before the first one, when `init` was run."""
        until = rows.state.scans().good_until
        if until is None and (default := rows.alarms.default()):
            return default.created_at
        return until

    def _write(self, rows: "Rows", pass_id: str, register_id: str) -> tuple[None, Numbers]:
        trigger = rows.triggers.of_tracker()
        stale = self._stale(rows)
        if stale and trigger is None:
            self._open(rows, register_id)
        elif not stale and trigger is not None:
            rows.triggers.mark([trigger], pass_id)
            close_marked(rows, pass_id, self.now, "below", self.switched_on)
        return None, {"stale": int(stale)}

    def _open(self, rows: "Rows", register_id: str) -> None:
        since = self._good_until(rows) or self.now
        alert = stale_alert(register_id, since, self.now, self.stale_after)
        rows.triggers.open([alert], [Group()], 0)
        rows.register.add([alert])
        opening = (tracker_alarm(self.now), alert)
        telling.opened(rows, [opening], self.switched_on, self.now)
