"""The first half of a scan: read the longest window once, and evaluate every alarm over its own."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.base.times import Instant, Span
from events_tracker.decisions.detection import counting
from events_tracker.decisions.detection.counting import Evaluation
from events_tracker.decisions.detection.counts import by_start
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.heard import last_heard
from events_tracker.decisions.detection.opening import met_silence
from events_tracker.decisions.detection.ordering import (
    ahead_by,
    ahead_in_words,
    horizon,
    seen_until,
)
from events_tracker.decisions.detection.scope import Scope
from events_tracker.fetch.directory import LookUp
from events_tracker.fetch.lately import Lately
from events_tracker.fetch.reader import EventReader, Found
from events_tracker.model.alarms import Alarm
from events_tracker.model.readings import LimitEstimate, Reading, Tally
from events_tracker.model.runs import ScanState
from events_tracker.passes.scan.each_alarm import Evaluations, Seen, evaluate_all
from events_tracker.passes.scan.question import Question


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


def evaluate(question: Question, reader: EventReader, look_up: LookUp) -> Evaluated:
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
    question: Question, found: Found, learned: LimitEstimate, look_up: LookUp
) -> Evaluated:
    """Filter, group, count and compare what was read, as :func:`evaluate` does."""
    alarms = question.over_events
    reading = _believed(question, found.reading)
    errors = [*reading.failures, *found.hidden]
    silence = bool(alarms) and reading.whole and _is_silence(reading, question.state, errors)
    windows = by_start(reading.segments, question.narrowing.never(found.never))
    later = _later(question, reading)
    seen = Seen(question, reading, windows, bool(found.hidden), later)
    outcome = Evaluations() if silence else evaluate_all(seen, look_up)
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


def _believed(question: Question, reading: Reading) -> Reading:
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


def _later(question: Question, reading: Reading) -> dict[str, Instant]:
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
