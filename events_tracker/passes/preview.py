"""preview: what a rule as it is typed would open now, and would have opened in the past day.

It reads as a dry run does, in short steps that other rules share, and leaves no trace.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.errors import Refused
from events_tracker.base.ids import new_id
from events_tracker.base.problems import Problem
from events_tracker.base.times import Instant, Span, format_duration
from events_tracker.decisions.alarms.editing import created, edited
from events_tracker.decisions.alarms.names import find
from events_tracker.decisions.detection import preview as deciding
from events_tracker.decisions.detection import scope as scoping
from events_tracker.decisions.detection.counting import Evaluation
from events_tracker.decisions.detection.exceptions import Excepted, codes_of, excepted
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.narrowing import Narrowing
from events_tracker.decisions.detection.opening import starting
from events_tracker.decisions.detection.preview import Replay, Windows
from events_tracker.decisions.detection.scope import Scope
from events_tracker.decisions.detection.sliding import SlidingTally
from events_tracker.fetch.directory import LookUp
from events_tracker.fetch.reader import Found
from events_tracker.fetch.steps import Asked, StepReading
from events_tracker.model.alarms import Alarm, Clearing, Definition, Source
from events_tracker.model.groups import Group
from events_tracker.model.previews import Note, Preview, PreviewGroup, Step
from events_tracker.model.readings import LimitEstimate, Pair, Reading, Segment, Tally
from events_tracker.model.runs import ScanState
from events_tracker.passes.alarms import Texts
from events_tracker.passes.scan.apply import foresee
from events_tracker.passes.scan.evaluate import Evaluated, evaluated
from events_tracker.passes.scan.plan import Scan
from events_tracker.passes.scan.question import Question

if TYPE_CHECKING:
    from events_tracker.storage import Store


def typed(store: "Store", given: Texts, name: str | None, now: Instant) -> Alarm:
    """Make the alarm that somebody is typing: a new one, or the one called ``name`` as changed.

    A preview needs no name: whether the one that is given may be so is not asked. Raises Refused as
    creating and editing do, and if it counts detections; UsageError if there is no such alarm.
    """
    living = {alarm.id: alarm for alarm in store.read(lambda rows: rows.alarms.all())}
    rule = {field: text for field, text in given.items() if field != "name"}
    if name is None:
        first = Alarm(
            id=new_id(now),
            name=given.get("name") or "preview",
            defined_in="database",
            definition=Definition(),
            created_at=now,
        )
        alarm = created(first, rule, living, named=False)
    else:
        alarm = edited(find(living.values(), name), rule, living)
    if alarm.definition.source == Source.DETECTIONS:
        raise Refused(
            [Problem("source", "no_preview_of_detections", given=alarm.definition.source)]
        )
    return alarm


class Request(Struct, frozen=True):
    """The order for one preview of an alarm, as :class:`~.scan.run.Request` has it for a scan.

    ``state``: what scans remember of those before them.
    """

    alarm: Alarm
    never_counted: str
    clearing: Clearing
    host: str
    state: ScanState


def run(request: Request, asked: Asked, store: "Store", look_up: LookUp) -> Preview:
    """Tell what an alarm opens in what was read. Raises StorageError."""
    grid = asked.grid
    # As if it had just been stored: nothing was opened yet, nothing seen, nothing missed.
    alarm = replace(request.alarm, enabled=True, evaluated_until=None)
    ours = store.read(lambda rows: rows.deliveries.injected(grid.wanted.start))
    never = NeverCounted(frozenset({request.never_counted}), ours, asked.reading.closed)
    countable = _Countable(alarm.definition, never)
    question = Question(
        alarms=[alarm],
        window=Span(grid.end - grid.window, grid.end),
        narrowing=Narrowing(None, {alarm.id}),
        state=replace(request.state, good_until=None),
        memory=None,
        exceptions=store.read(lambda rows: rows.exceptions.standing()),
    )
    seen = evaluated(question, _found(asked, countable), LimitEstimate(), look_up)
    look_up.know(_accounts(starting(seen.evaluations, ())))
    scan = Scan(
        pass_id=new_id(grid.end),
        seq=0,
        now=grid.end,
        host=request.host,
        seen=seen,
        look_up=look_up,
        switched_on={},
        narrowing=question.narrowing,
        caught_up=(),
        behind=(),
        lists=False,
        clearing=request.clearing,
    )
    outcome = foresee(scan, store, ())
    replayed = _replay(alarm, asked, countable, seen, look_up, request.clearing)
    return Preview(
        now=outcome.opened,
        openings=replayed.openings,
        start=grid.start,
        end=grid.end,
        points=replayed.points,
        groups=_groups(replayed, look_up),
        requests=asked.requests,
        unread=asked.unread,
        notes=_notes(asked),
        errors=[*seen.errors, *outcome.errors, *look_up.errors, *seen.notes],
    )


class _Countable(Struct, frozen=True):
    """Unpacks of a step what an alarm may count, by code and CUC."""

    rule: Definition
    never: NeverCounted

    def takes(self, pair: Pair) -> bool:
        return Scope(frozenset(self.rule.codes), frozenset(self.rule.cucs)).why_not(pair) is None

    def unpacked(self, step: Step) -> Tally:
        return step.tally(self.takes)

    def __call__(self, step: Step) -> Tally:
        return self.never.without(self.unpacked(step))

    def together(self, reading: StepReading, spans: Sequence[Span]) -> Tally:
        """Add up what was read of these stretches."""
        sums = SlidingTally()
        for span in spans:
            if (step := reading.stretch(span)) is not None:
                sums.add(self.unpacked(step))
        return sums.now


def _found(asked: Asked, countable: _Countable) -> Found:
    """Put the window that ends now together, as a scan reads it."""
    reading, spans = asked.reading, asked.grid.now
    segment = Segment(
        start=spans[-1].start,
        end=spans[0].end,
        tally=countable.together(reading, spans),
        whole=not any(map(reading.lacks, spans)),
    )
    records = sum(step.records for span in spans if (step := reading.stretch(span)) is not None)
    read = Reading((segment,), fetched=records, failures=tuple(asked.failures))
    return Found(read, countable.never, tuple(asked.hidden))


def _replay(
    alarm: Alarm,
    asked: Asked,
    countable: _Countable,
    seen: Evaluated,
    look_up: LookUp,
    clearing: Clearing,
) -> Replay:
    """Look at every window of the past day, if it can be told what the alarm counts.

    Exceptions are those of now. Who the groups are is looked up; if one turns out to be excepted,
    the day is looked at once more.
    """
    grid, rule = asked.grid, alarm.definition
    tally = Tally()
    if scoping.needs_facts(rule):
        tally = countable.never.without(countable.together(asked.reading, grid.steps))
        look_up.know(scoping.accounts_of_interest(rule, tally))
    scope = scoping.scope(rule, tally, look_up.directory())
    if isinstance(scope, str) or not seen.evaluations:
        return deciding.nothing_seen(grid.points)
    windows = Windows(grid, asked.reading.steps, countable)
    now = seen.evaluations[0]

    def looked_at(own: Excepted) -> Replay:
        replayed = deciding.replay(alarm, windows, scope, own, now, clearing)
        look_up.know(_accounts([group for group, _, _ in replayed.groups]))
        return replayed

    own = _excepted(now, look_up)
    replayed = looked_at(own)
    found = _excepted(now, look_up)
    return replayed if found == own else looked_at(found)


def _excepted(now: Evaluation, look_up: LookUp) -> Excepted:
    """Find the accounts that the exceptions in force speak of, among all that are known by now."""
    accounts = look_up.directory().accounts.values()
    return excepted(now.excepted.exceptions, codes_of(accounts))


def _accounts(groups: Sequence[Group]) -> set[int]:
    return {group.account_id for group in groups if group.account_id is not None}


def _groups(replayed: Replay, look_up: LookUp) -> list[PreviewGroup]:
    directory = look_up.directory()
    found = []
    for group, highest, openings in replayed.groups:
        facts = directory.facts(group.account_id, group.company_id)
        found.append(
            PreviewGroup(
                facts.account_code, facts.company, group.cuc, group.code, highest, openings
            )
        )
    return found


def _notes(asked: Asked) -> list[Note]:
    """Tell what is only nearly so, and what is missing."""
    grid = asked.grid
    notes = [Note("steps", {"step": format_duration(grid.step)})]
    if grid.counted_window != grid.window:
        lengths = map(format_duration, (grid.counted_window, grid.window))
        notes.append(Note("windows", dict(zip(("counted", "window"), lengths, strict=True))))
    if grid.left_out:
        notes.append(Note("too_far"))
    if asked.failures or any(map(asked.reading.lacks, grid.steps)):
        notes.append(Note("unread"))
    return notes
