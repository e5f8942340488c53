"""scan: fetch, count, compare, open, observe.

Order lives in the fence: a scan takes its number before it looks at the clock or reads anything,
and changes nothing once a later one was applied. Of what was seen, the window that ends latest
counts, whoever's clock it was. Whether something was already told lives in the trigger table alone.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from events_tracker.base import limits
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import SegwareError, SetupError, UsageError
from events_tracker.base.ids import new_id
from events_tracker.base.times import Duration, Instant, Span
from events_tracker.decisions.alarms.default import differing_settings
from events_tracker.fetch.directory import LookUp
from events_tracker.fetch.reader import EventReader
from events_tracker.fetch.slice_cache import SliceCache
from events_tracker.model.alarms import DEFAULT_ALARM, Alarm, Definition, Source
from events_tracker.model.alerts import Alert, Trigger
from events_tracker.model.deliveries import Destination
from events_tracker.model.ports import Progress
from events_tracker.model.runs import ScanState
from events_tracker.passes.scan.apply import Applying, ScanLists
from events_tracker.passes.scan.catch_up import CatchUp
from events_tracker.passes.scan.evaluate import Evaluated, ScanInput, evaluate

if TYPE_CHECKING:
    from events_tracker.segware import Segware
    from events_tracker.storage import Store


@dataclass(frozen=True, slots=True)
class Request:
    """What one scan is asked to do.

    ``environment`` is the definition of `default` that the settings give, ``never_counted`` the
    code that the tracker injects, ``switched_on`` the channels that are on. ``at``, ``account`` and
    ``alarm`` go with ``dry_run`` only. ``source`` tells one service and token from others, without
    saying what they are; ``full`` leaves aside what earlier scans of it remembered.
    """

    host: str
    environment: Definition
    never_counted: str
    switched_on: Mapping[str, Destination]
    source: str
    settle: Duration
    ignored_closers: tuple[int, ...] = ()
    full: bool = False
    dry_run: bool = False
    at: Instant | None = None
    account: str | None = None
    alarm: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a scan saw and did. ``notes`` are for people; ``errors`` make the exit code 1."""

    dry_run: bool
    overtaken: bool
    window: Span
    fetched: int
    remembered: int | None
    counted: int
    malformed: int
    requests: int
    opened: Sequence[Alert]
    ongoing: Sequence[Alert]
    below: Sequence[Alert]
    errors: Sequence[str]
    notes: Sequence[str]


def run(
    request: Request,
    store: "Store",
    segware: "Segware",
    clock: Callable[[], Instant],
    deadline: Deadline,
    progress: Progress,
) -> Summary:
    """One scan. Raises StorageError if the database fails; what Segware fails is in the summary."""
    seq = 0 if request.dry_run else store.update(lambda rows: rows.runs.next_scan())
    # Not before: while two scans wait for their numbers, the later one may get the lower.
    now = clock()
    rules = _rules(request, store.read(lambda rows: rows.alarms.all()))
    past = request.at is not None
    state = ScanState(None, 0, False) if past else store.read(lambda rows: rows.runs.scans())
    reading_ends = deadline.earlier_by(limits.APPLY_SECONDS)
    look_up = LookUp(store, segware, now, reading_ends)
    end = now if request.at is None else request.at
    question = ScanInput(
        alarms=rules.alarms,
        window=Span(end - rules.longest, end),
        only=_only(request, look_up),
        state=state,
        memory=_memory(request, now, rules, store, state),
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
    )
    seen = evaluate(question, reader, look_up)
    catch_up = _catch_up(request, now, store, reader, look_up, seen)
    triggers: list[Trigger] = []
    if not past:
        triggers = rules.triggers(store.read(lambda rows: rows.triggers.all()), question.only)
    applying = Applying(
        pass_id=new_id(now),
        seq=seq,
        now=end,
        host=request.host,
        seen=seen,
        look_up=look_up,
        switched_on=request.switched_on,
        only=question.only,
        afresh=frozenset({DEFAULT_ALARM}) if rules.afresh else frozenset(),
        caught_up=catch_up.found if request.dry_run else (),
        behind=catch_up.behind,
    )
    applying.learn(store, triggers)
    lists = applying.foresee(store, triggers) if request.dry_run else applying.apply(store)
    return _summary(request, rules, seen, look_up, _with_caught_up(catch_up, lists))


def _with_caught_up(catch_up: CatchUp, lists: ScanLists) -> ScanLists:
    """What missed scans left out was detected before what this one sees."""
    return replace(
        lists,
        opened=[*catch_up.found, *lists.opened],
        errors=[*catch_up.errors, *lists.errors],
    )


def _catch_up(
    request: Request,
    now: Instant,
    store: "Store",
    reader: EventReader,
    look_up: LookUp,
    seen: Evaluated,
) -> CatchUp:
    """What missed scans left out, evaluated once the present is known to be readable."""
    catch_up = CatchUp(
        store=store,
        reader=reader,
        look_up=look_up,
        now=now,
        host=request.host,
        switched_on=request.switched_on,
        dry_run=request.dry_run,
    )
    if request.at is None and request.account is None:
        catch_up.run(seen.alarms, seen.window.end, able=seen.good)
    return catch_up


