"""The first half of a scan: read the longest window once, and evaluate every alarm over its own."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from msgspec import Struct, field

from events_tracker.base import limits
from events_tracker.base.times import Instant, Span
from events_tracker.decisions.detection import counting
from events_tracker.decisions.detection import scope as scoping
from events_tracker.decisions.detection.counting import Evaluation, Overlap
from events_tracker.decisions.detection.counts import by_start
from events_tracker.decisions.detection.exceptions import Excepted, doubts, in_force
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.heard import last_heard
from events_tracker.decisions.detection.narrowing import Narrowing
from events_tracker.decisions.detection.numbers import Numbers
from events_tracker.decisions.detection.opening import met_silence
from events_tracker.decisions.detection.ordering import (
    ahead_by,
    ahead_in_words,
    horizon,
    later_end,
    seen_until,
)
from events_tracker.decisions.detection.scope import Scope
from events_tracker.fetch.directory import LookUp
from events_tracker.fetch.lately import Lately
from events_tracker.fetch.reader import EventReader, Found
from events_tracker.fetch.slice_cache import SliceCache
from events_tracker.model.alarms import Alarm, Source
from events_tracker.model.exceptions import AccountException
from events_tracker.model.readings import LimitEstimate, Reading, Tally
from events_tracker.model.runs import ScanState
from events_tracker.passes.scan.excepting import resolve


class ScanInput(Struct, frozen=True):
    """The question of a scan: these alarms, over windows that end where ``window`` does.

    ``memory``: None where the scan does without cached slices. ``exceptions``: those of all alarms
    that nobody has ended.
    """

    alarms: Sequence[Alarm]
    window: Span
    narrowing: Narrowing
    state: ScanState
    memory: SliceCache | None
    exceptions: Sequence[AccountException] = ()

    @property
    def over_events(self) -> list[Alarm]:
        """The alarms that count events."""
        return [alarm for alarm in self.alarms if alarm.definition.source == Source.EVENTS]

    @property
    def by_occurrence(self) -> bool:
        """True if an alarm counts occurrences."""
        return any(alarm.definition.field == "occurrence" for alarm in self.over_events)

    def start(self, alarm: Alarm) -> Instant:
        """Return the start of an alarm's window."""
        return self.window.end - alarm.definition.window

    def later_end(self, alarm: Alarm) -> Instant | None:
        """Find where a later window of this alarm ended that was seen whole before, if any."""
        until = later_end(self.state.good_until, alarm.evaluated_until)
        return until if until > self.window.end else None

    def overlap_start(self, alarm: Alarm) -> Instant | None:
        """Find where this alarm's window and that later one begin to overlap, if they do."""
        until = self.later_end(alarm)
        start = None if until is None else until - alarm.definition.window
        return start if start is not None and start <= self.window.end else None

    def cuts(self) -> set[Instant]:
        """Collect the starts of all stretches that are counted by themselves."""
        overlaps = {self.overlap_start(alarm) for alarm in self.over_events}
        return {self.start(alarm) for alarm in self.over_events} | {
            start for start in overlaps if start is not None
        }


class Evaluated(Struct, frozen=True):
    """All that a scan knows before it writes.

    ``learned`` is what the answers taught about slices. ``evaluations`` has the alarms over events
    that could be evaluated, ``failed`` says of the others, by id, why not. ``counted``: events that
    at least one alarm counted. ``hidden``: it is not known which events do not count. ``silence``:
    nothing came where there was much, and it is not believed yet. ``later`` says of alarms, by id,
    where a later window ended that was seen whole before. ``notes`` are for people. ``scopes`` has
    what each alarm that was evaluated counts, by its id; ``never``: what no alarm counts;
    ``slices``: the events of watched accounts, whether they count or not; ``lately`` has what came
    of all in the last two hours.
    """

    window: Span
    alarms: Sequence[Alarm]
    reading: Reading
    learned: LimitEstimate
    evaluations: Sequence[Evaluation]
    failed: Mapping[str, str]
    counted: int
    hidden: bool
    silence: bool
    errors: Sequence[str]
    later: Mapping[str, Instant]
    notes: Sequence[str]
    scopes: Mapping[str, Scope]
    never: NeverCounted
    slices: Mapping[Span, Tally]
    lately: Lately

    @property
    def good(self) -> bool:
        """True if everything was read and may be believed."""
        return self.reading.whole and not self.hidden and not self.silence

    @property
    def nothing(self) -> bool:
        """True if it saw nothing, or nothing that may be believed: it changes nothing."""
        return self.silence or self.reading.nothing

    def heard(self, accounts: Iterable[int | None]) -> Mapping[int | None, Instant]:
        """Tell when these accounts were last heard; whoever was not is not there."""
        return last_heard(self.reading.segments, accounts)

    @property
    def horizon(self) -> Instant:
        """The moment beyond which nothing can have been seen but by a clock that was wrong."""
        return horizon(self.window.end, self.reading.served)

    @property
    def until(self) -> Instant:
        """The latest moment of which this scan can have seen anything."""
        return seen_until(self.window.end, self.reading.served)


