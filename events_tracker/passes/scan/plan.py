"""What a scan is to write, alarm by alarm: those over events first, then those over detections."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from events_tracker.base.times import Instant, Span
from events_tracker.decisions.alarms.rules import evaluation_order
from events_tracker.decisions.detection import detections
from events_tracker.decisions.detection import scope as scoping
from events_tracker.decisions.detection.counting import Evaluation
from events_tracker.decisions.detection.opening import Opening, Plan, alert, decide
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Alert, Observation, Trigger
from events_tracker.model.directory import Directory
from events_tracker.passes.scan.evaluate import Evaluated

if TYPE_CHECKING:
    from events_tracker.storage import Rows


@dataclass(slots=True)
class Planned:
    """What is to be opened (as openings, and as alerts, side by side) and observed.

    ``whole`` and ``partial`` have the ids of the alarms that were evaluated, ``failed`` says of the
    others why not.
    """

    openings: list[Opening] = field(default_factory=list)
    opened: list[Alert] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans one scan's writing from what it saw.

    ``ids`` gives a register id for an alarm's id and a group's key, None in a dry run. ``afresh``
    are the alarms whose earlier entries would not count any more, ``caught_up`` the entries that a
    scan would have written before. ``later`` says by alarm where the latest window ended that was
    seen whole.
    """

    seen: Evaluated
    now: Instant
    seq: int
    directory: Directory
    ids: Callable[[str, str], str | None]
    only: frozenset[int] | None = None
    afresh: frozenset[str] = frozenset()
    caught_up: Sequence[Alert] = ()
    later: Mapping[str, Instant] = field(default_factory=dict)

    def plan(
        self, rows: "Rows", evaluations: Sequence[Evaluation], triggers: Sequence[Trigger]
    ) -> Planned:
        """Everything, given the triggers as they are now. Reads the register, writes nothing."""
        planned = Planned(failed=dict(self.seen.failed))
        self._add(planned, evaluations, decide(evaluations, triggers, self.seen.horizon))
        over_detections = [] if self._saw_nothing() else evaluation_order(self.seen.alarms)
        living = {alarm.id: alarm for alarm in rows.alarms.all()} if over_detections else {}
        for read in over_detections:
            alarm = living.get(read.id)
            if alarm is None or not alarm.enabled or alarm.revision != read.revision:
                # Edited, disabled or deleted while this scan was reading.
                continue
            evaluation = self._evaluate(alarm, living, planned, rows)
            if evaluation is not None:
                self._add(planned, [evaluation], decide([evaluation], triggers, self.seen.horizon))
        return planned

    def _saw_nothing(self) -> bool:
        return self.seen.silence or self.seen.reading.nothing

    def _add(self, planned: Planned, evaluations: Sequence[Evaluation], plan: Plan) -> None:
        planned.openings += plan.openings
        planned.opened += [
            alert(o, self.ids(o.alarm.id, o.key), self.now, self.seq, self.directory)
            for o in plan.openings
        ]
        planned.observations += plan.observations
        for evaluation in evaluations:
            (planned.partial if evaluation.partial else planned.whole).append(evaluation.alarm.id)

    def _evaluate(
        self, alarm: Alarm, living: Mapping[str, Alarm], planned: Planned, rows: "Rows"
    ) -> Evaluation | None:
        source_id = alarm.definition.source_alarm_id or ""
        problem = scoping.unknown_names(alarm.definition, self.directory)
        if source_id not in living:
            problem = "the alarm whose detections it counts was deleted"
        if problem is not None:
            planned.failed[alarm.id] = problem
            planned.errors.append(f"alarm {alarm.name}: {problem}")
            return None
        # The register is whole up to now, whatever the clock of this host says.
        end = max(self.seen.window.end, self.later.get(alarm.id, 0))
        window = Span(end - alarm.definition.window, end)
        entries = []
        if source_id not in self.afresh:
            entries = rows.register.detections(source_id, window.start)
        # A past moment is evaluated without triggers: what was open then did not open once more.
        open_then = {e.group_key for e in entries if e.cleared_at is None or e.cleared_at > end}
        entries += [
            entry
            for entry in [*planned.opened, *self.caught_up]
            if entry.alarm_id == source_id and entry.group_key not in open_then
        ]
        if self.only is not None:
            entries = [entry for entry in entries if entry.account_id in self.only]
        # A source that is not evaluated at all (disabled) has nothing that could be missing.
        evaluated = {other.id for other in self.seen.alarms}
        whole = source_id in planned.whole or source_id not in evaluated
        # But an older scan sees nothing as over.
        whole = whole and end == self.seen.window.end
        return detections.evaluate(alarm, entries, window, whole, self._knowing(entries, rows))

    def _knowing(self, entries: Sequence[Alert], rows: "Rows") -> Directory:
        """The directory, with what is kept of the accounts of entries that lack facts."""
        lacking = {e.account_id for e in entries if e.facts_due_at is not None}
        new = {id_ for id_ in lacking if id_ is not None} - self.directory.accounts.keys()
        if not new:
            return self.directory
        kept = rows.directory.accounts(new)
        return replace(self.directory, accounts={**kept, **self.directory.accounts})
