"""The second half of a scan: write what it saw in one transaction, or foresee that writing."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base import limits
from events_tracker.base.times import Instant
from events_tracker.decisions.delivery.restoring import may_have_been_injected
from events_tracker.decisions.detection.clearing import freed_by
from events_tracker.decisions.detection.counting import Evaluation
from events_tracker.decisions.detection.exceptions import in_force
from events_tracker.decisions.detection.ordering import later_end
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Alert, Trigger
from events_tracker.model.runs import Numbers, Overtaken, Run, RunStatus
from events_tracker.passes import telling
from events_tracker.passes.ending import close_lost, close_outdated
from events_tracker.passes.exceptions import end, expired
from events_tracker.passes.scan import guessing
from events_tracker.passes.scan.evaluate import Evaluated
from events_tracker.passes.scan.open_before import OpenBefore, open_before
from events_tracker.passes.scan.plan import Planned, Scan, plan

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Outcome(Struct, frozen=True):
    """The alerts that a scan opened, and those that were open before and still are.

    ``entries``: the register entries of what was open before, where the scan is to list them.
    """

    opened: Sequence[Alert] = ()
    before: Sequence[OpenBefore] = ()
    entries: Sequence[Alert] = ()
    errors: Sequence[str] = ()
    overtaken: bool = False

    def entries_before(self, *, holding: bool) -> list[Alert]:
        """List the entries of what was open before and holds (or not), with today's numbers."""
        before = {one.register_id: one for one in self.before if one.holds is holding}
        return [
            replace(
                entry,
                quantity=one.quantity,
                highest=one.highest,
                heard_at=max(entry.heard_at or 0, one.heard_at or 0) or None,
            )
            for entry in self.entries
            if (one := before.get(entry.register_id)) is not None
        ]


def foresee(scan: Scan, store: "Store", triggers: Sequence[Trigger]) -> Outcome:
    """Return what :func:`apply` would, given these triggers; nothing is written."""
    planned = store.read(
        lambda rows: plan(scan, rows, scan.seen.evaluations, triggers, scan.seen.later)
    )
    opened = [replace(alert, id=None, opened_seq=0) for alert in planned.opened]
    before = open_before(scan, planned, triggers)
    return Outcome(opened, before, store.read(lambda rows: _entries(scan, rows)), planned.errors)


def apply(scan: Scan, store: "Store") -> Outcome:
    """Write it all, unless a later scan was applied before."""
    seen = scan.seen
    status = RunStatus.ERROR
    if seen.good:
        status = RunStatus.OK
    elif seen.evaluations:
        status = RunStatus.PARTIAL
    run = Run(scan.pass_id, "scan", scan.host, scan.now, status, scan.seq)
    try:
        return store.write(run, lambda rows: _write(scan, rows))
    except Overtaken:
        return Outcome(overtaken=True)


def _write(scan: Scan, rows: "Rows") -> tuple[Outcome, Numbers]:
    seen = scan.seen
    if seen.silence:
        rows.runs.silent()
        planned, triggers = Planned(), rows.triggers.all()
    else:
        close_outdated(rows, scan.pass_id, scan.now, scan.switched_on)
        alarms = rows.alarms.all()
        triggers = _end_exceptions(scan, rows, alarms)
        later = _later(scan, rows, alarms)
        planned = plan(scan, rows, _still_valid(scan, rows, alarms, later), triggers, later)
        _open(scan, rows, planned)
        _observe(scan, rows, planned)
        _keep_facts(scan, rows)
    _record(scan, rows, planned)
    before = open_before(scan, planned, triggers)
    numbers: Numbers = {
        "seq": scan.seq,
        "fetched": seen.reading.fetched,
        "remembered": seen.reading.remembered,
        "counted": seen.counted,
        "malformed": seen.reading.malformed,
        "requests": seen.reading.requests,
        "opened": len(planned.opened),
        **_about_segware(seen),
    }
    return Outcome(planned.opened, before, _entries(scan, rows), planned.errors), numbers


def _about_segware(seen: Evaluated) -> Numbers:
    """Note whether Segware answered, and how far ahead (ms) our clock is: the metrics tell it."""
    reading = seen.reading
    found: dict[str, int] = {}
    if reading.requests:
        found["answered"] = int(reading.answered)
    if reading.served is not None:
        found["clock_ahead"] = seen.window.end - reading.served.start
    return found


def _end_exceptions(scan: Scan, rows: "Rows", alarms: Sequence[Alarm]) -> list[Trigger]:
    """End the exceptions whose time is over; return the triggers that stay."""
    triggers = rows.triggers.all()
    if scan.seen.nothing:
        return triggers
    found = expired(rows, alarms, triggers, scan.seen.until)
    end(rows, found, scan.pass_id, scan.now, scan.switched_on)
    return found.left(triggers)


