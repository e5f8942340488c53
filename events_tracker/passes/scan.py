"""scan: fetch, count, compare, open, observe.

Order lives in the fence: a scan takes its number before it reads anything, and changes nothing once
a later one was applied. Whether something was already told lives in the trigger table alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from events_tracker import limits
from events_tracker.decisions.default_alarm import differing_settings
from events_tracker.decisions.opening import decide
from events_tracker.errors import SetupError, UsageError
from events_tracker.model.alarms import DEFAULT_ALARM, Alarm, Definition
from events_tracker.model.alerts import Alert, Trigger
from events_tracker.model.deadline import Deadline
from events_tracker.model.deliveries import Destination
from events_tracker.model.ids import new_id
from events_tracker.model.readings import Slice
from events_tracker.model.runs import ScanState
from events_tracker.model.times import Instant
from events_tracker.passes.applying import Applying, Lists
from events_tracker.passes.looking_up import LookUp
from events_tracker.passes.reading import Progress
from events_tracker.passes.seeing import Seen, account_ids, see

if TYPE_CHECKING:
    from events_tracker.segware import Segware
    from events_tracker.storage import Store


@dataclass(frozen=True, slots=True)
class Request:
    """What one scan is asked to do. ``now`` is the time at which it started.

    ``environment`` is the definition of `default` that the settings give, ``never_counted`` the
    code that the tracker injects, ``switched_on`` the channels that are on. ``at``, ``account`` and
    ``alarm`` go with ``dry_run`` only.
    """

    now: Instant
    host: str
    environment: Definition
    never_counted: str
    switched_on: Mapping[str, Destination]
    ignored_closers: tuple[int, ...] = ()
    dry_run: bool = False
    at: Instant | None = None
    account: str | None = None
    alarm: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a scan saw and did. ``notes`` are for people; ``errors`` make the exit code 1."""

    dry_run: bool
    overtaken: bool
    window: Slice
    fetched: int
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
    deadline: Deadline,
    progress: Progress,
) -> Summary:
    """One scan. Raises StorageError if the database fails; what Segware fails is in the summary."""
    seq = 0 if request.dry_run else store.state.next_scan()
    rules = _rules(request, store.read(store.alarms.all))
    end = request.now if request.at is None else request.at
    reading_ends = deadline.earlier_by(limits.APPLY_SECONDS)
    accounts = None
    if request.account is not None:
        accounts = account_ids(request.account, store, segware, request.now)
    seen = see(
        rules.alarms,
        Slice(end - rules.longest, end),
        segware,
        reading_ends,
        progress,
        never_counted=request.never_counted,
        ignored_closers=request.ignored_closers,
        accounts=accounts,
        state=store.read(store.state.scans) if request.at is None else ScanState(None, 0, False),
        injected=lambda since: store.read(lambda: store.outbox.injected(since)),
    )
    triggers: list[Trigger] = []
    if request.at is None:
        triggers = rules.triggers(store.read(store.triggers.all), accounts)
    look_up = _look_up(request.now, seen, triggers, store, segware, reading_ends)
    applying = Applying(
        pass_id=new_id(request.now),
        seq=seq,
        now=request.now,
        host=request.host,
        seen=seen,
        fresh=look_up.fresh,
        directory=look_up.directory(),
        switched_on=request.switched_on,
    )
    lists = applying.foresee(store, triggers) if request.dry_run else applying.apply(store)
    return _summary(request, rules, seen, look_up, lists)


@dataclass(frozen=True, slots=True)
class _Rules:
    """The alarms to evaluate, and in what the environment differs from the stored `default`."""

    alarms: Sequence[Alarm]
    longest: int
    differing: Sequence[str]
    afresh: bool

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


def _rules(request: Request, stored: Sequence[Alarm]) -> _Rules:
    default = next((alarm for alarm in stored if alarm.id == DEFAULT_ALARM), None)
    if default is None:
        raise SetupError("the alarm `default` is not stored yet: run `tracker init`")
    differing = differing_settings(default.definition, request.environment)
    afresh = bool(differing) and request.dry_run
    alarms = [alarm for alarm in stored if alarm.enabled]
    if afresh:
        foreseen = replace(default, definition=request.environment, revision=default.revision + 1)
        alarms = [foreseen if alarm.id == DEFAULT_ALARM else alarm for alarm in alarms]
    if request.alarm is not None:
        alarms = [alarm for alarm in alarms if alarm.name == request.alarm]
        if not alarms:
            raise UsageError(f"there is no enabled alarm called {request.alarm!r}")
    windows = [alarm.definition.window for alarm in alarms]
    longest = max(windows, default=request.environment.window)
    return _Rules(alarms, longest, differing, afresh)


def _look_up(
    now: Instant,
    seen: Seen,
    triggers: Sequence[Trigger],
    store: "Store",
    segware: "Segware",
    deadline: Deadline,
) -> LookUp:
    """Facts about what is about to open, and about entries that still lack some."""
    groups = [opening.group for opening in decide(seen.evaluations, triggers).openings]
    due = [] if seen.silence else store.read(lambda: store.register.facts_due(now))
    ids = {group.account_id for group in groups} | {account_id for account_id, _ in due}
    companies = {group.company_id for group in groups} | {company_id for _, company_id in due}
    wanted = {id_ for id_ in ids if id_ is not None}
    kept = store.read(lambda: store.directory.read(wanted))
    look_up = LookUp(segware, kept, now, deadline)
    look_up.run(wanted, {id_ for id_ in companies if id_ is not None})
    return look_up


def _summary(request: Request, rules: _Rules, seen: Seen, look_up: LookUp, lists: Lists) -> Summary:
    errors, notes = [*seen.errors, *look_up.errors], []
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
    return Summary(
        dry_run=request.dry_run,
        overtaken=lists.overtaken,
        window=seen.window,
        fetched=seen.reading.fetched,
        counted=seen.counted,
        malformed=seen.reading.malformed,
        requests=seen.reading.requests,
        opened=lists.opened,
        ongoing=lists.ongoing,
        below=lists.below,
        errors=() if lists.overtaken else errors,
        notes=notes,
    )
