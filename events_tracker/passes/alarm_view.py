"""One alarm's view of what `explain` is asked about: its groups, why they stand as they do."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from events_tracker.base import limits
from events_tracker.base.times import Instant, Span
from events_tracker.decisions.alarms.versions import first_of_revision, whole
from events_tracker.decisions.delivery.untold import why_not_told
from events_tracker.decisions.detection.counting import Evaluation
from events_tracker.decisions.explaining.counted import Slices, Sorted, sort
from events_tracker.decisions.explaining.forecast import Passing, of_detections, of_events
from events_tracker.decisions.explaining.groups import (
    Present,
    as_a_whole,
    explained,
    nobody_yet,
    quiet,
)
from events_tracker.model.alarms import DEFAULT_ALARM, Alarm, Source
from events_tracker.model.explanations import (
    ExplainedAlarm,
    ExplainedGroup,
    Reason,
)
from events_tracker.model.holds import Listed
from events_tracker.passes.open_then import open_then
from events_tracker.passes.scan import look as looking
from events_tracker.passes.scan.plan import Planned
from events_tracker.passes.subject import Subject

if TYPE_CHECKING:
    from events_tracker.storage import Store


class View(Struct, frozen=True):
    """What a dry run saw, for one alarm after the other.

    ``slices``: the events of ``about``. ``notes`` are for people.
    """

    order: looking.Request
    store: "Store"
    looked: looking.Look
    planned: Planned
    about: Subject
    slices: Slices
    good_until: Instant | None
    holds: Sequence[Listed]
    notes: list[str] = field(default_factory=list)

    def explained(self, alarm: Alarm) -> ExplainedAlarm:
        window = Span(self.looked.scan.now - alarm.definition.window, self.looked.scan.now)
        present = self._present(alarm, window)
        groups, more = explained(present)
        if self.order.at is not None:
            groups, more = self._as_it_was(alarm, present, groups, more)
        account_id, account = self.about.account_id, self.about.account
        reasons = as_a_whole(present)
        if not groups and account_id is not None and account is not None:
            groups = [quiet(present, account_id, account)]
        elif not groups:
            reasons += nobody_yet(present)
        own = present.sorted
        return ExplainedAlarm(
            alarm=alarm,
            window=window,
            clears=present.clears,
            reasons=reasons,
            fetched=own.fetched,
            counted=own.counted,
            groups=[
                replace(self._with_told(alarm, group), hold=self._hold(alarm, group))
                for group in self._named(groups)
            ],
            more=more,
            not_counted=own.not_counted,
        )

    def _present(self, alarm: Alarm, window: Span) -> Present:
        seen, planned = self.looked.scan.seen, self.planned
        evaluation = planned.evaluations.get(alarm.id)
        unseen = None if evaluation is not None else self._unseen(alarm)
        directory = self.looked.scan.look_up.directory()
        triggers = {
            trigger.group: trigger
            for trigger in self.looked.triggers
            if trigger.alarm_id == alarm.id and self.about.takes(alarm, trigger.group, directory)
        }
        ids = [trigger.register_id for trigger in triggers.values()]
        entries = self.store.read(lambda rows: rows.register.entries(ids))
        own = Sorted(0, {}, ())
        if alarm.definition.source == Source.EVENTS:
            scope = seen.scopes.get(alarm.id)
            otherwise = unseen or Reason("alarm_error")
            own = sort(alarm, window.start, self.slices, seen.never, scope, otherwise)
        others = [one for one in own.not_counted if self.about.texts.is_of_kind(one.cuc, one.code)]
        return Present(
            alarm=alarm,
            takes=lambda group: self.about.takes(alarm, group, directory),
            at=seen.until,
            horizon=seen.horizon,
            evaluation=evaluation,
            unseen=unseen,
            sorted=replace(own, not_counted=others),
            passing=self._passing(alarm, window, evaluation),
            triggers=triggers,
            observations={
                one.trigger.register_id: one
                for one in planned.observations
                if one.trigger.alarm_id == alarm.id
            },
            alerts={one.register_id: one for one in entries},
            clears=self.order.clearing.of(alarm),
            good_until=self.good_until,
            differing=self.looked.rules.differing if alarm.id == DEFAULT_ALARM else (),
            most=None if self.about.account_id is not None else limits.EXPLAINED_GROUPS,
        )

    def _passing(self, alarm: Alarm, window: Span, evaluation: Evaluation | None) -> Passing | None:
        """Tell how what was counted will leave the window, of what the alarm counts."""
        seen, registered = self.looked.scan.seen, self.planned.registered.get(alarm.id)
        if evaluation is not None and registered is not None:
            return of_detections(evaluation, registered.entries, registered.directory)
        scope = seen.scopes.get(alarm.id)
        if scope is None:
            return None
        closers = bool(self.order.ignored_closers)
        rule = alarm.definition
        return of_events(rule, window, self.slices, seen.never, scope, closers)

    def _named(self, groups: Sequence[ExplainedGroup]) -> list[ExplainedGroup]:
        """Add what is known of the groups' accounts and companies."""
        look_up = self.looked.scan.look_up
        look_up.know(
            [one.account_id for one in groups if one.account_id is not None],
            [one.company_id for one in groups if one.company_id is not None],
        )
        directory = look_up.directory()
        return [
            replace(
                one, facts=self.about.account or directory.facts(one.account_id, one.company_id)
            )
            for one in groups
        ]

    def _unseen(self, alarm: Alarm) -> Reason:
        if not alarm.enabled:
            return Reason("alarm_disabled")
        if self.looked.scan.seen.silence:
            return Reason("silence_not_believed")
        why = self.planned.failed.get(alarm.id)
        if why is None or self.looked.scan.seen.reading.nothing:
            return Reason("partial_reading")
        return Reason("alarm_error", {"error": why})

    def _as_it_was(
        self, alarm: Alarm, present: Present, groups: Sequence[ExplainedGroup], more: int
    ) -> tuple[list[ExplainedGroup], int]:
        meant, now = replace(self.about.texts, alarm=None), self.looked.scan.now
        found, more = open_then(self.store, present, meant, (groups, more), now)
        kept = self.store.read(lambda rows: rows.versions.of(alarm.id))
        began = first_of_revision(alarm, whole(alarm, kept), alarm.revision)
        others = [one for one in found if one.alert and one.alert.revision != alarm.revision]
        if alarm.created_at > now:
            self.notes.append(f"alarm {alarm.name} is younger: this is what it would have seen")
        elif others or (began is not None and began.changed_at > now):
            self.notes.append(
                f"alarm {alarm.name} has another rule since: this is what today's says of then"
            )
        return found, more

    def _hold(self, alarm: Alarm, group: ExplainedGroup) -> Listed | None:
        speaks = (
            one
            for one in self.holds
            if one.hold.speaks_of(alarm.id, group.account_id, group.cuc, group.code)
        )
        return next(speaks, None)

    def _with_told(self, alarm: Alarm, group: ExplainedGroup) -> ExplainedGroup:
        if group.alert is None:
            return group
        alert, id_ = group.alert, group.alert.register_id
        deliveries, written = self.store.read(
            lambda rows: (rows.deliveries.of_entry(id_), rows.notes.of(id_))
        )
        now = self.looked.scan.now
        on = self.order.switched_on
        untold = why_not_told(alarm, alert, deliveries, on, now)
        return replace(
            group,
            reasons=[*group.reasons, *untold],
            deliveries=deliveries,
            notes=written,
        )
