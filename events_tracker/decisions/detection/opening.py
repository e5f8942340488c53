"""What a scan opens, and what it observes of what is open: the only place that decides it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from events_tracker.base.limits import RECORDS_PER_ENTRY
from events_tracker.base.times import LATEST, Instant, Span
from events_tracker.decisions.detection.counting import Counted, Evaluation
from events_tracker.decisions.detection.reasons import NotOpening
from events_tracker.model.alarms import Alarm, Clearing
from events_tracker.model.alerts import Alert, Observation, Record, Trigger
from events_tracker.model.directory import Directory
from events_tracker.model.groups import Group

_AT_THE_VALUE = Clearing(after=0)


class Opening(Struct, frozen=True):
    """A group whose condition holds and that has no trigger. ``partial``: at least this many."""

    alarm: Alarm
    group: Group
    key: str
    window: Span
    threshold: int
    quantity: int
    partial: bool
    counted: Sequence[Counted]


class Plan(Struct, frozen=True):
    """The openings and observations that a scan is to write."""

    openings: Sequence[Opening] = ()
    observations: Sequence[Observation] = ()


def decide(
    evaluations: Iterable[Evaluation],
    triggers: Iterable[Trigger],
    horizon: Instant = LATEST,
    clearing: Clearing = _AT_THE_VALUE,
) -> Plan:
    """Compare what was counted with what is open.

    What has no trigger is compared with its value, what has one with its clear line.

    From a window that was not read whole only this is taken: where more events could only make the
    condition hold the more (``>``, ``>=``), a count that reaches the value has reached it. Nothing
    is seen as below on such a count. The same goes for a window that ends before one that was seen
    whole: it is an incomplete reading of that one. And nothing is seen as below in a window that
    ends before the one in which its trigger was last observed, unless that was observed by a clock
    that was wrong: beyond ``horizon``.
    """
    of_alarm = _of_alarm(triggers)
    openings: list[Opening] = []
    observations: list[Observation] = []
    for evaluation in evaluations:
        is_open = of_alarm.get(evaluation.alarm.id, {})
        openings += _openings(evaluation, _starting(evaluation, is_open))
        observations += _observations(evaluation, is_open.values(), horizon, clearing)
    return Plan(openings, observations)


def starting(evaluations: Iterable[Evaluation], triggers: Iterable[Trigger]) -> list[Group]:
    """List the groups for which :func:`decide` would open an alert."""
    of_alarm = _of_alarm(triggers)
    return [
        group
        for evaluation in evaluations
        for group in _starting(evaluation, of_alarm.get(evaluation.alarm.id, {}))
    ]


def falling(
    evaluations: Iterable[Evaluation],
    triggers: Iterable[Trigger],
    horizon: Instant,
    clearing: Clearing,
) -> list[Trigger]:
    """List what :func:`decide` would be the first to see below, of single accounts."""
    of_alarm: defaultdict[str, list[Trigger]] = defaultdict(list)
    for one in triggers:
        if one.below_since is None and not one.muted and one.group.account_id is not None:
            of_alarm[one.alarm_id].append(one)
    found: list[Trigger] = []
    for evaluation in evaluations:
        # Most of what is open holds at its value, and is not looked at any closer.
        holding = frozenset(evaluation.holding)
        others = [one for one in of_alarm[evaluation.alarm.id] if one.group not in holding]
        observed = _observations(evaluation, others, horizon, clearing)
        found += [seen.trigger for seen in observed if not seen.holds]
    return found


def _of_alarm(triggers: Iterable[Trigger]) -> dict[str, dict[Group, Trigger]]:
    of_alarm: dict[str, dict[Group, Trigger]] = {}
    for trigger in triggers:
        of_alarm.setdefault(trigger.alarm_id, {})[trigger.group] = trigger
    return of_alarm


def why_not(evaluation: Evaluation, group: Group, trigger: Trigger | None) -> NotOpening | None:
    """Return why a group opens no alert, given its trigger if any; None if it opens one."""
    rule = evaluation.alarm.definition
    if not (evaluation.settles or rule.operator.rises):
        return NotOpening.PARTIAL_READING
    quantity = evaluation.decisive.get(group)
    if quantity is None or not rule.operator.holds(quantity, evaluation.value_for(group)):
        return NotOpening.BELOW_VALUE
    if trigger is None:
        return None
    return NotOpening.MUTED if trigger.muted else NotOpening.OPEN


def _starting(evaluation: Evaluation, is_open: Mapping[Group, Trigger]) -> list[Group]:
    """List the groups for which :func:`why_not` has no reason; thousands may hold."""
    if not (evaluation.settles or evaluation.alarm.definition.operator.rises):
        return []
    return [group for group in evaluation.holding if group not in is_open]


def _openings(evaluation: Evaluation, groups: Collection[Group]) -> list[Opening]:
    rule = evaluation.alarm.definition
    counted = evaluation.counted(groups)
    return [
        Opening(
            alarm=evaluation.alarm,
            group=group,
            key=group.key(rule.group_by),
            window=evaluation.window,
            threshold=evaluation.value_for(group),
            quantity=evaluation.numbers.get(group) or 0,
            partial=evaluation.partial and rule.operator.rises,
            counted=counted[group],
        )
        for group in groups
    ]


def _observations(
    evaluation: Evaluation, triggers: Iterable[Trigger], horizon: Instant, clearing: Clearing
) -> list[Observation]:
    rule, percent = evaluation.alarm.definition, clearing.of(evaluation.alarm).below
    found = []
    for trigger in triggers:
        quantity = evaluation.numbers.get(trigger.group) or 0
        decisive = evaluation.decisive.get(trigger.group)
        # What is not counted any more (an account that moved) does not hold at zero either.
        holds = decisive is not None and rule.operator.keeps(
            decisive, evaluation.value_for(trigger.group), percent
        )
        older = evaluation.window.end < trigger.observed_at <= horizon
        if (evaluation.is_exact(trigger.group) and not older) or (holds and rule.operator.rises):
            extreme = rule.operator.extreme(trigger.highest, quantity)
            found.append(
                Observation(trigger, holds, quantity, extreme if holds else trigger.highest)
            )
    return found


def alert(opening: Opening, id_: str | None, now: Instant, seq: int, directory: Directory) -> Alert:
    """Write the register entry of an opening, with what the directory knows."""
    group, alarm = opening.group, opening.alarm
    facts = directory.facts(group.account_id, group.company_id)
    due_at = None if facts.complete else directory.ask_again_at(group.account_id, now)
    return Alert(
        id=id_,
        alarm_id=alarm.id,
        alarm=alarm.name,
        revision=alarm.revision,
        priority=alarm.priority,
        operator=alarm.definition.operator,
        threshold=opening.threshold,
        group_key=opening.key,
        account_id=group.account_id,
        account_code=facts.account_code,
        trade_name=facts.trade_name,
        company_id=facts.company_id,
        company=facts.company,
        client_group_id=facts.client_group_id,
        client_group=facts.client_group,
        cuc=group.cuc,
        code=group.code,
        quantity=opening.quantity,
        highest=opening.quantity,
        partial=opening.partial,
        period_started_at=opening.window.start,
        period_ended_at=opening.window.end,
        opened_at=now,
        opened_seq=seq,
        records=_records(opening.counted, directory),
        facts_due_at=due_at,
    )


def _records(counted: Iterable[Counted], directory: Directory) -> tuple[Record, ...]:
    """Write what was counted, by code, CUC and account; most frequent first, at most 100."""
    most = sorted(counted, key=lambda c: (-c.number, c.account_id or 0, c.code or "", c.cuc or ""))
    return tuple(
        Record(c.code, c.cuc, directory.account_code(c.account_id), c.number, c.account_id)
        for c in most[:RECORDS_PER_ENTRY]
    )


def met_silence(fetched: int, good_events: int, silence_met: bool, threshold: int) -> bool:
    """Tell whether a scan that found nothing at all is not to be believed yet.

    An API that answers an empty list where there were thousands looks the same as a quiet night;
    the second such scan in a row is believed.
    """
    return fetched == 0 and good_events >= threshold and not silence_met
