"""The first half of a scan: read the longest window once, and evaluate every alarm over its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from events_tracker.base import limits
from events_tracker.base.times import Instant, Span
from events_tracker.decisions.detection import counting
from events_tracker.decisions.detection import scope as scoping
from events_tracker.decisions.detection.counting import Evaluation, Overlap
from events_tracker.decisions.detection.counts import Counts
from events_tracker.decisions.detection.exclusions import NeverCounted
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
from events_tracker.fetch.reader import EventReader
from events_tracker.fetch.slice_cache import SliceCache
from events_tracker.model.alarms import Alarm, Source
from events_tracker.model.groups import Group
from events_tracker.model.readings import LimitEstimate, Reading
from events_tracker.model.runs import ScanState


@dataclass(frozen=True, slots=True)
class ScanInput:
    """What a scan wants to know: these alarms, over windows that end where ``window`` does.

    ``only``: if not None, the accounts that a dry run is narrowed to. ``memory``: None where the
    scan does without remembered slices.
    """

    alarms: Sequence[Alarm]
    window: Span
    only: frozenset[int] | None
    state: ScanState
    memory: SliceCache | None

    @property
    def over_events(self) -> list[Alarm]:
        return [alarm for alarm in self.alarms if alarm.definition.source == Source.EVENTS]

    @property
    def by_occurrence(self) -> bool:
        return any(alarm.definition.field == "occurrence" for alarm in self.over_events)

    def start(self, alarm: Alarm) -> Instant:
        return self.window.end - alarm.definition.window

    def later_end(self, alarm: Alarm) -> Instant | None:
        """Where a later window of this alarm ended that was seen whole before; None: nowhere."""
        until = later_end(self.state.good_until, alarm.evaluated_until)
        return until if until > self.window.end else None

    def overlap_start(self, alarm: Alarm) -> Instant | None:
        """Where this alarm's window and that later one begin to overlap; None if they do not."""
        until = self.later_end(alarm)
        start = None if until is None else until - alarm.definition.window
        return start if start is not None and start <= self.window.end else None

    def cuts(self) -> set[Instant]:
        """The starts of all stretches that are counted by themselves."""
        overlaps = {self.overlap_start(alarm) for alarm in self.over_events}
        return {self.start(alarm) for alarm in self.over_events} | {
            start for start in overlaps if start is not None
        }


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What a scan knows before it writes.

    ``learned`` is what the answers taught about slices. ``evaluations`` has the alarms over events
    that could be evaluated, ``failed`` says of the others, by id, why not. ``counted``: events that
    at least one alarm counted. ``hidden``: it is not known which events do not count. ``silence``:
    nothing came where there was much, and it is not believed yet. ``later`` says of alarms, by id,
    where a later window ended that was seen whole before.
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

    @property
    def good(self) -> bool:
        """Whether everything was read and may be believed."""
        return self.reading.whole and not self.hidden and not self.silence

    @property
    def horizon(self) -> Instant:
        """What was seen later than this, by what is recorded, was not: a clock was wrong."""
        return horizon(self.window.end, self.reading.served)

    @property
    def until(self) -> Instant:
        """Up to when this scan can have seen anything."""
        return seen_until(self.window.end, self.reading.served)


def evaluate(question: ScanInput, reader: EventReader, look_up: LookUp) -> Evaluated:
    """Download, filter, group and count; compare nothing yet."""
    alarms = question.over_events
    # What counts detections reads the register: its window is no reason to ask for more.
    found = reader.read(
        question.cuts(),
        question.window.end,
        by_occurrence=question.by_occurrence,
        memory=question.memory,
    )
    reading = _believed(question, found.reading)
    errors = [*reading.failures, *found.hidden]
    silence = bool(alarms) and reading.whole and _is_silence(reading, question.state, errors)
    never = replace(found.never, only=question.only)
    windows = _windows(reading, never, by_occurrence=question.by_occurrence)
    later = _later(question, reading)
    evaluating = _Evaluating(question, reading, windows, hidden=bool(found.hidden), later=later)
    if not silence:
        evaluating.run(look_up)
    return Evaluated(
        window=question.window,
        alarms=question.alarms,
        reading=reading,
        learned=reader.learned,
        evaluations=evaluating.evaluations,
        failed=evaluating.failed,
        counted=counting.total(evaluating.scopes, windows),
        hidden=bool(found.hidden),
        silence=silence,
        errors=[*errors, *evaluating.errors],
        later=later,
    )


