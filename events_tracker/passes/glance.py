"""glance: what a rule finds now, in what scans remember. It asks Segware for nothing."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from msgspec import Struct

from events_tracker.base.errors import SegwareRefused
from events_tracker.base.times import MINUTE, Duration, Instant, Span
from events_tracker.decisions.detection.counting import Evaluation
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.narrowing import Narrowing
from events_tracker.fetch.directory import LookUp
from events_tracker.fetch.reader import Counters, Found
from events_tracker.fetch.slice_cache import SliceCache
from events_tracker.model.alarms import Alarm, Source
from events_tracker.model.directory import Facts
from events_tracker.model.readings import Answer, LimitEstimate, Reading, Segment
from events_tracker.model.runs import ScanState
from events_tracker.passes.scan.evaluate import evaluated
from events_tracker.passes.scan.question import Question

if TYPE_CHECKING:
    from events_tracker.base.deadline import Deadline
    from events_tracker.segware import Segware
    from events_tracker.storage import Store


class Request(Struct, frozen=True):
    """The order for a look at one alarm; the fields are those of a scan's request."""

    alarm: Alarm
    source: str
    settle: Duration
    never_counted: str
    now: Instant


class Holding(Struct, frozen=True):
    """A group whose condition holds: its number, and whose it is, as far as that is known."""

    quantity: int
    account_id: int | None
    facts: Facts
    cuc: str | None
    code: str | None


class Glance(Struct, frozen=True):
    """What the alarm finds in what scans remember of its window, the highest number first.

    ``window`` ends before the last minutes, which may still change; ``whole``: up to there, all of
    it is remembered.
    """

    window: Span
    whole: bool
    holding: list[Holding]


def run(request: Request, store: "Store", deadline: "Deadline") -> Glance | None:
    """Look; None if too little is remembered to tell. Raises StorageError."""
    rule = request.alarm.definition
    if rule.source != Source.EVENTS:
        return None
    # Scans remember occurrences only where some alarm counts them.
    kinds = (True,) if rule.field == "occurrence" else (False, True)
    for by_occurrence in kinds:
        found = _look(request, store, deadline, by_occurrence=by_occurrence)
        if found is not None:
            return found
    return None


def _look(
    request: Request, store: "Store", deadline: "Deadline", *, by_occurrence: bool
) -> Glance | None:
    length = request.alarm.definition.window
    memory = _memory(request, store, request.now, by_occurrence=by_occurrence)
    end = memory.newest(Span(request.now - length, request.now))
    if end is None:
        return None
    # Slices are whole minutes: a part of one at the beginning is left out.
    window = Span(-(-(request.now - length) // MINUTE) * MINUTE, end)
    counters, records = Counters(), 0

    def take(_: Span, answer: Answer) -> None:
        nonlocal records
        counters.add(answer)
        records += answer.fetched

    # As it was remembered then: what a scan would read again by now counts here as it is.
    missing = _memory(request, store, end, by_occurrence=by_occurrence).use([window], take)
    whole = not missing
    segment = Segment(window.start, window.end, counters.tally(), whole)
    never = NeverCounted(
        frozenset({request.never_counted}),
        store.read(lambda rows: rows.deliveries.injected(window.start)),
        frozenset(),
    )
    question = Question(
        alarms=[request.alarm],
        window=Span(window.start, window.start + length),
        narrowing=Narrowing(None, {request.alarm.id}),
        state=ScanState(None, 0, False),
        memory=None,
        exceptions=store.read(lambda rows: rows.exceptions.standing()),
    )
    look_up = LookUp(store, cast("Segware", _NotAsked()), request.now, deadline)
    reading = Reading((segment,), remembered=records)
    seen = evaluated(question, Found(reading, never, ()), LimitEstimate(), look_up)
    if seen.errors or not seen.evaluations:
        return None
    (evaluation,) = seen.evaluations
    if evaluation.unknown or not (whole or request.alarm.definition.operator.rises):
        return None
    return Glance(window, whole, _holding(evaluation, look_up))


def _holding(evaluation: Evaluation, look_up: LookUp) -> list[Holding]:
    """Tell whose the groups are whose condition holds, the highest number first."""
    look_up.know({group.account_id for group in evaluation.holding if group.account_id is not None})
    directory = look_up.directory()
    holding = [
        Holding(
            evaluation.decisive.get(group) or 0,
            group.account_id,
            directory.facts(group.account_id, group.company_id),
            group.cuc,
            group.code,
        )
        for group in evaluation.holding
    ]
    return sorted(holding, key=lambda one: -one.quantity)


def _memory(request: Request, store: "Store", now: Instant, *, by_occurrence: bool) -> SliceCache:
    return SliceCache(store, request.source, now, request.settle, by_occurrence=by_occurrence)


class _NotAsked:
    """A Segware that is not to be asked."""

    def __getattr__(self, route: str) -> Callable[..., Any]:
        def refuse(*_: object, **__: object) -> Any:
            raise SegwareRefused("Segware is not asked")

        return refuse