def evaluate(question: ScanInput, reader: EventReader, look_up: LookUp) -> Evaluated:
    """Download, filter, group, count and compare with the alarms' values; decide nothing yet."""
    # What counts detections reads the register: its window is no reason to ask for more.
    found = reader.read(
        question.cuts(),
        question.window.end,
        by_occurrence=question.by_occurrence,
        memory=question.memory,
    )
    return evaluated(question, found, reader.learned, look_up)


def evaluated(
    question: ScanInput, found: Found, learned: LimitEstimate, look_up: LookUp
) -> Evaluated:
    """Filter, group, count and compare what was read, as :func:`evaluate` does."""
    alarms = question.over_events
    reading = _believed(question, found.reading)
    errors = [*reading.failures, *found.hidden]
    silence = bool(alarms) and reading.whole and _is_silence(reading, question.state, errors)
    windows = by_start(reading.segments, question.narrowing.never(found.never))
    later = _later(question, reading)
    seen = _Seen(question, reading, windows, bool(found.hidden), later)
    outcome = _Outcome() if silence else _evaluate_all(seen, look_up)
    return Evaluated(
        window=question.window,
        alarms=question.alarms,
        reading=reading,
        learned=learned,
        evaluations=outcome.evaluations,
        failed=outcome.failed,
        counted=counting.total(outcome.scopes.values(), windows),
        hidden=bool(found.hidden),
        silence=silence,
        errors=[*errors, *outcome.errors],
        later=later,
        notes=outcome.notes,
        scopes={id_: scope for id_, (_, scope) in outcome.scopes.items()},
        never=found.never,
        slices=found.slices,
        lately=found.lately,
    )


def _believed(question: ScanInput, reading: Reading) -> Reading:
    """Return what was read, as far as it may be believed."""
    silent = reading.whole and not reading.found
    if silent and question.state.silence_met and question.memory is not None:
        # It is believed now. Scans to come must not find again what it took away.
        question.memory.drop()
    much = question.state.good_events >= limits.SILENCE_AFTER_EVENTS
    if much and not reading.whole and not reading.fetched:
        # Part of the answers failed, and the rest is as good as silence.
        reading = reading.unread()
    ahead = ahead_by(question.window.end, reading.served)
    if ahead is not None:
        # The end of every window has not happened yet.
        reading = reading.unfinished(ahead_in_words(ahead))
    return reading


def _later(question: ScanInput, reading: Reading) -> dict[str, Instant]:
    """Find by alarm where later windows ended, but for what a wrong clock left behind."""
    latest = horizon(question.window.end, reading.served)
    ends = {alarm.id: question.later_end(alarm) for alarm in question.alarms}
    return {id_: end for id_, end in ends.items() if end is not None and end <= latest}


def _is_silence(reading: Reading, state: ScanState, errors: list[str]) -> bool:
    met = met_silence(
        reading.found, state.good_events, state.silence_met, limits.SILENCE_AFTER_EVENTS
    )
    if met:
        errors.append(
            f"Segware answered no event at all where the last good scan found {state.good_events}: "
            "nothing was changed; a second scan in a row that finds none is believed"
        )
    return met


class _Seen(Struct, frozen=True):
    """The countable events of every window in use, by the window's start.

    ``measured`` keeps what was measured of them: alarms that count alike are measured once.
    """

    question: ScanInput
    reading: Reading
    windows: Mapping[Instant, Tally]
    hidden: bool
    later: Mapping[str, Instant]
    measured: dict[tuple[object, ...], Numbers] = field(default_factory=dict)

    @property
    def until(self) -> Instant:
        """The latest moment of which this scan can have seen anything."""
        return seen_until(self.question.window.end, self.reading.served)


class _Outcome(Struct):
    """The evaluations of a scan, and why there is none of an alarm."""

    evaluations: list[Evaluation] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    scopes: dict[str, tuple[Instant, Scope]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def _evaluate_all(seen: _Seen, look_up: LookUp) -> _Outcome:
    """Evaluate every alarm over its own window; one that cannot be evaluated stops no other."""
    question, outcome = seen.question, _Outcome()
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


def _learn(question: ScanInput, windows: Mapping[Instant, Tally], look_up: LookUp) -> None:
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


def _evaluate_one(alarm: Alarm, scope: Scope, excepted: Excepted, seen: _Seen) -> Evaluation:
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


def _overlap(alarm: Alarm, scope: Scope, seen: _Seen) -> Overlap | None:
    """Count what this window has in common with a later one, if one was seen whole before."""
    until = seen.later.get(alarm.id)
    if until is None:
        return None
    start = seen.question.overlap_start(alarm)
    numbers = Numbers() if start is None else _measure(alarm, start, scope, seen)
    return Overlap(until, numbers)


def _measure(alarm: Alarm, start: Instant, scope: Scope, seen: _Seen) -> Numbers:
    rule = alarm.definition
    filters = (scope.codes, scope.cucs, scope.accounts, scope.listed, scope.excepted)
    key = (start, rule.group_by, rule.condition, rule.field, *filters)
    if key not in seen.measured:
        seen.measured[key] = counting.measure(rule, scope, seen.windows[start])
    return seen.measured[key]
