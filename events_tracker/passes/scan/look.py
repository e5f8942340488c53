"""What a scan knows before it writes: what it reads, in which order, and what it makes of it.

Whoever explains or makes a dry run looks the same way, and writes nothing afterwards.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base import limits
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import SegwareError, UsageError
from events_tracker.base.ids import new_id
from events_tracker.base.text import did_you_mean, folded, nearest
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
from events_tracker.model.filters import listed
from events_tracker.model.ports import Progress
from events_tracker.model.runs import ScanState
from events_tracker.passes.exceptions import expired
from events_tracker.passes.scan.apply import learn
from events_tracker.passes.scan.catch_up import CatchUp
from events_tracker.passes.scan.evaluate import Evaluated, ScanInput, evaluate
from events_tracker.passes.scan.guessing import guessed
from events_tracker.passes.scan.hours import Keeping
from events_tracker.passes.scan.plan import Scan
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


def look(
    request: Request,
    store: "Store",
    segware: "Segware",
    clock: Callable[[], Instant],
    deadline: Deadline,
    progress: Progress,
    whose: "Callable[[Request, LookUp], frozenset[int] | None] | None" = None,
) -> Look:
    """Read and evaluate, and decide nothing yet. Raises StorageError.

    ``whose`` finds the accounts that a dry run is narrowed to.
    """
    seq = 0 if request.dry_run else store.update(lambda rows: rows.runs.next_scan())
    # Not before: while two scans wait for their numbers, the later one may get the lower.
    now = clock()
    stored, exceptions, hears = store.read(
        lambda rows: (rows.alarms.all(), rows.exceptions.standing(), rows.triggers.accounts())
    )
    rules = rules_of(request, stored)
    past = request.at is not None
    state = ScanState(None, 0, False) if past else store.read(lambda rows: rows.runs.scans())
    # What writes nothing needs little time after it has read.
    afterwards = limits.PREVIEW_EVALUATION_SECONDS if request.explains else limits.APPLY_SECONDS
    reading_ends = deadline.earlier_by(afterwards)
    look_up = LookUp(store, segware, now, reading_ends)
    end = now if request.at is None else request.at
    accounts = (whose or _accounts)(request, look_up)
    memory = _memory(request, now, rules, store, state)
    question = ScanInput(
        alarms=rules.alarms,
        window=Span(end - rules.longest, end),
        narrowing=Narrowing(accounts, rules.afresh),
        state=state,
        memory=memory,
        exceptions=exceptions,
    )
    reader = EventReader(
        store=store,
        segware=segware,
        deadline=reading_ends,
        progress=progress,
        now=now,
        never_counted=request.never_counted,
        ignored_closers=request.ignored_closers,
        learned=state.learned,
        watched=accounts if request.explains else frozenset(),
        hears=hears,
        past=_past(request, store, rules, accounts) if past and request.explains else None,
    )
    seen = evaluate(question, reader, look_up)
    catch_up = _catch_up(request, now, store, reader, look_up, seen, exceptions)
    triggers = [] if past else _triggers(store, question.narrowing, seen, stored)
    scan = Scan(
        pass_id=new_id(now),
        seq=seq,
        now=end,
        host=request.host,
        seen=seen,
        look_up=look_up,
        switched_on=request.switched_on,
        narrowing=question.narrowing,
        caught_up=catch_up.found if request.dry_run else (),
        behind=catch_up.behind,
        lists=request.lists,
        clearing=request.clearing,
    )
    learn(scan, store, triggers)
    scan = replace(scan, causes=guessed(seen, triggers, request.clearing))
    return Look(scan, rules, triggers, catch_up, memory, reader.past)


def _triggers(
    store: "Store", narrowing: Narrowing, seen: Evaluated, alarms: Sequence[Alarm]
) -> list[Trigger]:
    """Read what is open, without what the scan will end together with an exception."""

    def left(rows: "Rows") -> list[Trigger]:
        found = rows.triggers.all()
        return found if seen.nothing else expired(rows, alarms, found, seen.until).left(found)

    return narrowing.triggers(store.read(left))


def _catch_up(
    request: Request,
    now: Instant,
    store: "Store",
    reader: EventReader,
    look_up: LookUp,
    seen: Evaluated,
    exceptions: Sequence[AccountException],
) -> CatchUp:
    """Evaluate what missed scans left out, once the present is known to be readable."""
    catch_up = CatchUp(
        store=store,
        reader=reader,
        look_up=look_up,
        now=now,
        host=request.host,
        switched_on=request.switched_on,
        dry_run=request.dry_run,
        exceptions=exceptions,
    )
    if request.at is None and request.account is None and not request.explains:
        catch_up.run(seen.alarms, seen.window.end, able=seen.good)
    return catch_up


def _accounts(request: Request, look_up: LookUp) -> frozenset[int] | None:
    """Find the ids of the accounts that a dry run is narrowed to; None for all."""
    if request.account is None:
        return None
    codes = listed(request.account)
    look_up.know_codes(codes, None)
    accounts = look_up.directory().accounts.values()
    found = {account.id: folded(account.code) for account in accounts if account.code}
    for code in codes:
        if folded(code) not in found.values():
            if look_up.errors:
                raise SegwareError(look_up.errors[0])
            codes = [account.code for account in accounts if account.code]
            hint = did_you_mean(nearest(code, codes))
            raise UsageError(f"Segware lists no account with the code {code!r}{hint}")
    wanted = {folded(code) for code in codes}
    return frozenset(id_ for id_, code in found.items() if code in wanted)


def _memory(
    request: Request, now: Instant, rules: Rules, store: "Store", state: ScanState
) -> SliceCache:
    """Open the cache of slices; with occurrences, where these decide what counts."""
    counts_occurrences = any(alarm.definition.field == "occurrence" for alarm in rules.alarms)
    return SliceCache(
        store,
        request.source,
        now,
        request.settle,
        by_occurrence=counts_occurrences or bool(request.ignored_closers),
        keeps=not request.dry_run,
        full=request.full,
        expects_events=state.good_events >= limits.SILENCE_AFTER_EVENTS,
        last_good=state.good_until,
    )


def _past(request: Request, store: "Store", rules: Rules, accounts: frozenset[int] | None) -> Past:
    """Let what is kept tell of the accounts, but for openings where an alarm counts them."""
    over_events = [a.definition for a in rules.alarms if a.definition.source == Source.EVENTS]
    openings_matter = any(map(counts_openings, over_events))
    return Past(store, request.keeping.source, accounts, openings_matter)
