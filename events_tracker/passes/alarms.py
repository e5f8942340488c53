"""alarms: people define, change and end alarms; each change is one transaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct
from msgspec.structs import asdict, replace

from events_tracker.base.errors import Changed, UsageError
from events_tracker.base.ids import new_id
from events_tracker.base.times import Instant
from events_tracker.decisions.alarms.editing import created, edited, restored, still
from events_tracker.decisions.alarms.importing import Planned, planned
from events_tracker.decisions.alarms.names import find
from events_tracker.decisions.alarms.templates import Template
from events_tracker.decisions.alarms.versions import alike, find_version, whole
from events_tracker.model.alarms import DEFAULT_ALARM, Alarm, Definition
from events_tracker.model.runs import Run
from events_tracker.model.versions import Content
from events_tracker.passes import versions
from events_tracker.passes.ending import close_disabled, close_outdated

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store

T = TypeVar("T")
Texts = Mapping[str, Any]
"""What people wrote of an alarm, by field; see :func:`~.changes.changed`."""


class Change(Struct, frozen=True):
    """An alarm as it was, and as it is; nothing was written if both are the same version.

    ``closed``: how many of its alerts that closed at once.
    """

    before: Alarm
    alarm: Alarm
    closed: int = 0

    @property
    def changed(self) -> bool:
        return self.alarm.version != self.before.version

    @property
    def new_revision(self) -> bool:
        return self.alarm.revision != self.before.revision


class _Read(Struct, frozen=True):
    """An alarm that somebody wants to change, among all living ones by id."""

    alarm: Alarm
    living: Mapping[str, Alarm]


class Editor(Struct, frozen=True):
    """Changes alarms for somebody, at a time, with a reason; raises UsageError for what cannot be.

    ``switched_on`` are the channels that are on: what a change closes is told there. Each change
    writes a version. Where an ``expected_version`` is given, any other raises Changed.
    """

    now: Instant
    host: str
    who: str
    comment: str | None
    switched_on: Collection[str]

    def create(self, store: "Store", given: Texts, template: Template | None = None) -> Alarm:
        """Store a new alarm under a name that no living one has; ``given`` has at least that."""
        first = self._fresh()
        return self._create(store, first if template is None else template.begun(first), given)

    def copy(self, store: "Store", name: str, new: str) -> Alarm:
        """Store a new alarm that is like the one called ``name``; nothing it found goes with it."""
        old = find(store.read(_by_id).values(), name)
        fields = asdict(Content.of(old))
        del fields["name"], fields["status"]
        return self._create(store, replace(self._fresh(), **fields), {"name": new})

    def plan(self, store: "Store", wanted: Mapping[str, Texts]) -> list[Planned]:
        """Find what bringing in these alarms, by name, would create and change; writes nothing.

        Raises RefusedTogether with everything that cannot be.
        """
        living = store.read(_by_id)
        known = {alarm.name for alarm in living.values()}
        return planned(living, wanted, {n: self._fresh() for n in wanted if n not in known})

    def bring_in(
        self, store: "Store", wanted: Mapping[str, Texts], plan: Sequence[Planned]
    ) -> None:
        """Create and change alarms as planned, all of them or none.

        Raises Changed if one of them is not any more what it was when that was planned.
        """
        fresh = {one.after.name: one.after for one in plan if one.before is None}
        begun = {name: replace(self._fresh(), id=alarm.id) for name, alarm in fresh.items()}

        def write(rows: "Rows", pass_id: str) -> None:
            living = _by_id(rows)
            for one in plan:
                if one.before is not None:
                    still(living, one.before, one.before.version)
                elif any(alarm.name == one.after.name for alarm in living.values()):
                    raise Changed(one.after.name, None, None)
            for one in planned(living, wanted, begun):
                if one.before is None:
                    versions.write_first(rows, one.after, self.comment)
                else:
                    self._replace(rows, one.before, one.after, pass_id)

        self._write(store, "import", write)

    def _fresh(self) -> Alarm:
        """Make an alarm that has nothing yet, not even a name."""
        return Alarm(
            id=new_id(self.now),
            name="",
            defined_in="database",
            definition=Definition(),
            created_by=self.who,
            created_at=self.now,
            comment=self.comment,
        )

    def _create(self, store: "Store", first: Alarm, given: Texts) -> Alarm:
        # What cannot be is refused before a transaction begins, and once more within it.
        created(first, given, store.read(_by_id))

        def write(rows: "Rows", _: str) -> Alarm:
            alarm = created(first, given, _by_id(rows))
            versions.write_first(rows, alarm, self.comment)
            return alarm

        return self._write(store, "create", write)

    def edit(
        self, store: "Store", name: str, given: Texts, expected_version: int | None = None
    ) -> Change:
        """Change an alarm by what was given.

        A new way of detecting makes a new revision, and starts it afresh.
        """
        read = self._read(store, name, expected_version)
        return self._change(
            store, read, "edit", read.alarm.version, lambda a, o: edited(a, given, o)
        )

    def restore(
        self, store: "Store", name: str, number: int, expected_version: int | None = None
    ) -> Change:
        """Go back to what people had set in an earlier version, as an edit would."""
        read = self._read(store, name, expected_version)
        stored = store.read(lambda rows: rows.versions.of(read.alarm.id))
        wanted = find_version(name, whole(read.alarm, stored), number).content
        return self._change(
            store, read, "edit", read.alarm.version, lambda a, o: restored(a, wanted, o)
        )

    def enable(self, store: "Store", name: str, expected_version: int | None = None) -> Change:
        """Evaluate it again; what is still open from before is closed first."""
        return self._set(store, name, "enable", expected_version, enabled=True)

    def disable(self, store: "Store", name: str, expected_version: int | None = None) -> Change:
        """Do not evaluate it any more; `clear` closes what it has open."""
        return self._set(store, name, "disable", expected_version, enabled=False)

    def follow_up(
        self, store: "Store", name: str, status: str, expected_version: int | None = None
    ) -> Change:
        """Set people's own mark, ``open`` or ``closed``; it changes nothing else."""
        return self._set(store, name, status, expected_version, status=status)

    def delete(self, store: "Store", name: str, expected_version: int | None = None) -> Change:
        """End it; its register stays, `clear` closes what it has open, its name is free again."""
        before = self._read(store, name, expected_version).alarm
        if before.id == DEFAULT_ALARM:
            raise UsageError("the alarm `default` cannot be deleted: disable it instead")

        def write(rows: "Rows", _: str) -> Change:
            stored = still(_by_id(rows), before, before.version)
            return Change(stored, self._store(rows, stored, stored, deleted=True))

        return self._write(store, "delete", write)

    def _read(self, store: "Store", name: str, expected_version: int | None) -> _Read:
        living = store.read(_by_id)
        alarm = find(living.values(), name)
        return _Read(still(living, alarm, expected_version), living)

    def _set(
        self, store: "Store", name: str, what: str, expected_version: int | None, **fields: Any
    ) -> Change:
        read = self._read(store, name, expected_version)
        return self._change(store, read, what, expected_version, lambda a, _: replace(a, **fields))

    def _change(
        self,
        store: "Store",
        read: _Read,
        what: str,
        version: int | None,
        change: Callable[[Alarm, Mapping[str, Alarm]], Alarm],
    ) -> Change:
        """Make of an alarm what ``change`` makes of it, among all living ones.

        ``version``: the only one to be changed; None for any. What stays alike is not written.
        """
        # What cannot be is refused before a transaction begins, and once more within it.
        if alike(read.alarm, change(read.alarm, read.living)):
            return Change(read.alarm, read.alarm)

        def write(rows: "Rows", pass_id: str) -> Change:
            living = _by_id(rows)
            stored = still(living, read.alarm, version)
            return self._replace(rows, stored, change(stored, living), pass_id)

        return self._write(store, what, write)

    def _replace(self, rows: "Rows", stored: Alarm, alarm: Alarm, pass_id: str) -> Change:
        """Write an alarm over what it was, with what follows; nothing if people set it alike."""
        if alike(stored, alarm):
            return Change(stored, stored)
        closed = 0
        if alarm.enabled and not stored.enabled:
            closed = close_disabled(rows, stored.id, pass_id, self.now, self.switched_on)
            rows.alarms.start_afresh(stored.id)
        alarm = self._store(rows, stored, alarm)
        if alarm.revision != stored.revision:
            closed += close_outdated(rows, pass_id, self.now, self.switched_on)
            rows.register.archive(alarm.id, self.now)
        return Change(stored, alarm, closed)

    def _store(self, rows: "Rows", stored: Alarm, alarm: Alarm, *, deleted: bool = False) -> Alarm:
        # What somebody said of an earlier change is in that version: nobody says it again.
        signed = replace(alarm, changed_by=self.who, changed_at=self.now, comment=self.comment)
        return versions.write_next(rows, stored, signed, self.comment, deleted=deleted)

    def _write(self, store: "Store", what: str, work: Callable[["Rows", str], T]) -> T:
        run = Run(new_id(self.now), f"alarm {what}"[:16], self.host, self.now)
        return store.write(run, lambda rows: (work(rows, run.id), {}))


def _by_id(rows: "Rows") -> dict[str, Alarm]:
    return {alarm.id: alarm for alarm in rows.alarms.all()}