def _believed(question: ScanInput, reading: Reading) -> Reading:
    """What was read, as far as it may be believed."""
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
    """By alarm, where later windows ended, but for what a clock that was wrong left behind."""
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


def _windows(
    reading: Reading, never: NeverCounted, *, by_occurrence: bool
) -> dict[Instant, Counts]:
    """The countable events of every window in use, by the window's start."""
    windows: dict[Instant, Counts] = {}
    counts = Counts()
    for segment in reading.segments:
        counts = counts.extended(segment.events, never, by_occurrence=by_occurrence)
        windows[segment.start] = counts
    return windows


class _Evaluating:
    """Every alarm over its own window; one that cannot be evaluated stops no other."""

    def __init__(
        self,
        question: ScanInput,
        reading: Reading,
        windows: Mapping[Instant, Counts],
        *,
        hidden: bool,
        later: Mapping[str, Instant],
    ) -> None:
        self._question = question
        self._reading = reading
        self._windows = windows
        self._hidden = hidden
        self._later = later
        self._measured: dict[tuple[object, ...], dict[Group, int]] = {}
        self.evaluations: list[Evaluation] = []
        self.failed: dict[str, str] = {}
        self.scopes: list[tuple[Instant, Scope]] = []
        self.errors: list[str] = []

    def run(self, look_up: LookUp) -> None:
        self._learn(look_up)
        directory = look_up.directory()
        for alarm in self._question.over_events:
            start = self._question.start(alarm)
            if self._hidden or not self._reading.anything_since(start):
                # What went wrong with the reading is told once, not for each alarm.
                self.failed[alarm.id] = "its window, or what must not count, was not read"
                continue
            counts = self._windows[start]
            found = scoping.scope(alarm.definition, counts, directory)
            if isinstance(found, str):
                self.failed[alarm.id] = found
                self.errors.append(f"alarm {alarm.name}: {found}")
                continue
            if self._question.only is not None:
                found = found.narrowed(self._question.only)
            if found.problem is not None:
                self.errors.append(f"alarm {alarm.name}: {found.problem}")
            self.scopes.append((start, found))
            self.evaluations.append(
                Evaluation(
                    alarm,
                    Span(start, self._question.window.end),
                    self._reading.whole_since(start) and found.whole,
                    self._measure(alarm, start, found, counts),
                    counting.counted_in(alarm.definition, found, counts),
                    self._overlap(alarm, found),
                    unknown=found.unknown,
                )
            )

    def _overlap(self, alarm: Alarm, of: Scope) -> Overlap | None:
        """What this window has in common with a later one, if one was seen whole before."""
        until = self._later.get(alarm.id)
        if until is None:
            return None
        start = self._question.overlap_start(alarm)
        groups = {} if start is None else self._measure(alarm, start, of, self._windows[start])
        return Overlap(until, groups)

    def _learn(self, look_up: LookUp) -> None:
        """Facts that filters and groupings need, of all alarms at once."""
        ids: set[int] = set()
        codes: set[str] = set()
        companies: set[str] = set()
        for alarm in self._question.alarms:
            codes |= set(alarm.definition.accounts)
            companies |= set(alarm.definition.companies)
            if scoping.needs_facts(alarm.definition):
                counts = self._windows[self._question.start(alarm)]
                ids |= scoping.accounts_of_interest(alarm.definition, counts)
        look_up.know(ids)
        look_up.know_codes(codes, self._question.state.accounts_listed_at)
        look_up.know_companies(companies, self._question.state.accounts_listed_at)
        look_up.know(scoping.ids_of(codes, look_up.directory()))

    def _measure(self, alarm: Alarm, start: Instant, of: Scope, counts: Counts) -> dict[Group, int]:
        """Alarms that count the same alike are measured once."""
        rule = alarm.definition
        filters = (of.codes, of.cucs, of.accounts, of.listed)
        key = (start, rule.group_by, rule.condition, rule.field, *filters)
        if key not in self._measured:
            self._measured[key] = counting.measure(rule, of, counts)
        return self._measured[key]
