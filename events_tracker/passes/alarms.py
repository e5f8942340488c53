"""alarms: people define, change and end alarms; each change is one transaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.errors import Refused, UsageError
from events_tracker.base.ids import new_id
from events_tracker.base.problems import Problem
from events_tracker.base.times import Instant
from events_tracker.decisions.alarms.changes import changed
from events_tracker.decisions.alarms.names import find
from events_tracker.decisions.alarms.rules import detect_alike, problems
from events_tracker.decisions.alarms.templates import Template
from events_tracker.decisions.detection.clearing import DISABLED, REDEFINED
from events_tracker.model.alarms import DEFAULT_ALARM, Alarm, Definition
from events_tracker.model.runs import Run
from events_tracker.passes.ending import close_marked

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store

Texts = Mapping[str, Any]
"""What people wrote of an alarm, by field; see :func:`~.changes.changed`."""


class Editor(Struct, frozen=True):
    """Changes alarms for somebody, at a time, with a reason; raises UsageError for what cannot be.

    ``switched_on`` are the channels that are on: what a change closes is told there.
    """

    now: Instant
    host: str
    who: str
    comment: str | None
    switched_on: Collection[str]

    def create(self, store: "Store", given: Texts, template: Template | None = None) -> Alarm:
        """Store a new alarm under a name that no living one has; ``given`` has at least that."""
        first = Alarm(
            id=new_id(self.now),
            name=given["name"],
            defined_in="database",
            definition=Definition(),
            created_by=self.who,
            created_at=self.now,
            comment=self.comment,
        )
        if template is not None:
            first = template.begun(first)
        # What cannot be is refused before a transaction begins, and once more within it.
        _created(first, given, store.read(_by_id))

        def write(rows: "Rows", _: str) -> Alarm:
            alarm = _created(first, given, _by_id(rows))
            rows.alarms.add(alarm)
            return alarm

        return self._write(store, "create", write)

    def edit(self, store: "Store", name: str, given: Texts) -> tuple[Alarm, Alarm]:
        """Change an alarm; returns it as it was and as it is.

        A new way of detecting makes a new revision, and starts it afresh.
        """
        living = store.read(_by_id)
        before = find(living.values(), name)
        # What cannot be is refused before a transaction begins, and once more within it.
        _edited(before, given, living)

        def write(rows: "Rows", pass_id: str) -> Alarm:
            others = _by_id(rows)
            self._refuse_if_changed(others.get(before.id), before)
            stored = others[before.id]
            alarm = _edited(stored, given, others)
            if alarm.enabled and not stored.enabled:
                self._begin_again(rows, stored, pass_id)
            self._store(rows, alarm)
            if alarm.revision != stored.revision:
                self._start_afresh(rows, alarm, pass_id)
            return alarm

        return before, self._write(store, "edit", write)

    def enable(self, store: "Store", name: str) -> Alarm:
        """Evaluate it again; what is still open from before is closed first."""

        def write(rows: "Rows", before: Alarm, pass_id: str) -> Alarm:
            if not before.enabled:
                self._begin_again(rows, before, pass_id)
            return replace(before, enabled=True)

        return self._simply(store, name, "enable", write)

    def disable(self, store: "Store", name: str) -> Alarm:
        """Do not evaluate it any more; `clear` closes what it has open."""
        return self._simply(store, name, "disable", lambda _, a, __: replace(a, enabled=False))

    def follow_up(self, store: "Store", name: str, status: str) -> Alarm:
        """Set people's own mark, ``open`` or ``closed``; it changes nothing else."""
        return self._simply(store, name, status, lambda _, a, __: replace(a, status=status))

    def delete(self, store: "Store", name: str) -> Alarm:
        """End it; its register stays, `clear` closes what it has open, its name is free again."""
        before = find(store.read(lambda rows: rows.alarms.all()), name)
        if before.id == DEFAULT_ALARM:
            raise UsageError("the alarm `default` cannot be deleted: disable it instead")

        def write(rows: "Rows", _: str) -> Alarm:
            others = _by_id(rows)
            self._refuse_if_changed(others.get(before.id), before)
            self._store(rows, others[before.id], deleted=True)
            return before

        return self._write(store, "delete", write)

    def _simply(
        self, store: "Store", name: str, what: str, change: Callable[["Rows", Alarm, str], Alarm]
    ) -> Alarm:
        def write(rows: "Rows", pass_id: str) -> Alarm:
            alarm = change(rows, find(rows.alarms.all(), name), pass_id)
            self._store(rows, alarm)
            return alarm

        return self._write(store, what, write)

    def _store(self, rows: "Rows", alarm: Alarm, *, deleted: bool = False) -> None:
        signed = replace(
            alarm,
            changed_by=self.who,
            changed_at=self.now,
            comment=self.comment if self.comment is not None else alarm.comment,
        )
        if not rows.alarms.edit(signed, deleted=deleted):
            raise UsageError(f"the alarm {alarm.name!r} changed meanwhile: look, and try again")

    def _refuse_if_changed(self, stored: Alarm | None, read: Alarm) -> None:
        if stored is None or stored.version != read.version:
            who = f" by {stored.changed_by}" if stored and stored.changed_by else ""
            raise UsageError(f"the alarm {read.name!r} changed meanwhile{who}: look, and try again")

    def _begin_again(self, rows: "Rows", alarm: Alarm, pass_id: str) -> None:
        """Close what a disabled alarm still has open, before scans evaluate it again."""
        if rows.triggers.mark_alarm(alarm.id, pass_id):
            close_marked(rows, pass_id, self.now, DISABLED, self.switched_on)
        rows.alarms.start_afresh(alarm.id)

    def _start_afresh(self, rows: "Rows", alarm: Alarm, pass_id: str) -> None:
        if rows.triggers.mark_outdated(pass_id):
            close_marked(rows, pass_id, self.now, REDEFINED, self.switched_on)
        rows.register.archive(alarm.id, self.now)

    def _write(self, store: "Store", what: str, work: Callable[["Rows", str], Alarm]) -> Alarm:
        run = Run(new_id(self.now), f"alarm {what}"[:16], self.host, self.now)
        return store.write(run, lambda rows: (work(rows, run.id), {}))


