"""The second half of a scan: write what it saw in one transaction, or foresee that writing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from events_tracker.decisions.closing import REDEFINED
from events_tracker.decisions.delivering import destinations
from events_tracker.decisions.measuring import Evaluation
from events_tracker.decisions.opening import Plan, alert, decide
from events_tracker.model.alerts import Alert, Notification, Trigger
from events_tracker.model.deliveries import OPENED, Delivery, Destination
from events_tracker.model.facts import UNKNOWN_ACCOUNT_RETRY, Directory
from events_tracker.model.ids import new_id
from events_tracker.model.runs import Order, Overtaken, Run
from events_tracker.model.times import Instant
from events_tracker.passes.closing import close_marked
from events_tracker.passes.seeing import Seen

if TYPE_CHECKING:
    from events_tracker.storage import Store


@dataclass(frozen=True, slots=True)
class Lists:
    """What a scan opened, what went on, and what is below its threshold but not cleared yet."""

    opened: Sequence[Alert] = ()
    ongoing: Sequence[Alert] = ()
    below: Sequence[Alert] = ()
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class Applying:
    """One scan's writing. Ids are made once and reused when the transaction is repeated."""

    pass_id: str
    seq: int
    now: Instant
    host: str
    seen: Seen
    fresh: Directory
    directory: Directory
    switched_on: Mapping[str, Destination]
    _ids: dict[tuple[str, ...], str] = field(default_factory=dict)

    def foresee(self, store: "Store", triggers: Sequence[Trigger]) -> Lists:
        """What ``apply`` would report, given these triggers; nothing is written."""
        plan = decide(self.seen.evaluations, triggers)
        opened = [alert(opening, None, self.now, 0, self.directory) for opening in plan.openings]
        return self._lists(opened, plan, triggers, store.read(store.register.open_alerts))

    def apply(self, store: "Store") -> Lists:
        """Write it all, unless a later scan was applied before."""
        try:
            return store.write(Order(self.pass_id, self.seq), lambda: self._write(store))
        except Overtaken:
            return Lists(overtaken=True)

    def _write(self, store: "Store") -> Lists:
        if self.seen.silence:
            store.state.silent()
            self._record(store, Plan())
            return self._lists([], Plan(), store.triggers.all(), store.register.open_alerts())
        if store.triggers.mark_outdated(self.pass_id):
            close_marked(store, self.pass_id, self.now, REDEFINED, self.switched_on)
        evaluations = self._still_valid(store)
        triggers = store.triggers.all()
        plan = decide(evaluations, triggers)
        opened = [
            alert(
                opening, self._id(opening.alarm.id, opening.key), self.now, self.seq, self.directory
            )
            for opening in plan.openings
        ]
        store.triggers.open(opened, self.seq)
        store.register.add(opened)
        self._tell(store, opened, plan)
        store.triggers.observe(plan.observations, self.pass_id, self.seq, self.seen.window.end)
        store.directory.save(self.fresh)
        store.register.enrich(self.now, self.now, self.now + UNKNOWN_ACCOUNT_RETRY)
        self._record(store, plan)
        return self._lists(opened, plan, triggers, store.register.open_alerts())

    def _still_valid(self, store: "Store") -> list[Evaluation]:
        """Without the alarms that were edited, disabled or deleted while this scan was reading."""
        revisions = {alarm.id: alarm.revision for alarm in store.alarms.all() if alarm.enabled}
        return [
            evaluation
            for evaluation in self.seen.evaluations
            if revisions.get(evaluation.alarm.id) == evaluation.alarm.revision
        ]

    def _id(self, *what: str) -> str:
        return self._ids.setdefault(what, new_id(self.now))

    def _tell(self, store: "Store", opened: Sequence[Alert], plan: Plan) -> None:
        """Queue a notification for each opening, and its deliveries on the channels that are on."""
        notices: list[Notification] = []
        deliveries: list[Delivery] = []
        for alert_, opening in zip(opened, plan.openings, strict=True):
            register_id = alert_.id or ""
            notice = self._id(register_id, OPENED)
            notices.append(Notification(notice, register_id, OPENED, self.now))
            for to in destinations(opening.alarm, self.switched_on):
                id_ = self._id(register_id, OPENED, to.channel, to.key)
                deliveries.append(Delivery(id_, notice, register_id, OPENED, to, self.now))
        store.outbox.add(notices, deliveries)

    def _record(self, store: "Store", plan: Plan) -> None:
        """The alarms' last runs, the scan's own run, and whether it was a good one."""
        seen = self.seen
        whole = [e.alarm.id for e in seen.evaluations if e.whole]
        partial = [e.alarm.id for e in seen.evaluations if not e.whole]
        error = "; ".join(seen.errors) or None
        store.alarms.ran(whole, self.now, "ok", None)
        store.alarms.ran(partial, self.now, "partial", error)
        store.alarms.ran([alarm.id for alarm in seen.failed], self.now, "error", error)
        detected = sorted({opening.alarm.id for opening in plan.openings})
        store.alarms.detected(detected, self.now, self.seq)
        if seen.good:
            store.state.good(seen.window.end, seen.reading.fetched)
        numbers = {
            "seq": self.seq,
            "fetched": seen.reading.fetched,
            "counted": seen.counted,
            "malformed": seen.reading.malformed,
            "requests": seen.reading.requests,
            "opened": len(plan.openings),
        }
        status = "ok" if seen.good else "partial" if seen.evaluations else "error"
        store.state.add_run(Run(self.pass_id, "scan", self.host, self.now, status, numbers))

    def _lists(
        self,
        opened: Sequence[Alert],
        plan: Plan,
        triggers: Sequence[Trigger],
        open_alerts: Sequence[Alert],
    ) -> Lists:
        """Sort what was open before by whether its condition holds, as far as this scan saw it."""
        scope = {alarm.id for alarm in self.seen.alarms}
        before = {t.register_id: t for t in triggers if t.alarm_id in scope}
        seen = {observed.trigger.register_id: observed for observed in plan.observations}
        ongoing: list[Alert] = []
        below: list[Alert] = []
        for entry in open_alerts:
            trigger = before.get(entry.id or "")
            if trigger is None:
                continue
            observed = seen.get(trigger.register_id)
            holds = observed.holds if observed else trigger.below_since is None
            quantity = observed.quantity if observed else trigger.quantity
            highest = observed.highest if observed else trigger.highest
            (ongoing if holds else below).append(replace(entry, quantity=quantity, highest=highest))
        return Lists(opened, ongoing, below)
