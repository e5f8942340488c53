"""Catch up: evaluate what missed scans left out, alarm by alarm, a transaction each."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from events_tracker.base.ids import new_id
from events_tracker.base.times import Instant, Span
from events_tracker.decisions.detection import counting
from events_tracker.decisions.detection import scope as scoping
from events_tracker.decisions.detection.catch_up import Missed, entry_id, missed
from events_tracker.decisions.detection.clearing import BELOW
from events_tracker.decisions.detection.counts import tally_of
from events_tracker.decisions.detection.exceptions import Excepted, in_force
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.heard import last_heard
from events_tracker.decisions.detection.opening import alert, decide
from events_tracker.decisions.detection.scope import Scope
from events_tracker.fetch.directory import LookUp
from events_tracker.fetch.reader import EventReader
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Alert
from events_tracker.model.deliveries import SEGWARE, Destination
from events_tracker.model.exceptions import AccountException
from events_tracker.model.readings import Reading, Segment, Tally
from events_tracker.model.runs import Numbers, Run
from events_tracker.passes import telling
from events_tracker.passes.holding import kept_back
from events_tracker.passes.scan.excepting import resolve

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class _Caught(Struct, frozen=True):
    """The detections of one alarm in the windows that it missed.

    ``until``: the end of the last window before which nothing is left to be known. ``done``: that
    is the last one; ``gap``, what is left out for good.
    """

    alarm: Alarm
    found: Sequence[tuple[Span, Sequence[Alert]]]
    until: Instant | None
    done: bool
    gap: Span | None

    @property
    def nothing(self) -> bool:
        """True if there is nothing to write: the scan itself moves the mark of what is done."""
        moved = not self.done and self.until != self.alarm.evaluated_until
        return not (moved or self.gap or any(alerts for _, alerts in self.found))


class CatchUp(Struct):
    """One scan's catching up. ``exceptions``: those of all alarms that nobody has ended.

    ``found`` is what it detected, already over; ``behind`` has the ids of alarms that still have
    something to catch up with, and will be tried again.
    """

    store: "Store"
    reader: EventReader
    look_up: LookUp
    now: Instant
    host: str
    switched_on: Mapping[str, Destination]
    dry_run: bool
    exceptions: Sequence[AccountException]
    found: list[Alert] = field(default_factory=list)
    behind: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def run(self, alarms: Sequence[Alarm], end: Instant, *, able: bool) -> None:
        """Evaluate what these alarms missed before their windows that end at ``end``.

        Not ``able`` (the present was not read whole): all of it is left to a later scan.
        """
        todo = [found for alarm in alarms if (found := missed(alarm, end)) is not None]
        self.behind |= {one.alarm.id for one in todo}
        if not todo or not able:
            return
        reading, never = self._read(todo, _around(todo))
        bundle = new_id(self.now)
        for one in todo:
            caught = self._evaluated(one, reading, never)
            if self._foresee(caught) if self.dry_run else self._apply(caught, bundle):
                self.behind.discard(one.alarm.id)

    def _read(self, todo: Sequence[Missed], whole: Span) -> tuple[Reading, NeverCounted]:
        """Read everything once, cut where any of the windows begins or ends."""
        windows = [window for one in todo for window in one.windows]
        cuts = {window.start for window in windows} | {window.end + 1 for window in windows}
        by_occurrence = any(one.alarm.definition.field == "occurrence" for one in todo)
        starts = {cut for cut in cuts if cut <= whole.end}
        found = self.reader.read(starts, whole.end, by_occurrence=by_occurrence, hears_all=True)
        self.errors += [*found.reading.failures, *found.hidden]
        return found.reading.unread() if found.hidden else found.reading, found.never

    def _evaluated(self, one: Missed, reading: Reading, never: NeverCounted) -> _Caught:
        """Tell what was detected in each window.

        After the first one of which something is not known yet, the mark does not move: the rest is
        evaluated all the same, and once more by a later scan, which finds it in the register.
        """
        until, done = one.alarm.evaluated_until, True
        found = []
        for window in one.windows:
            alerts, whole = self._window(one.alarm, window, _inside(reading, window), never)
            found.append((window, alerts))
            done = done and whole
            if done:
                until = window.end
        return _Caught(one.alarm, found, until, done, one.gap if done else None)

    def _window(
        self, alarm: Alarm, window: Span, inside: Sequence[Segment], never: NeverCounted
    ) -> tuple[Sequence[Alert], bool]:
        """Detect in one window; also tell whether all is known of it."""
        tally = tally_of(inside, never)
        scope = self._scope(alarm, tally) if inside else None
        if scope is None:
            return (), False
        own = self._excepted(alarm, window, scope, tally)
        scope = scope.without(own.never)
        evaluation = counting.compared(
            alarm,
            window,
            scope.whole,
            counting.measure(alarm.definition, scope, tally),
            counting.counted_in(alarm.definition, scope, tally),
            unknown=scope.unknown,
            excepted=own,
        )
        openings = decide([evaluation], []).openings
        self.look_up.know({o.group.account_id for o in openings if o.group.account_id is not None})
        directory = self.look_up.directory()
        heard = last_heard(inside, {o.group.account_id for o in openings})
        alerts = [
            replace(
                alert(o, entry_id(alarm, o.key, window), window.end, 0, directory),
                cleared_at=window.end,
                clear_reason=BELOW,
                heard_at=heard.get(o.group.account_id),
            )
            for o in openings
        ]
        return alerts, not scope.unknown

    def _excepted(self, alarm: Alarm, window: Span, scope: Scope, tally: Tally) -> Excepted:
        """Find the accounts that an exception speaks of, of those that held in that window."""
        exceptions = in_force(self.exceptions, alarm, window.end)
        self.look_up.know_codes([one.account_code for one in exceptions], self.now)
        rule = alarm.definition
        measure = partial(counting.measure, rule, scope, tally)
        return resolve(rule, exceptions, tally, measure, self.look_up)

    def _scope(self, alarm: Alarm, tally: Tally) -> Scope | None:
        """Find what the alarm counts; None if that cannot be told."""
        definition = alarm.definition
        if scoping.needs_facts(definition):
            self.look_up.know(scoping.accounts_of_interest(definition, tally))
            self.look_up.know_codes(definition.accounts, self.now)
        scope = scoping.scope(definition, tally, self.look_up.directory())
        problem = scope if isinstance(scope, str) else scope.problem
        if problem is not None:
            self.errors.append(f"alarm {alarm.name}: {problem}")
        return None if isinstance(scope, str) else scope

    def _foresee(self, caught: _Caught) -> bool:
        """List what ``_apply`` would write."""
        for window, alerts in caught.found:
            new = self.store.read(partial(_not_open_then, caught.alarm, window, alerts, self.now))
            self.found += [replace(alert, id=None) for alert in new]
        return caught.done

    def _apply(self, caught: _Caught, bundle: str) -> bool:
        """Write it; True if the alarm has caught up."""
        if caught.nothing:
            return caught.done
        run = Run(new_id(self.now), "catch up", self.host, self.now)
        found = self.store.write(run, lambda rows: self._write(rows, run.id, caught, bundle))
        self.found += found or ()
        return caught.done and found is not None

    def _write(
        self, rows: "Rows", pass_id: str, caught: _Caught, bundle: str
    ) -> tuple[list[Alert] | None, Numbers]:
        """Write detections and the mark behind them together; None if the alarm changed meanwhile.

        What is stored by now decides: whether it is evaluated, who is told, what it is called.
        """
        alarm = next((a for a in rows.alarms.all() if a.id == caught.alarm.id), None)
        if alarm is None or not _may_catch_up(alarm, caught.alarm):
            return None, {"found": 0}
        if rows.exceptions.of_alarm(alarm.id) != _of(alarm, self.exceptions):
            return None, {"found": 0}
        new: list[Alert] = []
        for window, alerts in caught.found:
            found = _not_open_then(alarm, window, alerts, self.now, rows)
            rows.register.add(found)
            new += found
        self._tell(rows, alarm, new, bundle)
        rows.alarms.caught_up(alarm.id, caught.until, len(new), self.now)
        if caught.gap is not None:
            rows.runs.add_gap(pass_id, alarm.id, caught.gap, self.now)
        return new, {"found": len(new)}

    def _tell(self, rows: "Rows", alarm: Alarm, alerts: Sequence[Alert], bundle: str) -> None:
        """Tell that it began and is over, in one digest; an alarm is not raised afterwards."""
        on = {name: to for name, to in self.switched_on.items() if name != SEGWARE}
        told = telling.opened(rows, [(alarm, found) for found in alerts], on, self.now, bundle)
        held = {found.register_id: found.hold_id for found in alerts if found.hold_id is not None}
        telling.ended(rows, [found.register_id for found in alerts], told, self.now, held, bundle)


def _inside(reading: Reading, window: Span) -> Sequence[Segment]:
    """List the segments of one window, newest first; none unless all of it was read."""
    inside = [s for s in reading.segments if window.start <= s.start and s.end <= window.end]
    return inside if all(segment.whole for segment in inside) else ()


def _around(todo: Sequence[Missed]) -> Span:
    """Span from the first window to the last one of all alarms."""
    windows = [window for one in todo for window in one.windows]
    return Span(min(w.start for w in windows), max(w.end for w in windows))


def _of(alarm: Alarm, exceptions: Sequence[AccountException]) -> list[AccountException]:
    return [exception for exception in exceptions if exception.alarm_id == alarm.id]


def _may_catch_up(stored: Alarm, read: Alarm) -> bool:
    """Tell whether an alarm, as stored by now, still has to catch up with what was read for it."""
    asked = stored.enabled and stored.catch_up and stored.revision == read.revision
    return asked and stored.evaluated_until == read.evaluated_until


def _not_open_then(
    alarm: Alarm, window: Span, alerts: Sequence[Alert], now: Instant, rows: "Rows"
) -> list[Alert]:
    """Choose those whose groups were not open in that window, under the alarm's name of today.

    A hold of today keeps their news back, whenever they were.
    """
    open_then = rows.register.open_during(alarm.id, window.start, window.end)
    found = [
        (alarm, replace(found, alarm=alarm.name, priority=alarm.priority))
        for found in alerts
        if found.group_key not in open_then
    ]
    return kept_back(rows, found, now)