def _by_id(rows: "Rows") -> dict[str, Alarm]:
    return {alarm.id: alarm for alarm in rows.alarms.all()}


def _created(first: Alarm, given: Texts, others: Mapping[str, Alarm]) -> Alarm:
    """Make a new alarm of what was given. Raises Refused with everything that cannot be."""
    alarm = changed(first, given, others)
    if any(other.name == alarm.name for other in others.values()):
        raise Refused([Problem("name", "name_taken", given=alarm.name)])
    _refuse(problems(alarm, others))
    return alarm


def _edited(before: Alarm, given: Texts, others: Mapping[str, Alarm]) -> Alarm:
    """Make the next state of an alarm. Raises Refused with everything that cannot be."""
    alarm = changed(before, given, others)
    _refuse(_edit_problems(before, alarm, others))
    if detect_alike(alarm.definition, before.definition):
        return alarm
    return replace(alarm, revision=before.revision + 1, detections=0)


def _edit_problems(before: Alarm, after: Alarm, others: Mapping[str, Alarm]) -> list[Problem]:
    if before.id == DEFAULT_ALARM:
        if after.name != before.name:
            return [Problem("name", "default_name", given=after.name)]
        if after.definition != before.definition:
            return [Problem("", "default_definition")]
        # Its definition is the settings' matter, also where what is stored is older than they are.
        after = replace(after, definition=Definition())
    found = problems(after, others)
    if before.name == after.name:
        # A name that is kept was fine once; only `default` has one that nobody may choose.
        return [problem for problem in found if problem.field != "name"]
    if any(other.name == after.name for other in others.values() if other.id != after.id):
        found.append(Problem("name", "name_taken", given=after.name))
    return found


def _refuse(found: Sequence[Problem]) -> None:
    if found:
        raise Refused(found)