def _only(request: Request, look_up: LookUp) -> frozenset[int] | None:
    """The ids of the accounts that a dry run is narrowed to; None for all."""
    if request.account is None:
        return None
    look_up.know_codes({request.account}, None)
    accounts = look_up.directory().accounts.values()
    ids = frozenset(account.id for account in accounts if account.code == request.account)
    if not ids and look_up.errors:
        raise SegwareError(look_up.errors[0])
    if not ids:
        raise SegwareError(f"Segware lists no account with the code {request.account!r}")
    return ids


@dataclass(frozen=True, slots=True)
class _Rules:
    """The alarms to evaluate, and in what the environment differs from the stored `default`.

    ``left_out`` are the names of those that say nothing of the account that is asked for.
    """

    alarms: Sequence[Alarm]
    longest: int
    differing: Sequence[str]
    afresh: bool
    left_out: Sequence[str]

    def triggers(
        self, triggers: Sequence[Trigger], accounts: Collection[int] | None
    ) -> list[Trigger]:
        """Those that count: of these accounts, where they are narrowed to some; and without those
        of `default` where `init` with the environment's settings would close them.
        """
        return [
            trigger
            for trigger in triggers
            if not (self.afresh and trigger.alarm_id == DEFAULT_ALARM)
            and (accounts is None or trigger.group.account_id in accounts)
        ]


def _memory(
    request: Request, now: Instant, rules: _Rules, store: "Store", state: ScanState
) -> SliceCache | None:
    """The memory of slices; none where facts that change later decide what counts."""
    if request.ignored_closers:
        return None
    return SliceCache(
        store,
        request.source,
        now,
        request.settle,
        by_occurrence=any(alarm.definition.field == "occurrence" for alarm in rules.alarms),
        keeps=not request.dry_run,
        full=request.full,
        expects_events=state.good_events >= limits.SILENCE_AFTER_EVENTS,
    )


def _rules(request: Request, stored: Sequence[Alarm]) -> _Rules:
    default = next((alarm for alarm in stored if alarm.id == DEFAULT_ALARM), None)
    if default is None:
        raise SetupError("the alarm `default` is not stored yet: run `tracker init`")
    differing = differing_settings(default.definition, request.environment)
    afresh = bool(differing) and request.dry_run
    alarms = [alarm for alarm in stored if alarm.enabled]
    if request.at is not None:
        # A past moment is evaluated as if nothing had been seen after it.
        alarms = [replace(alarm, evaluated_until=None) for alarm in alarms]
    if afresh:
        foreseen = replace(default, definition=request.environment, revision=default.revision + 1)
        alarms = [foreseen if alarm.id == DEFAULT_ALARM else alarm for alarm in alarms]
    if request.alarm is not None:
        alarms = _with_sources(request.alarm, alarms)
    left_out: list[str] = []
    if request.account is not None:
        left_out = [a.name for a in alarms if "account" not in a.definition.group_by]
        alarms = [alarm for alarm in alarms if alarm.name not in left_out]
    over_events = [alarm for alarm in alarms if alarm.definition.source == Source.EVENTS]
    windows = [alarm.definition.window for alarm in over_events]
    longest = max(windows, default=request.environment.window)
    return _Rules(alarms, longest, differing, afresh, left_out)


def _with_sources(name: str, alarms: Sequence[Alarm]) -> list[Alarm]:
    """The alarm of this name, and those whose detections it counts."""
    by_id = {alarm.id: alarm for alarm in alarms}
    following = next((alarm for alarm in alarms if alarm.name == name), None)
    if following is None:
        raise UsageError(f"there is no enabled alarm called {name!r}")
    found: list[Alarm] = []
    while following is not None and following not in found:
        found.append(following)
        following = by_id.get(following.definition.source_alarm_id or "")
    return found


def _summary(
    request: Request, rules: _Rules, seen: Evaluated, look_up: LookUp, lists: ScanLists
) -> Summary:
    errors, notes = [*seen.errors, *lists.errors, *look_up.errors], []
    if lists.overtaken:
        notes.append("a later scan was applied before this one: nothing was changed")
    names = ", ".join(rules.differing)
    if rules.afresh:
        notes.append(
            f"the environment differs from the stored alarm `default` in {names}: "
            "this is what would hold after `tracker init`"
        )
    elif rules.differing:
        errors.append(
            f"the environment differs from the stored alarm `default` in {names}: the stored one "
            "was used; `tracker init` adopts the environment's"
        )
    if rules.left_out:
        notes.append(f"left out, because they do not group by account: {', '.join(rules.left_out)}")
    return Summary(
        dry_run=request.dry_run,
        overtaken=lists.overtaken,
        window=seen.window,
        fetched=seen.reading.fetched,
        remembered=None if request.ignored_closers else seen.reading.remembered,
        counted=seen.counted,
        malformed=seen.reading.malformed,
        requests=seen.reading.requests,
        opened=_named(request.alarm, lists.opened),
        ongoing=_named(request.alarm, lists.ongoing),
        below=_named(request.alarm, lists.below),
        errors=() if lists.overtaken else errors,
        notes=notes,
    )


def _named(alarm: str | None, alerts: Sequence[Alert]) -> Sequence[Alert]:
    """Those of the alarm that a dry run is narrowed to; all of them otherwise."""
    return [alert for alert in alerts if alarm is None or alert.alarm == alarm]
