"""What a scan is to write, alarm by alarm: those over events first, then those over detections."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from events_tracker.base.ids import id_of
from events_tracker.base.times import Instant, Span
from events_tracker.decisions.alarms.rules import evaluation_order
from events_tracker.decisions.detection import detections
from events_tracker.decisions.detection import scope as scoping
from events_tracker.decisions.detection.counting import Evaluation
from events_tracker.decisions.detection.exceptions import in_force
from events_tracker.decisions.detection.narrowing import Narrowing
from events_tracker.decisions.detection.opening import Opening, Plan, alert, decide, starting
from events_tracker.fetch.directory import LookUp
from events_tracker.model.alarms import Alarm, Clearing
from events_tracker.model.alerts import Alert, Observation, Trigger
from events_tracker.model.deliveries import Destination
from events_tracker.model.directory import Directory
from events_tracker.model.exceptions import AccountException
from events_tracker.passes.holding import kept_back
from events_tracker.passes.scan.evaluate import Evaluated

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Scan(Struct, frozen=True):
    """One scan that has read: its id, number, host and moment, and what it saw.

    ``caught_up`` are entries that it would have written before, in a dry run. ``behind`` has the
    ids of alarms that still have to catch up. ``lists``: what was open before is to be listed, not
    only counted. ``clearing``: when what is open is over, by the settings. ``causes``: what the
    events of accounts that open or fall below perhaps come from, by their ids.
    """

    pass_id: str
    seq: int
    now: Instant
    host: str
    seen: Evaluated
    look_up: LookUp
    switched_on: Mapping[str, Destination]
    narrowing: Narrowing
    caught_up: Sequence[Alert]
    behind: Collection[str]
    lists: bool
    clearing: Clearing
    causes: Mapping[int | None, str] = field(default_factory=dict)


class Registered(Struct, frozen=True):
    """What an alarm over detections counts of the register, and the facts that entries lack.

    What this scan is about to open is not among it.
    """

    entries: Sequence[Alert]
    directory: Directory


class Planned(Struct):
    """The alerts to be opened (as openings, and as alerts, side by side) and observed.

    ``heard``: when the accounts of all these were last heard, where they are of one; by its id.
    ``whole`` and ``partial`` have the ids of the alarms that were evaluated, ``failed`` says of the
    others why not; ``evaluations`` is what each saw, ``registered`` what those over detections
    counted of what had opened before, by their ids.
    """

    openings: list[Opening] = field(default_factory=list)
    opened: list[Alert] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    heard: Mapping[int | None, Instant] = field(default_factory=dict)
    whole: list[str] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    evaluations: dict[str, Evaluation] = field(default_factory=dict)
    registered: dict[str, Registered] = field(default_factory=dict)


def learn(scan: Scan, store: "Store", triggers: Sequence[Trigger]) -> None:
    """Look up what is about to open over events, and the entries that still lack facts.

    What opens over detections speaks of accounts that these entries speak of.
    """
    if scan.seen.silence:
        return
    groups = starting(scan.seen.evaluations, triggers)
    due = store.read(lambda rows: rows.register.facts_due(scan.now))
    accounts = {group.account_id for group in groups} | {account_id for account_id, _ in due}
    companies = {group.company_id for group in groups} | {company_id for _, company_id in due}
    scan.look_up.know(
        {id_ for id_ in accounts if id_ is not None},
        {id_ for id_ in companies if id_ is not None},
    )


def plan(
    scan: Scan,
    rows: "Rows",
    evaluations: Sequence[Evaluation],
    triggers: Sequence[Trigger],
    later: Mapping[str, Instant],
) -> Planned:
    """Plan everything, given the triggers as they are now. Reads the register, writes nothing.

    ``later`` says by alarm where the latest window ended that was seen whole.
    """
    seen, directory = scan.seen, scan.look_up.directory()
    planned = Planned(failed=dict(seen.failed))
    decided = decide(evaluations, triggers, seen.horizon, scan.clearing)
    _add(planned, scan, directory, evaluations, decided)
    over_detections = [] if seen.nothing else evaluation_order(seen.alarms)
    living = {alarm.id: alarm for alarm in rows.alarms.all()} if over_detections else {}
    exceptions = rows.exceptions.standing() if over_detections else []
    for read in over_detections:
        alarm = living.get(read.id)
        if alarm is None or not alarm.enabled or alarm.revision != read.revision:
            # Edited, disabled or deleted while this scan was reading.
            continue
        problem = scoping.unknown_names(alarm.definition, directory)
        if alarm.definition.source_alarm_id not in living:
            problem = "the alarm whose detections it counts was deleted"
        if problem is not None:
            planned.failed[alarm.id] = problem
            planned.errors.append(f"alarm {alarm.name}: {problem}")
            continue
        # The register is whole up to now, whatever the clock of this host says.
        end = max(seen.window.end, later.get(alarm.id, 0))
        own = in_force(exceptions, alarm, seen.until)
        evaluation = _over_detections(alarm, end, own, scan, planned, rows)
        decided = decide([evaluation], triggers, seen.horizon, scan.clearing)
        _add(planned, scan, directory, [evaluation], decided)
    _hear(planned, scan)
    alarms = [opening.alarm for opening in planned.openings]
    planned.opened = kept_back(rows, zip(alarms, planned.opened, strict=True), seen.until)
    return planned


def _hear(planned: Planned, scan: Scan) -> None:
    """Note when the accounts that open or are observed were last heard, of all at once."""
    ids = {opening.group.account_id for opening in planned.openings}
    ids |= {observed.trigger.group.account_id for observed in planned.observations}
    planned.heard = scan.seen.heard(ids)
    planned.opened = [
        replace(
            alert,
            heard_at=planned.heard.get(alert.account_id),
            cause=scan.causes.get(alert.account_id),
        )
        for alert in planned.opened
    ]


def _add(
    planned: Planned,
    scan: Scan,
    directory: Directory,
    evaluations: Sequence[Evaluation],
    decided: Plan,
) -> None:
    planned.openings += decided.openings
    for opening in decided.openings:
        id_ = id_of(scan.now, scan.pass_id, opening.alarm.id, opening.key)
        planned.opened.append(alert(opening, id_, scan.now, scan.seq, directory))
    planned.observations += decided.observations
    for evaluation in evaluations:
        (planned.partial if evaluation.partial else planned.whole).append(evaluation.alarm.id)
        planned.evaluations[evaluation.alarm.id] = evaluation


def _over_detections(
    alarm: Alarm,
    end: Instant,
    exceptions: Sequence[AccountException],
    scan: Scan,
    planned: Planned,
    rows: "Rows",
) -> Evaluation:
    """Evaluate an alarm over what another one detected, up to what this scan is about to open."""
    source_id = alarm.definition.source_alarm_id or ""
    window = Span(end - alarm.definition.window, end)
    found = []
    if source_id not in scan.narrowing.afresh:
        found = rows.register.detections(source_id, window.start)
    # A past moment is evaluated without triggers: what was open then did not open once more.
    open_then = {e.group_key for e in found if e.cleared_at is None or e.cleared_at > end}
    opening = [
        entry
        for entry in [*planned.opened, *scan.caught_up]
        if entry.alarm_id == source_id and entry.group_key not in open_then
    ]
    registered = scan.narrowing.entries(found)
    entries = [*registered, *scan.narrowing.entries(opening)]
    # A source that is not evaluated at all (disabled) has nothing that could be missing.
    whole = source_id in planned.whole or source_id not in {a.id for a in scan.seen.alarms}
    # But an older scan sees nothing as over.
    whole = whole and end == scan.seen.window.end
    directory = _knowing(entries, scan.look_up.directory(), rows)
    planned.registered[alarm.id] = Registered(registered, directory)
    return detections.evaluate(alarm, entries, window, whole, directory, exceptions)


def _knowing(entries: Sequence[Alert], directory: Directory, rows: "Rows") -> Directory:
    """Add to the directory what is kept of the accounts of entries that lack facts."""
    lacking = {e.account_id for e in entries if e.facts_due_at is not None}
    new = {id_ for id_ in lacking if id_ is not None} - directory.accounts.keys()
    if not new:
        return directory
    kept = rows.directory.accounts(new)
    return replace(directory, accounts={**kept, **directory.accounts})
