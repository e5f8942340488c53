"""Catch up: evaluate what missed scans left out, window by window, a transaction each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from events_tracker.decisions import counting
from events_tracker.decisions.catching_up import Missed, entry_id, missed
from events_tracker.decisions.closing import BELOW
from events_tracker.decisions.counting import Counts, Evaluation, NeverCounted
from events_tracker.decisions.opening import alert, decide
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Alert
from events_tracker.model.deliveries import SEGWARE, Destination
from events_tracker.model.ids import new_id
from events_tracker.model.readings import Reading, Slice
from events_tracker.model.runs import Numbers, Run
from events_tracker.model.times import Instant
from events_tracker.passes import telling
from events_tracker.passes.looking_up import LookUp
from events_tracker.passes.reading import EventReader

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


@dataclass(slots=True)
class CatchUp:
    """One scan's catching up. ``found`` is what it detected, already over; ``behind`` has the ids
    of alarms that could not catch up yet, and will be tried again.
    """

    store: "Store"
    reader: EventReader
    look_up: LookUp
    now: Instant
    host: str
    switched_on: Mapping[str, Destination]
    dry_run: bool
    found: list[Alert] = field(default_factory=list)
    behind: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def run(self, alarms: Sequence[Alarm], end: Instant) -> None:
        """Evaluate what these alarms missed before their windows that end at ``end``."""
        todo = [found for alarm in alarms if (found := missed(alarm, end)) is not None]
        if not todo:
            return
        whole = Slice(todo[0].windows[0].start, todo[0].windows[-1].end)
        for one in todo:
            whole = Slice(
                min(whole.start, one.windows[0].start), max(whole.end, one.windows[-1].end)
            )
        reading, never = self._read(todo, whole)
        bundle = new_id(self.now)
        for one in todo:
            for window in one.windows:
                counts = _counts(reading, window, never)
                if counts is None or not self._evaluate(one, window, counts, bundle):
                    self.behind.add(one.alarm.id)
                    break

    def _read(self, todo: Sequence[Missed], whole: Slice) -> tuple[Reading, NeverCounted]:
        """One download, cut where any of the windows begins or ends."""
        windows = [window for one in todo for window in one.windows]
        cuts = {window.start for window in windows} | {window.end + 1 for window in windows}
        by_occurrence = any(one.alarm.definition.field == "occurrence" for one in todo)
        starts = {cut for cut in cuts if cut <= whole.end}
        found = self.reader.read(starts, whole.end, by_occurrence=by_occurrence)
        self.errors += [*found.reading.failures, *found.hidden]
        return found.reading.unread() if found.hidden else found.reading, found.never

    def _evaluate(self, one: Missed, window: Slice, counts: Counts, bundle: str) -> bool:
        """Evaluate and write one window; False if the alarm's facts are missing."""
        alarm = one.alarm
        if counting.needs_facts(alarm.definition):
            self.look_up.know(counting.accounts_of_interest(alarm.definition, counts))
            self.look_up.know_codes(alarm.definition.accounts, self.now)
        scope = counting.scope(alarm.definition, counts, self.look_up.directory())
        if isinstance(scope, str):
            self.errors.append(f"alarm {alarm.name}: {scope}")
            return False
        groups = counting.measure(alarm.definition, scope, counts)
        counted = counting.counted_in(alarm.definition, scope, counts)
        openings = decide([Evaluation(alarm, window, True, groups, counted)], []).openings
        self.look_up.know({o.group.account_id for o in openings if o.group.account_id is not None})
        directory = self.look_up.directory()
        alerts = [
            replace(
                alert(o, entry_id(alarm, o.key, window), window.end, 0, directory),
                cleared_at=window.end,
                clear_reason=BELOW,
            )
            for o in openings
        ]
        gap = one.gap if window == one.windows[-1] else None
        if self.dry_run:
            open_then = self.store.read(
                lambda rows: rows.register.open_during(alarm.id, window.start, window.end)
            )
            self.found += [replace(a, id=None) for a in alerts if a.group_key not in open_then]
            return True
        run = Run(new_id(self.now), "catch up", self.host, self.now)
        self.found += self.store.write(
            run, lambda rows: self._write(rows, run.id, alarm, window, gap, alerts, bundle)
        )
        return True

    def _write(
        self,
        rows: "Rows",
        pass_id: str,
        alarm: Alarm,
        window: Slice,
        gap: Slice | None,
        alerts: Sequence[Alert],
        bundle: str,
    ) -> tuple[list[Alert], Numbers]:
        """One window's detections, and the mark behind them, together."""
        numbers = {"found": len(alerts)}
        stored = next((a for a in rows.alarms.all() if a.id == alarm.id), None)
        if (
            stored is None
            or stored.revision != alarm.revision
            or (stored.evaluated_until or 0) >= window.end
        ):
            return [], numbers
        open_then = rows.register.open_during(alarm.id, window.start, window.end)
        new = [found for found in alerts if found.group_key not in open_then]
        rows.register.add(new)
        self._tell(rows, alarm, new, bundle)
        rows.alarms.caught_up(alarm.id, window.end, len(new), self.now)
        if gap is not None:
            rows.state.add_gap(pass_id, alarm.id, gap, self.now)
        return new, numbers

    def _tell(self, rows: "Rows", alarm: Alarm, alerts: Sequence[Alert], bundle: str) -> None:
        """That it began and that it is over, in one digest; an alarm is not raised afterwards."""
        on = {name: to for name, to in self.switched_on.items() if name != SEGWARE}
        told = telling.opened(rows, [(alarm, found) for found in alerts], on, self.now, bundle)
        telling.ended(rows, alerts, told, self.now, bundle)


def _counts(reading: Reading, window: Slice, never: NeverCounted) -> Counts | None:
    """The countable events of one window; None unless all of it was read."""
    inside = [s for s in reading.segments if window.start <= s.start and s.end <= window.end]
    if not inside or not all(segment.whole for segment in inside):
        return None
    counts = Counts()
    for segment in inside:
        counts = counts.extended(segment.events, never, by_occurrence=True)
    return counts