def _later(scan: Scan, rows: "Rows", alarms: Sequence[Alarm]) -> dict[str, Instant]:
    """Find by alarm where the latest window ended that was seen whole by now."""
    good_until = rows.runs.scans().good_until
    ends = {alarm.id: later_end(good_until, alarm.evaluated_until) for alarm in alarms}
    return {id_: end for id_, end in ends.items() if end <= scan.seen.horizon}


def _still_valid(
    scan: Scan, rows: "Rows", alarms: Sequence[Alarm], later: Mapping[str, Instant]
) -> list[Evaluation]:
    """Leave out the alarms of which this scan may say nothing by now.

    They, or their exceptions, were changed while it was reading; or another scan saw them whole in
    a later window meanwhile: what this one may still say of them was not compared with that. The
    others are taken as they are stored by now: who is told, and under which name, may have changed.
    """
    stored = {alarm.id: alarm for alarm in alarms if alarm.enabled}
    exceptions = rows.exceptions.standing()
    return [
        replace(evaluation, alarm=stored[evaluation.alarm.id])
        for evaluation in scan.seen.evaluations
        if evaluation.alarm.id in stored
        and stored[evaluation.alarm.id].revision == evaluation.alarm.revision
        and in_force(exceptions, evaluation.alarm, scan.seen.until)
        == evaluation.excepted.exceptions
        and later.get(evaluation.alarm.id, 0) <= evaluation.known_until
    ]


def _open(scan: Scan, rows: "Rows", planned: Planned) -> None:
    if planned.openings:
        close_lost(rows, scan.pass_id, scan.now, scan.switched_on)
    groups = [opening.group for opening in planned.openings]
    rows.triggers.open(planned.opened, groups, scan.seq, scan.seen.until)
    rows.register.add(planned.opened)
    alarms = [opening.alarm for opening in planned.openings]
    openings = zip(alarms, planned.opened, strict=True)
    doubted = _doubted(scan, rows, alarms)
    telling.opened(rows, openings, scan.switched_on, scan.now, doubted=doubted)


def _doubted(scan: Scan, rows: "Rows", alarms: Sequence[Alarm]) -> set[str]:
    """Find the alarms that may have opened the same before a restore."""
    state = rows.runs.scans()
    return {
        alarm.id
        for alarm in alarms
        if may_have_been_injected(alarm, state, scan.clearing.of(alarm).after)
    }


def _observe(scan: Scan, rows: "Rows", planned: Planned) -> None:
    seen = scan.seen
    rows.triggers.observe(
        planned.observations, planned.heard, scan.pass_id, scan.seq, seen.until, seen.horizon
    )
    guessing.keep(rows, scan.causes, planned.observations)
    if freed := freed_by(planned.observations):
        rows.triggers.mark(freed, scan.pass_id)
        rows.triggers.close(scan.pass_id)


def _keep_facts(scan: Scan, rows: "Rows") -> None:
    rows.directory.save(scan.look_up.fresh)
    if scan.look_up.listed_at is not None:
        rows.runs.listed(scan.look_up.listed_at)
    rows.register.enrich(scan.now, scan.now, scan.now + limits.UNKNOWN_ACCOUNT_RETRY)


def _record(scan: Scan, rows: "Rows", planned: Planned) -> None:
    """Note the alarms' last runs, and whether this one was a good one."""
    seen, now = scan.seen, scan.now
    rows.alarms.ran(planned.whole, now, RunStatus.OK, None)
    up_to_date = [alarm_id for alarm_id in planned.whole if alarm_id not in scan.behind]
    rows.alarms.evaluated(up_to_date, seen.window.end, seen.horizon)
    rows.alarms.ran(planned.partial, now, RunStatus.PARTIAL, "; ".join(seen.errors) or None)
    for error in sorted(set(planned.failed.values())):
        failed = [alarm_id for alarm_id, why in planned.failed.items() if why == error]
        rows.alarms.ran(failed, now, RunStatus.ERROR, error)
    rows.alarms.counted(_first_counts(scan, planned), now)
    detected = sorted({opening.alarm.id for opening in planned.openings})
    rows.alarms.detected(detected, now, scan.seq)
    if seen.good:
        rows.runs.good(seen.window.end, seen.reading.found, seen.horizon)
    elif seen.reading.found:
        rows.runs.not_silent()
    if seen.evaluations:
        rows.runs.learned(seen.learned)


def _first_counts(scan: Scan, planned: Planned) -> list[str]:
    """List the alarms that counted an event now and never did before."""
    evaluated = {*planned.whole, *planned.partial}
    return [
        evaluation.alarm.id
        for evaluation in scan.seen.evaluations
        if evaluation.alarm.counted_at is None
        and evaluation.alarm.id in evaluated
        and evaluation.numbers
    ]


def _entries(scan: Scan, rows: "Rows") -> Sequence[Alert]:
    return rows.register.open_alerts(but_of=scan.seq) if scan.lists else ()
