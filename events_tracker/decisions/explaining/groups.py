"""How the groups of one account stand in one alarm, why, and what would change it."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from events_tracker.base.times import Instant
from events_tracker.decisions.detection import clearing
from events_tracker.decisions.detection.counting import Evaluation
from events_tracker.decisions.detection.lifecycle import observed
from events_tracker.decisions.detection.opening import why_not
from events_tracker.decisions.detection.reasons import NotOpening
from events_tracker.decisions.explaining.counted import Sorted, other_spelling
from events_tracker.decisions.explaining.forecast import below_at, opens_with, over_at
from events_tracker.model.alarms import Alarm, Clearing
from events_tracker.model.alerts import Alert, Observation, Standing, Trigger
from events_tracker.model.explanations import ExplainedGroup, GroupState, Next, Reason
from events_tracker.model.groups import Group


class Present(Struct, frozen=True):
    """What a scan knows of one alarm and one account at the moment ``at``.

    ``evaluation``: None where there is none, for the reason ``unseen``. ``triggers`` and
    ``observations``: those of the account's groups; ``alerts``: register entries by their ids.
    ``clears``: when this alarm's alerts are over.
    ``horizon``: after it only a wrong clock can have seen anything. ``good_until`` and
    ``differing``: when a scan last read all, and in what the settings differ from this alarm.
    """

    alarm: Alarm
    account_id: int
    at: Instant
    horizon: Instant
    evaluation: Evaluation | None
    unseen: Reason | None
    sorted: Sorted
    triggers: Mapping[Group, Trigger]
    observations: Mapping[str, Observation]
    alerts: Mapping[str, Alert]
    clears: Clearing
    good_until: Instant | None
    differing: Sequence[str] = ()


def explained(one: Present) -> list[ExplainedGroup]:
    """Explain every group that has an event or an alert; the account as a whole if none has."""
    numbers = {} if one.evaluation is None else dict(one.evaluation.numbers.items())
    quantities = {group: n for group, n in numbers.items() if group.account_id == one.account_id}
    groups = [*quantities, *(group for group in one.triggers if group not in quantities)]
    if not groups:
        return [_quiet(one)]
    found = [_group(one, group, quantities) for group in groups]
    return sorted(found, key=lambda of: (of.state != GroupState.OPEN, -of.quantity, of.code or ""))


def _quiet(one: Present) -> ExplainedGroup:
    reasons = [] if one.unseen is None else [one.unseen]
    if not reasons:
        keys = dict.fromkeys(of.reason.key for of in one.sorted.not_counted)
        reasons = [Reason(key) for key in keys]
        if one.evaluation is not None and not one.evaluation.settles:
            reasons.append(Reason(NotOpening.PARTIAL_READING))
    rule = one.alarm.definition
    more = opens_with(rule, 0, rule.value)
    if not reasons and more is not None:
        reasons = [Reason(NotOpening.BELOW_VALUE, {"needs": more})]
    return ExplainedGroup(
        cuc=None,
        code=None,
        quantity=0,
        value=rule.value,
        state=GroupState.QUIET,
        at_least=one.evaluation is None or one.evaluation.partial,
        reasons=reasons,
        buckets=(),
        next=Next(opens_with=more if one.unseen is None else None),
    )


def _group(one: Present, group: Group, quantities: Mapping[Group, int]) -> ExplainedGroup:
    trigger = one.triggers.get(group)
    evaluation = one.evaluation
    quantity = quantities.get(group, 0)
    value = one.alarm.definition.value_for(group.code)
    if evaluation is not None:
        value = evaluation.value_for(group)
    elif trigger is not None:
        quantity = trigger.quantity
    if trigger is None:
        state, reasons, following = _without_alert(one, group, quantity, value)
    elif trigger.muted:
        state, reasons, following = _muted(one, group, trigger, value)
    else:
        state, (reasons, following) = GroupState.OPEN, _open(one, group, trigger, value)
    sum_ = other_spelling(group, quantities.items())
    if sum_ is not None and state != GroupState.OPEN:
        reasons = [*reasons, Reason("other_spelling", {"sum": quantity + sum_})]
    return ExplainedGroup(
        cuc=group.cuc,
        code=group.code,
        quantity=quantity,
        value=value,
        state=state,
        at_least=evaluation is None or not evaluation.is_exact(group),
        reasons=reasons,
        buckets=one.sorted.by_group.get(group, ()),
        next=following,
        alert=None if trigger is None else one.alerts.get(trigger.register_id),
    )


def _without_alert(
    one: Present, group: Group, quantity: int, value: int
) -> tuple[GroupState, list[Reason], Next]:
    evaluation = one.evaluation
    if evaluation is None:
        return GroupState.BELOW, [one.unseen] if one.unseen else [], Next()
    why = why_not(evaluation, group, None)
    rule = one.alarm.definition
    reasons: list[Reason] = []
    if why is None:
        reasons.append(Reason("no_scan_since", {"since": one.good_until}))
    elif why == NotOpening.BELOW_VALUE:
        more = opens_with(rule, evaluation.decisive.get(group) or 0, value)
        reasons.append(Reason(why, {"needs": more}))
        if not evaluation.is_exact(group):
            reasons.append(Reason(NotOpening.PARTIAL_READING))
    else:
        reasons.append(Reason(why))
    if one.differing:
        reasons.append(Reason("settings_differ", {"fields": ", ".join(one.differing)}))
    state = GroupState.OPEN if why is None else GroupState.BELOW
    if not quantity and why is not None:
        state = GroupState.QUIET
    return state, reasons, Next(opens_with=opens_with(rule, quantity, value))


def _muted(
    one: Present, group: Group, trigger: Trigger, value: int
) -> tuple[GroupState, list[Reason], Next]:
    """Say who silenced a group; if the next scan sees it below, also what would open it again."""
    alert = one.alerts.get(trigger.register_id)
    since, hand = (None, None) if alert is None else (alert.cleared_at, alert.by_hand)
    why = None if hand is None else ": ".join(filter(None, (hand.who, hand.text)))
    reasons = [Reason(NotOpening.MUTED, {"since": since, "why": why})]
    seen = one.observations.get(trigger.register_id)
    if seen is None or seen.holds:
        return GroupState.MUTED, reasons, Next()
    _, more, following = _without_alert(one, group, seen.quantity, value)
    return GroupState.MUTED, [*reasons, *more], following


def _open(one: Present, group: Group, trigger: Trigger, value: int) -> tuple[list[Reason], Next]:
    """Say why an open alert is not over: of what the next scan will have seen of it."""
    ended = clearing.reason(_standing(one, trigger), one.clears.after)
    if ended in (clearing.REDEFINED, clearing.DISABLED, clearing.DELETED):
        reasons = [Reason("alarm_disabled")] if ended == clearing.DISABLED else []
        return reasons, Next(over_at=one.at)
    seen = one.observations.get(trigger.register_id)
    if seen is None:
        reasons = [Reason("not_observed_since", {"since": trigger.observed_at})]
        return ([one.unseen, *reasons] if one.unseen else reasons), Next()
    after = observed(seen, trigger.observed_seq + 1, one.at, one.horizon)
    if after.below_since is not None:
        over = over_at(after.below_since, one.clears.after)
        reason = Reason("waiting", {"since": after.below_since, "over_at": over})
        return [reason], Next(below_at=after.below_since, over_at=over)
    rule, percent = one.alarm.definition, one.clears.below
    facts = {"quantity": seen.quantity, "operator": rule.operator.value, "value": value}
    above = not rule.operator.holds(seen.quantity, value)
    reason = Reason("above_clear_line" if above else "holds", {**facts, "percent": percent})
    if one.evaluation is None or one.evaluation.partial or not one.evaluation.newest:
        return [reason], Next()

    def holds(quantity: int) -> bool:
        return rule.operator.keeps(quantity, value, percent)

    below = below_at(rule, one.sorted.by_group.get(group, ()), holds)
    return [reason], Next(below_at=below, over_at=over_at(below, one.clears.after))


def _standing(one: Present, trigger: Trigger) -> Standing:
    return Standing(
        register_id=trigger.register_id,
        muted=trigger.muted,
        revision=trigger.revision,
        observed_at=trigger.observed_at,
        below_since=trigger.below_since,
        alarm_revision=one.alarm.revision,
        alarm_enabled=bool(one.alarm.enabled),
    )
