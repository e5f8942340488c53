"""Evaluate what a scan has read, alarm by alarm: filter, group, count and compare."""

from collections.abc import Mapping
from functools import partial

from msgspec import Struct, field

from events_tracker.base.times import Instant, Span
from events_tracker.decisions.detection import counting
from events_tracker.decisions.detection import scope as scoping
from events_tracker.decisions.detection.counting import Evaluation, Overlap
from events_tracker.decisions.detection.exceptions import Excepted, doubts, in_force
from events_tracker.decisions.detection.numbers import Numbers
from events_tracker.decisions.detection.ordering import seen_until
from events_tracker.decisions.detection.scope import Scope
from events_tracker.fetch.directory import LookUp
from events_tracker.model.alarms import Alarm
from events_tracker.model.readings import Reading, Tally
from events_tracker.passes.scan.excepting import resolve
from events_tracker.passes.scan.question import Question


class Seen(Struct, frozen=True):
    """The countable events of every window in use, by the window's start.

    ``measured`` keeps what was measured of them: alarms that count alike are measured once.
    """

    question: Question
    reading: Reading
    windows: Mapping[Instant, Tally]
    hidden: bool
    later: Mapping[str, Instant]
    measured: dict[tuple[object, ...], Numbers] = field(default_factory=dict)

    @property
    def until(self) -> Instant:
        """The latest moment of which this scan can have seen anything."""
        return seen_until(self.question.window.end, self.reading.served)


class Evaluations(Struct):
    """The evaluations of a scan, and why there is none of an alarm."""

    evaluations: list[Evaluation] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    scopes: dict[str, tuple[Instant, Scope]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def evaluate_all(seen: Seen, look_up: LookUp) -> Evaluations:
    """Evaluate every alarm over its own window; one that cannot be evaluated stops no other."""
    question, outcome = seen.question, Evaluations()
    _learn(question, seen.windows, look_up)
    directory = look_up.directory()
    known = directory.accounts.values()
    outcome.notes += doubts(question.alarms, question.exceptions, known, seen.until)
    for alarm in question.over_events:
        start = question.start(alarm)
        if seen.hidden or not seen.reading.anything_since(start):
            # What went wrong with the reading is told once, not for each alarm.
            outcome.failed[alarm.id] = "its window, or what must not count, was not read"
            continue
        found = scoping.scope(alarm.definition, seen.windows[start], directory)
        if isinstance(found, str):
            outcome.failed[alarm.id] = found
            outcome.errors.append(f"alarm {alarm.name}: {found}")
            continue
        if found.problem is not None:
            outcome.errors.append(f"alarm {alarm.name}: {found.problem}")
        excepted = resolve(
            alarm.definition,
            in_force(question.exceptions, alarm, seen.until),
            seen.windows[start],
            partial(_measure, alarm, start, found, seen),
            look_up,
        )
        scope = question.narrowing.scope(found).without(excepted.never)
        outcome.scopes[alarm.id] = (start, scope)
        outcome.evaluations.append(_evaluate_one(alarm, scope, excepted, seen))
    return outcome


def _learn(question: Question, windows: Mapping[Instant, Tally], look_up: LookUp) -> None:
    """Look up the facts that filters and groupings need, of all alarms at once."""
    ids: set[int] = set()
    codes: set[str] = set()
    companies: set[str] = set()
    evaluated = {alarm.id for alarm in question.alarms}
    excepted = {one.account_code for one in question.exceptions if one.alarm_id in evaluated}
    for alarm in question.alarms:
        codes |= set(alarm.definition.accounts)
        companies |= set(alarm.definition.companies)
        if scoping.needs_facts(alarm.definition):
            tally = windows[question.start(alarm)]
            ids |= scoping.accounts_of_interest(alarm.definition, tally)
    look_up.know(ids)
    look_up.know_codes(codes | excepted, question.state.accounts_listed_at)
    look_up.know_companies(companies, question.state.accounts_listed_at)
    look_up.know(scoping.ids_of(codes, look_up.directory()))


def _evaluate_one(alarm: Alarm, scope: Scope, excepted: Excepted, seen: Seen) -> Evaluation:
    start = seen.question.start(alarm)
    return counting.compared(
        alarm,
        Span(start, seen.question.window.end),
        seen.reading.whole_since(start) and scope.whole,
        _measure(alarm, start, scope, seen),
        counting.counted_in(alarm.definition, scope, seen.windows[start]),
        overlap=_overlap(alarm, scope, seen),
        unknown=scope.unknown,
        excepted=excepted,
    )


def _overlap(alarm: Alarm, scope: Scope, seen: Seen) -> Overlap | None:
    """Count what this window has in common with a later one, if one was seen whole before."""
    until = seen.later.get(alarm.id)
    if until is None:
        return None
    start = seen.question.overlap_start(alarm)
    numbers = Numbers() if start is None else _measure(alarm, start, scope, seen)
    return Overlap(until, numbers)


def _measure(alarm: Alarm, start: Instant, scope: Scope, seen: Seen) -> Numbers:
    rule = alarm.definition
    filters = (scope.codes, scope.cucs, scope.accounts, scope.listed, scope.excepted)
    key = (start, rule.group_by, rule.condition, rule.field, *filters)
    if key not in seen.measured:
        seen.measured[key] = counting.measure(rule, scope, seen.windows[start])
    return seen.measured[key]
