"""How the groups of one account stand in one alarm, why, and what would change it."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from events_tracker.base.times import Instant
from events_tracker.decisions.detection import clearing
from events_tracker.decisions.detection.counting import Evaluation
from events_tracker.decisions.detection.exceptions import NOBODY
from events_tracker.decisions.detection.lifecycle import observed
from events_tracker.decisions.detection.opening import why_not
from events_tracker.decisions.detection.reasons import NotCounted, NotOpening
from events_tracker.decisions.detection.staying import why_not_over
from events_tracker.decisions.explaining.choosing import chosen
from events_tracker.decisions.explaining.counted import Sorted, other_spelling
from events_tracker.decisions.explaining.forecast import (
    Passing,
    below_at,
    opens_first,
    opens_with,
    over_at,
)
from events_tracker.decisions.explaining.leaving_out import left_out
from events_tracker.model.alarms import Alarm, Clearing
from events_tracker.model.alerts import Alert, Observation, Standing, Trigger
from events_tracker.model.directory import Facts
from events_tracker.model.explanations import ExplainedGroup, GroupState, Next, Reason
from events_tracker.model.groups import Group


class Present(Struct, frozen=True):
    """What a scan knows of one alarm at the moment ``at``, of the groups that are asked about.

    ``evaluation``: None where there is none, for the reason ``unseen``. ``takes`` tells which
    groups are meant; ``triggers`` and ``observations``: those of these groups; ``alerts``: register
    entries by their ids. ``passing``: how what was counted will leave the window, None if unknown.
    ``clears``: when this alarm's alerts are over. ``most``: so many groups are explained at most;
    None: all.
    ``horizon``: after it only a wrong clock can have seen anything. ``good_until`` and
    ``differing``: when a scan last read all, and in what the settings differ from this alarm.
    """

    alarm: Alarm
    takes: Callable[[Group], bool]
    at: Instant
    horizon: Instant
    evaluation: Evaluation | None
    unseen: Reason | None
    sorted: Sorted
    passing: Passing | None
    triggers: Mapping[Group, Trigger]
    observations: Mapping[str, Observation]
    alerts: Mapping[str, Alert]
    clears: Clearing
    good_until: Instant | None
    differing: Sequence[str] = ()
    most: int | None = None


def explained(one: Present) -> tuple[list[ExplainedGroup], int]:
    """Explain the groups that have an event or an alert; return also how many others have."""
    numbers = () if one.evaluation is None else one.evaluation.numbers.items()
    quantities = {group: number for group, number in numbers if one.takes(group)}
    groups = chosen(quantities, one.triggers, one.evaluation, one.most)
    found = [_group(one, group, quantities) for group in groups]
    found.sort(key=lambda of: (of.state != GroupState.OPEN, -of.quantity, of.code or ""))
    return found, len(quantities.keys() | one.triggers.keys()) - len(found)


def as_a_whole(one: Present) -> list[Reason]:
    """Say what holds for the alarm, whatever the group."""
    reasons = [] if one.unseen is None else [one.unseen]
    evaluation = one.evaluation
    if evaluation is not None and not evaluation.settles:
        reasons.append(Reason(NotOpening.PARTIAL_READING))
    if evaluation is not None and evaluation.unknown:
        reasons.append(Reason(NotCounted.FACTS))
    return reasons + _differing(one)


def nobody_yet(one: Present) -> list[Reason]:
    """Say what it takes for any group at all; nothing where more do not help."""
    rule = one.alarm.definition
    more = None if one.evaluation is None else opens_first(rule)
    return [] if more is None else [Reason(NotOpening.BELOW_VALUE, {"needs": more})]


def quiet(one: Present, account_id: int, account: Facts) -> ExplainedGroup:
    """Explain an account that has neither an event that counts nor an alert."""
    rule, evaluation = one.alarm.definition, one.evaluation
    own = NOBODY if evaluation is None else evaluation.excepted
    why = left_out(rule, own, account_id, account)
    value = own.values.get(account_id, rule.value)
    more = None if why else opens_first(rule, own.values.get(account_id))
    reasons = [] if one.unseen is None else [one.unseen]
    if not reasons:
        keys = dict.fromkeys(of.reason.key for of in one.sorted.not_counted)
        reasons = [Reason(key) for key in keys or filter(None, (why,))]
        if evaluation is not None and not evaluation.settles:
            reasons.append(Reason(NotOpening.PARTIAL_READING))
    if not reasons and more is not None:
        reasons = [Reason(NotOpening.BELOW_VALUE, {"needs": more})]
    return ExplainedGroup(
        account_id=account_id,
        cuc=None,
        code=None,
        quantity=0,
        value=value,
        state=GroupState.QUIET,
        at_least=evaluation is None or evaluation.partial,
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
    sum_ = other_spelling(group, quantities)
    if sum_ is not None and state != GroupState.OPEN:
        reasons = [*reasons, Reason("other_spelling", {"sum": quantity + sum_})]
    return ExplainedGroup(
        account_id=group.account_id,
        company_id=group.company_id,
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
        counted = evaluation.decisive.get(group) or 0
        more = opens_with(rule, counted, value)
        facts = {"operator": rule.operator, "value": value, "quantity": counted}
        reasons.append(Reason(why, facts if more is None else {"needs": more}))
        if not evaluation.is_exact(group):
            reasons.append(Reason(NotOpening.PARTIAL_READING))
    else:
        reasons.append(Reason(why))
    reasons += _differing(one)
    state = GroupState.OPEN if why is None else GroupState.BELOW
    if not quantity and why is not None:
        state = GroupState.QUIET
    return state, reasons, Next(opens_with=opens_with(rule, quantity, value))


def _differing(one: Present) -> list[Reason]:
    fields = ", ".join(one.differing)
    return [Reason("settings_differ", {"fields": fields})] if fields else []


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
    rule, percent = one.alarm.definition, one.clears.below
    reason = why_not_over(seen.quantity, after.below_since, rule.operator, value, one.clears)
    if after.below_since is not None:
        over = over_at(after.below_since, one.clears.after)
        return [reason], Next(below_at=after.below_since, over_at=over)
    return [reason], _over(one, group, trigger, lambda n: rule.operator.keeps(n, value, percent))


def _over(one: Present, group: Group, trigger: Trigger, holds: Callable[[int], bool]) -> Next:
    """Say when what holds can be over at the earliest, if nothing more comes."""
    evaluation = one.evaluation
    if one.passing is None or evaluation is None or evaluation.partial or not evaluation.newest:
        return Next()
    below = below_at(one.alarm.definition, group, one.passing, holds)
    over = over_at(below, one.clears.after)
    alert = one.alerts.get(trigger.register_id)
    code = None if alert is None else alert.account_code
    own = (one for one in evaluation.excepted.exceptions if one.account_code == code)
    ends = [exception.ends_at for exception in own if exception.ends_at is not None]
    # What an exception opened ends with it, whatever comes.
    if below is None or over is None or not ends:
        return Next(below_at=below, over_at=over)
    return Next(below_at=min(below, *ends), over_at=min(over, *ends))


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
