"""explain: why one account is open, not open, not over or not told, as a dry run sees it.

It leaves no trace, and decides nothing that a scan does not decide.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from events_tracker.base.deadline import Deadline
from events_tracker.base.times import Instant, Span
from events_tracker.decisions.alarms.names import find
from events_tracker.decisions.delivery.untold import why_not_told
from events_tracker.decisions.explaining.counted import Sorted, heard_at, sort
from events_tracker.decisions.explaining.groups import Present, explained
from events_tracker.fetch.directory import LookUp
from events_tracker.model.alarms import DEFAULT_ALARM, Alarm, Source
from events_tracker.model.alerts import Alert, Trigger
from events_tracker.model.directory import Facts
from events_tracker.model.explanations import (
    ExplainedAlarm,
    ExplainedGroup,
    Explanation,
    GroupState,
    Reason,
)
from events_tracker.model.filters import Filter, RegisterQuery
from events_tracker.model.groups import Group
from events_tracker.model.ports import Progress
from events_tracker.passes.client import one_client
from events_tracker.passes.scan import run as scanning
from events_tracker.passes.scan.plan import Planned, plan

if TYPE_CHECKING:
    from events_tracker.segware import Segware
    from events_tracker.storage import Store


class Request(Struct, frozen=True):
    """The question: of which account, and of which of its alarms, CUCs and codes; None: all.

    ``scan`` is the order for the dry run that it is. ``company`` tells clients apart that share a
    code.
    """

    scan: scanning.Request
    account: str
    company: str | None = None
    alarm: str | None = None
    cuc: str | None = None
    code: str | None = None


def run(
    request: Request,
    store: "Store",
    segware: "Segware",
    clock: Callable[[], Instant],
    deadline: Deadline,
    progress: Progress,
) -> Explanation:
    """Explain one account.

    Raises UsageError for names that nobody knows and for a code that several clients use,
    SegwareError if it cannot be told whose a code is, StorageError.
    """
    living = store.read(lambda rows: rows.alarms.all())
    wanted = living if request.alarm is None else [find(living, request.alarm)]
    facts: dict[int, Facts] = {}

    def whose(_: scanning.Request, look_up: LookUp) -> frozenset[int]:
        facts.update([one_client(request.account, request.company, store, look_up)])
        return frozenset(facts)

    order = replace(request.scan, account=request.account, dry_run=True, explains=True)
    looked = scanning.look(order, store, segware, clock, deadline, progress, whose)
    scan = looked.scan
    planned = store.read(
        lambda rows: plan(scan, rows, scan.seen.evaluations, looked.triggers, scan.seen.later)
    )
    ((account_id, account),) = facts.items()
    state = store.read(lambda rows: rows.runs.scans())
    view = _View(request, store, looked, planned, account_id, state.good_until)
    alarms = [view.explained(alarm) for alarm in wanted if "account" in alarm.definition.group_by]
    left_out = [alarm.name for alarm in wanted if "account" not in alarm.definition.group_by]
    notes = [*scan.seen.notes]
    if left_out:
        notes.append(f"left out, because they do not group by account: {', '.join(left_out)}")
    return Explanation(
        account_id=account_id,
        account=account,
        at=scan.now,
        as_of=state.good_until,
        fetched=max((alarm.fetched for alarm in alarms), default=0),
        alarms=alarms,
        heard_at=heard_at(scan.seen.slices, scan.seen.never),
        names={alarm.id: alarm.name for alarm in living},
        notes=[*notes, *view.notes],
        errors=[*scan.seen.errors, *planned.errors, *scan.look_up.errors],
    )


class _View(Struct, frozen=True):
    """What was looked at, for one alarm after the other."""

    request: Request
    store: "Store"
    looked: scanning.Look
    planned: Planned
    account_id: int
    good_until: Instant | None
    notes: list[str] = field(default_factory=list)

    def explained(self, alarm: Alarm) -> ExplainedAlarm:
        seen = self.looked.scan.seen
        evaluation = self.planned.evaluations.get(alarm.id)
        window = Span(self.looked.scan.now - alarm.definition.window, self.looked.scan.now)
        unseen = None if evaluation is not None else self._unseen(alarm)
        triggers = self._triggers(alarm)
        ids = [trigger.register_id for trigger in triggers.values()]
        entries = self.store.read(lambda rows: [rows.register.entry(id_) for id_ in ids])
        own = Sorted(0, {}, ())
        if alarm.definition.source == Source.EVENTS:
            scope = seen.scopes.get(alarm.id)
            otherwise = unseen or Reason("alarm_error")
            own = sort(alarm, window.start, seen.slices, seen.never, scope, otherwise)
        groups = explained(
            Present(
                alarm=alarm,
                account_id=self.account_id,
                at=seen.until,
                horizon=seen.horizon,
                evaluation=evaluation,
                unseen=unseen,
                sorted=own,
                triggers=triggers,
                observations={
                    one.trigger.register_id: one
                    for one in self.planned.observations
                    if one.trigger.alarm_id == alarm.id
                },
                alerts={one.register_id: one for one in entries if one is not None},
                clears=self.request.scan.clearing.of(alarm),
                good_until=self.good_until,
                differing=self.looked.rules.differing if alarm.id == DEFAULT_ALARM else (),
            )
        )
        if self.request.scan.at is not None:
            groups = self._as_it_was(alarm, groups)
        return ExplainedAlarm(
            alarm=alarm,
            window=window,
            fetched=own.fetched,
            counted=own.counted,
            groups=[self._with_told(alarm, group) for group in groups if self._asks_for(group)],
            not_counted=[
                one
                for one in own.not_counted
                if self.request.cuc in (None, one.cuc) and self.request.code in (None, one.code)
            ],
        )

    def _asks_for(self, group: ExplainedGroup) -> bool:
        whole = group.state == GroupState.QUIET and group.alert is None
        return whole or (
            self.request.cuc in (None, group.cuc) and self.request.code in (None, group.code)
        )

    def _unseen(self, alarm: Alarm) -> Reason:
        if not alarm.enabled:
            return Reason("alarm_disabled")
        if self.looked.scan.seen.silence:
            return Reason("silence_not_believed")
        why = self.planned.failed.get(alarm.id)
        if why is None or self.looked.scan.seen.reading.nothing:
            return Reason("partial_reading")
        return Reason("alarm_error", {"error": why})

    def _triggers(self, alarm: Alarm) -> Mapping[Group, Trigger]:
        return {
            trigger.group: trigger
            for trigger in self.looked.triggers
            if trigger.alarm_id == alarm.id and trigger.group.account_id == self.account_id
        }

    def _as_it_was(self, alarm: Alarm, groups: Sequence[ExplainedGroup]) -> list[ExplainedGroup]:
        """Put the alerts in that were open at a past moment, by the register."""
        at = self.looked.scan.now
        query = RegisterQuery(
            filter=Filter(account=self.request.account), alarm_id=alarm.id, until=at, archived=True
        )
        open_then = {
            (one.cuc, one.code): one
            for one in self.store.stream(lambda streams: streams.history(query))
            if one.account_id == self.account_id and (one.cleared_at is None or one.cleared_at > at)
        }
        if any(one.revision != alarm.revision for one in open_then.values()):
            self.notes.append(
                f"alarm {alarm.name} has another rule since: this is what today's says of then"
            )
        return [_open_then(group, open_then.get((group.cuc, group.code))) for group in groups]

    def _with_told(self, alarm: Alarm, group: ExplainedGroup) -> ExplainedGroup:
        if group.alert is None:
            return group
        alert, id_ = group.alert, group.alert.register_id
        deliveries, written = self.store.read(
            lambda rows: (rows.deliveries.of_entry(id_), rows.notes.of(id_))
        )
        now = self.looked.scan.now
        on = self.request.scan.switched_on
        untold = why_not_told(alarm, alert, deliveries, on, now)
        return replace(
            group,
            reasons=[*group.reasons, *untold],
            deliveries=deliveries,
            notes=written,
        )


def _open_then(group: ExplainedGroup, alert: Alert | None) -> ExplainedGroup:
    if alert is None:
        return group
    kept = [one for one in group.reasons if one.key not in ("no_scan_since", "below_value")]
    return replace(group, state=GroupState.OPEN, reasons=kept, alert=alert)
