"""What a scan knows before it writes: what it reads, in which order, and what it makes of it.

Whoever explains or makes a dry run looks the same way, and writes nothing afterwards.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base import limits
from events_tracker.base.deadline import Deadline
from events_tracker.base.ids import new_id
from events_tracker.base.times import Duration, Instant, Span
from events_tracker.decisions.detection.narrowing import Narrowing
from events_tracker.decisions.hours import counts_openings
from events_tracker.fetch.directory import LookUp
from events_tracker.fetch.past import Past
from events_tracker.fetch.reader import EventReader
from events_tracker.fetch.slice_cache import SliceCache
from events_tracker.model.alarms import Alarm, Clearing, Definition, Source
from events_tracker.model.alerts import Trigger
from events_tracker.model.deliveries import Destination
from events_tracker.model.exceptions import AccountException
from events_tracker.model.ports import Progress
from events_tracker.model.runs import ScanState
from events_tracker.passes.client import accounts_called
from events_tracker.passes.exceptions import expired
from events_tracker.passes.scan.catch_up import CatchUp
from events_tracker.passes.scan.evaluate import Evaluated, evaluate
from events_tracker.passes.scan.guessing import guessed
from events_tracker.passes.scan.hours import Keeping
from events_tracker.passes.scan.plan import Scan, learn
from events_tracker.passes.scan.question import Question
from events_tracker.passes.scan.rules import Rules, rules_of

if TYPE_CHECKING:
    from events_tracker.segware import Segware
    from events_tracker.storage import Rows, Store


class Request(Struct, frozen=True):
    """The order for one scan.

    ``environment`` is the definition of `default` that the settings give, ``never_counted`` the
    code that the tracker injects, ``switched_on`` the channels that are on. ``at``, ``account`` and
    ``alarm`` go with ``dry_run`` only. ``source`` tells one service and token from others, without
    saying what they are; ``full`` leaves aside what earlier scans of it remembered. ``lists``: the
    summary is to have the entries of what was open before, not only their number. ``explains``: it
    is to be explained by the alarms as they are stored, without those that missed windows of the
    past, and its events are to be known by slices.
    """

    host: str
    environment: Definition
    never_counted: str
    switched_on: Mapping[str, Destination]
    source: str
    settle: Duration
    clearing: Clearing
    keeping: Keeping
    ignored_closers: tuple[int, ...] = ()
    full: bool = False
    lists: bool = False
    dry_run: bool = False
    at: Instant | None = None
    account: str | None = None
    alarm: str | None = None
    explains: bool = False


class Look(Struct, frozen=True):
    """All that a scan knows before it writes, and what is open meanwhile.

    ``past``: what kept counts told of a past moment; None where they were not asked.
    """

    scan: Scan
    rules: Rules
    triggers: Sequence[Trigger]
    catch_up: CatchUp
    memory: SliceCache
    past: Past | None


class _Begun(Struct, frozen=True):
    """A scan that has its number ``seq``, and what was stored before it reads anything.

    ``end``: of its windows. ``alarms``: all there are. ``hears``: accounts of which it is to know
    when they were last heard.
    """

    request: Request
    store: "Store"
    seq: int
    now: Instant
    end: Instant
    alarms: Sequence[Alarm]
    exceptions: Sequence[AccountException]
    hears: frozenset[int]
    rules: Rules
    state: ScanState


def look(
    request: Request,
    store: "Store",
    segware: "Segware",
    clock: Callable[[], Instant],
    deadline: Deadline,
    progress: Progress,
    whose: Callable[[LookUp], frozenset[int] | None] | None = None,
) -> Look:
    """Read and evaluate, and decide nothing yet. Raises StorageError.

    ``whose`` finds the ids of the accounts that a dry run is narrowed to; None: all.
    """
    begun = _begun(request, store, clock)
    # What writes nothing needs little time after it has read.
    afterwards = limits.PREVIEW_EVALUATION_SECONDS if request.explains else limits.APPLY_SECONDS
    reading_ends = deadline.earlier_by(afterwards)
    look_up = LookUp(store, segware, begun.now, reading_ends)
    accounts = accounts_called(request.account, look_up) if whose is None else whose(look_up)
    memory = _memory(begun)
    question = Question(
        alarms=begun.rules.alarms,
        window=Span(begun.end - begun.rules.longest, begun.end),
        narrowing=Narrowing(accounts, begun.rules.afresh),
        state=begun.state,
        memory=memory,
        exceptions=begun.exceptions,
    )
    reader = _reader(begun, segware, reading_ends, progress, accounts)
    seen = evaluate(question, reader, look_up)
    catch_up = _catch_up(begun, reader, look_up, seen)
    triggers = [] if request.at is not None else _triggers(begun, question.narrowing, seen)
    scan = _scan(begun, seen, question.narrowing, look_up, catch_up)
    learn(scan, store, triggers)
    scan = replace(scan, causes=guessed(seen, triggers, request.clearing))
    return Look(scan, begun.rules, triggers, catch_up, memory, reader.past)


def _begun(request: Request, store: "Store", clock: Callable[[], Instant]) -> _Begun:
    seq = 0 if request.dry_run else store.update(lambda rows: rows.runs.next_scan())
    # Not before: while two scans wait for their numbers, the later one may get the lower.
    now = clock()
    alarms, exceptions, hears = store.read(
        lambda rows: (rows.alarms.all(), rows.exceptions.standing(), rows.triggers.accounts())
    )
    rules, end, state = rules_of(request, alarms), request.at, ScanState(None, 0, False)
    if end is None:
        end, state = now, store.read(lambda rows: rows.runs.scans())
    return _Begun(request, store, seq, now, end, alarms, exceptions, hears, rules, state)


def _reader(
    begun: _Begun,
    segware: "Segware",
    deadline: Deadline,
    progress: Progress,
    accounts: frozenset[int] | None,
) -> EventReader:
    request = begun.request
    return EventReader(
        store=begun.store,
        segware=segware,
        deadline=deadline,
        progress=progress,
        now=begun.now,
        never_counted=request.never_counted,
        ignored_closers=request.ignored_closers,
        learned=begun.state.learned,
        watched=accounts if request.explains else frozenset(),
        hears=begun.hears,
        past=_past(begun, accounts) if request.at is not None and request.explains else None,
    )


def _scan(
    begun: _Begun, seen: Evaluated, narrowing: Narrowing, look_up: LookUp, catch_up: CatchUp
) -> Scan:
    request = begun.request
    return Scan(
        pass_id=new_id(begun.now),
        seq=begun.seq,
        now=begun.end,
        host=request.host,
        seen=seen,
        look_up=look_up,
        switched_on=request.switched_on,
        narrowing=narrowing,
        caught_up=catch_up.found if request.dry_run else (),
        behind=catch_up.behind,
        lists=request.lists,
        clearing=request.clearing,
    )


def _triggers(begun: _Begun, narrowing: Narrowing, seen: Evaluated) -> list[Trigger]:
    """Read what is open, without what the scan will end together with an exception."""

    def left(rows: "Rows") -> list[Trigger]:
        found = rows.triggers.all()
        return found if seen.nothing else expired(rows, begun.alarms, found, seen.until).left(found)

    return narrowing.triggers(begun.store.read(left))


def _catch_up(begun: _Begun, reader: EventReader, look_up: LookUp, seen: Evaluated) -> CatchUp:
    """Evaluate what missed scans left out, once the present is known to be readable."""
    request = begun.request
    catch_up = CatchUp(
        store=begun.store,
        reader=reader,
        look_up=look_up,
        now=begun.now,
        host=request.host,
        switched_on=request.switched_on,
        dry_run=request.dry_run,
        exceptions=begun.exceptions,
    )
    if request.at is None and request.account is None and not request.explains:
        catch_up.run(seen.alarms, seen.window.end, able=seen.good)
    return catch_up


def _memory(begun: _Begun) -> SliceCache:
    """Open the cache of slices; with occurrences, where these decide what counts."""
    request, state = begun.request, begun.state
    counts_occurrences = any(one.definition.field == "occurrence" for one in begun.rules.alarms)
    return SliceCache(
        begun.store,
        request.source,
        begun.now,
        request.settle,
        by_occurrence=counts_occurrences or bool(request.ignored_closers),
        keeps=not request.dry_run,
        full=request.full,
        expects_events=state.good_events >= limits.SILENCE_AFTER_EVENTS,
        last_good=state.good_until,
    )


def _past(begun: _Begun, accounts: frozenset[int] | None) -> Past:
    """Let what is kept tell of the accounts, but for openings where an alarm counts them."""
    rules = [alarm.definition for alarm in begun.rules.alarms]
    openings_matter = any(counts_openings(one) for one in rules if one.source == Source.EVENTS)
    return Past(begun.store, begun.request.keeping.source, accounts, openings_matter)
