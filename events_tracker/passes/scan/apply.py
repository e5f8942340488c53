"""The second half of a scan: write what it saw in one transaction, or foresee that writing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from events_tracker.base import limits
from events_tracker.base.ids import id_of
from events_tracker.base.times import Instant
from events_tracker.decisions.detection.clearing import REDEFINED, freed_by
from events_tracker.decisions.detection.counting import Evaluation
from events_tracker.decisions.detection.opening import starting
from events_tracker.decisions.detection.ordering import later_end
from events_tracker.fetch.directory import LookUp
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Alert, Trigger
from events_tracker.model.deliveries import Destination
from events_tracker.model.runs import Numbers, Overtaken, Run, RunStatus
from events_tracker.passes import telling
from events_tracker.passes.ending import close_lost, close_marked
from events_tracker.passes.scan.evaluate import Evaluated
from events_tracker.passes.scan.plan import Planned, Planner

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


@dataclass(frozen=True, slots=True)
class ScanLists:
    """What a scan opened, what went on, and what is below its threshold but not cleared yet."""

    opened: Sequence[Alert] = ()
    ongoing: Sequence[Alert] = ()
    below: Sequence[Alert] = ()
    errors: Sequence[str] = ()
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class Applying:
    """One scan's writing.

    ``only``, ``afresh`` and ``caught_up`` are those of a dry run: see :class:`Planner`. ``behind``
    are the alarms that still have to catch up.
    """

    pass_id: str
    seq: int
    now: Instant
    host: str
    seen: Evaluated
    look_up: LookUp
    switched_on: Mapping[str, Destination]
    only: frozenset[int] | None = None
    afresh: frozenset[str] = frozenset()
    caught_up: Sequence[Alert] = ()
    behind: Collection[str] = ()

    def learn(self, store: "Store", triggers: Sequence[Trigger]) -> None:
        """Look up what is about to open over events, and the entries that still lack facts.

        What opens over detections speaks of accounts that these entries speak of.
        """
        if self.seen.silence:
            return
        groups = starting(self.seen.evaluations, triggers)
        due = store.read(lambda rows: rows.register.facts_due(self.now))
        accounts = {group.account_id for group in groups} | {account_id for account_id, _ in due}
        companies = {group.company_id for group in groups} | {company_id for _, company_id in due}
        self.look_up.know(
            {id_ for id_ in accounts if id_ is not None},
            {id_ for id_ in companies if id_ is not None},
        )

    def foresee(self, store: "Store", triggers: Sequence[Trigger]) -> ScanLists:
        """What ``apply`` would report, given these triggers; nothing is written."""
        planned = store.read(
            lambda rows: self._plan(rows, self.seen.evaluations, triggers, self.seen.later)
        )
        opened = [replace(alert, id=None, opened_seq=0) for alert in planned.opened]
        planned.opened = opened
        return self._lists(planned, triggers, store.read(self._open_before))

    def apply(self, store: "Store") -> ScanLists:
        """Write it all, unless a later scan was applied before."""
        try:
            return store.write(self._run(), self._write)
        except Overtaken:
            return ScanLists(overtaken=True)

    def _run(self) -> Run:
        status = RunStatus.ERROR
        if self.seen.good:
            status = RunStatus.OK
        elif self.seen.evaluations:
            status = RunStatus.PARTIAL
        return Run(self.pass_id, "scan", self.host, self.now, status, self.seq)

    def _write(self, rows: "Rows") -> tuple[ScanLists, Numbers]:
        if self.seen.silence:
            rows.runs.silent()
            self._record(rows, Planned())
            lists = self._lists(Planned(), rows.triggers.all(), self._open_before(rows))
            return lists, self._numbers(lists)
        if rows.triggers.mark_outdated(self.pass_id):
            close_marked(rows, self.pass_id, self.now, REDEFINED, self.switched_on)
        triggers = rows.triggers.all()
        alarms = rows.alarms.all()
        later = self._later(rows, alarms)
        planned = self._plan(rows, self._still_valid(alarms, later), triggers, later)
        if planned.openings:
            close_lost(rows, self.pass_id, self.now, self.switched_on)
        groups = [opening.group for opening in planned.openings]
        rows.triggers.open(planned.opened, groups, self.seq, self.seen.until)
        rows.register.add(planned.opened)
        openings = zip([opening.alarm for opening in planned.openings], planned.opened, strict=True)
        telling.opened(rows, openings, self.switched_on, self.now)
        rows.triggers.observe(
            planned.observations, self.pass_id, self.seq, self.seen.until, self.seen.horizon
        )
        if freed := freed_by(planned.observations):
            rows.triggers.mark(freed, self.pass_id)
            rows.triggers.close(self.pass_id)
        rows.directory.save(self.look_up.fresh)
        if self.look_up.listed_at is not None:
            rows.runs.listed(self.look_up.listed_at)
        rows.register.enrich(self.now, self.now, self.now + limits.UNKNOWN_ACCOUNT_RETRY)
        self._record(rows, planned)
        lists = self._lists(planned, triggers, self._open_before(rows))
        return lists, self._numbers(lists)

    def _open_before(self, rows: "Rows") -> list[Alert]:
        return rows.register.open_alerts(but_of=self.seq)

    def _plan(
        self,
        rows: "Rows",
        evaluations: Sequence[Evaluation],
        triggers: Sequence[Trigger],
        later: Mapping[str, Instant],
    ) -> Planned:
        planner = Planner(
            seen=self.seen,
            now=self.now,
            seq=self.seq,
            directory=self.look_up.directory(),
            ids=lambda alarm_id, key: id_of(self.now, self.pass_id, alarm_id, key),
            only=self.only,
            afresh=self.afresh,
            caught_up=self.caught_up,
            later=later,
        )
        return planner.plan(rows, evaluations, triggers)

    def _later(self, rows: "Rows", alarms: Sequence[Alarm]) -> dict[str, Instant]:
        """By alarm, where the latest window ended that was seen whole by now."""
        good_until = rows.runs.scans().good_until
        ends = {alarm.id: later_end(good_until, alarm.evaluated_until) for alarm in alarms}
        return {id_: end for id_, end in ends.items() if end <= self.seen.horizon}

    def _still_valid(
        self, alarms: Sequence[Alarm], later: Mapping[str, Instant]
    ) -> list[Evaluation]:
        """Without the alarms that were edited, disabled or deleted while this scan was reading, and
        those that another scan saw whole in a later window meanwhile: what this one may still say
        of them was not compared with that. The others as they are stored by now: who is told, and
        under which name, may have changed.
        """
        stored = {alarm.id: alarm for alarm in alarms if alarm.enabled}
        return [
            replace(evaluation, alarm=stored[evaluation.alarm.id])
            for evaluation in self.seen.evaluations
            if evaluation.alarm.id in stored
            and stored[evaluation.alarm.id].revision == evaluation.alarm.revision
            and later.get(evaluation.alarm.id, 0) <= evaluation.known_until
        ]

    def _record(self, rows: "Rows", planned: Planned) -> None:
        """The alarms' last runs, and whether this one was a good one."""
        seen = self.seen
        rows.alarms.ran(planned.whole, self.now, RunStatus.OK, None)
        up_to_date = [alarm_id for alarm_id in planned.whole if alarm_id not in self.behind]
        rows.alarms.evaluated(up_to_date, seen.window.end, seen.horizon)
        rows.alarms.ran(
            planned.partial, self.now, RunStatus.PARTIAL, "; ".join(seen.errors) or None
        )
        for error in sorted(set(planned.failed.values())):
            failed = [alarm_id for alarm_id, why in planned.failed.items() if why == error]
            rows.alarms.ran(failed, self.now, RunStatus.ERROR, error)
        rows.alarms.counted(self._first_counts(planned), self.now)
        detected = sorted({opening.alarm.id for opening in planned.openings})
        rows.alarms.detected(detected, self.now, self.seq)
        if seen.good:
            rows.runs.good(seen.window.end, seen.reading.found, seen.horizon)
        elif seen.reading.found:
            rows.runs.not_silent()
        if seen.evaluations:
            rows.runs.learned(seen.learned)

    def _first_counts(self, planned: Planned) -> list[str]:
        """The alarms that counted an event now and never did before."""
        evaluated = {*planned.whole, *planned.partial}
        return [
            evaluation.alarm.id
            for evaluation in self.seen.evaluations
            if evaluation.alarm.counted_at is None
            and evaluation.alarm.id in evaluated
            and any(evaluation.groups.values())
        ]

    def _numbers(self, lists: ScanLists) -> Numbers:
        seen = self.seen
        return {
            "seq": self.seq,
            "fetched": seen.reading.fetched,
            "remembered": seen.reading.remembered,
            "counted": seen.counted,
            "malformed": seen.reading.malformed,
            "requests": seen.reading.requests,
            "opened": len(lists.opened),
        }

    def _lists(
        self, planned: Planned, triggers: Sequence[Trigger], open_alerts: Sequence[Alert]
    ) -> ScanLists:
        """Sort what was open before by whether its condition holds, as far as this scan saw it."""
        scope = {alarm.id for alarm in self.seen.alarms}
        before = {t.register_id: t for t in triggers if t.alarm_id in scope}
        seen = {observed.trigger.register_id: observed for observed in planned.observations}
        ongoing: list[Alert] = []
        below: list[Alert] = []
        for entry in open_alerts:
            trigger = before.get(entry.register_id)
            if trigger is None:
                continue
            observed = seen.get(trigger.register_id)
            holds = observed.holds if observed else trigger.below_since is None
            quantity = observed.quantity if observed else trigger.quantity
            highest = observed.highest if observed else trigger.highest
            (ongoing if holds else below).append(replace(entry, quantity=quantity, highest=highest))
        return ScanLists(planned.opened, ongoing, below, planned.errors)
