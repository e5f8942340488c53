"""What a scan opens, and what it observes of what is open: the only place that decides it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from events_tracker.decisions.measuring import Evaluation, Measured
from events_tracker.limits import RECORDS_PER_ENTRY
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Alert, Observation, Record, Trigger
from events_tracker.model.facts import Directory
from events_tracker.model.groups import Group
from events_tracker.model.readings import Slice
from events_tracker.model.times import Instant


@dataclass(frozen=True, slots=True)
class Opening:
    """A group whose condition holds and that has no trigger. ``partial``: at least this many."""

    alarm: Alarm
    group: Group
    key: str
    window: Slice
    threshold: int
    measured: Measured
    partial: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a scan is to write."""

    openings: Sequence[Opening] = ()
    observations: Sequence[Observation] = ()


def decide(evaluations: Iterable[Evaluation], triggers: Iterable[Trigger]) -> Plan:
    """Compare what was counted with what is open.

    From a window that was not read whole only this is taken: where more events could only make the
    condition hold the more (``>``, ``>=``), a count that reaches the value has reached it. Nothing
    is seen as below on such a count.
    """
    of_alarm: dict[str, dict[str, Trigger]] = {}
    for trigger in triggers:
        of_alarm.setdefault(trigger.alarm_id, {})[trigger.group_key] = trigger
    openings: list[Opening] = []
    observations: list[Observation] = []
    for evaluation in evaluations:
        is_open = of_alarm.get(evaluation.alarm.id, {})
        openings += _openings(evaluation, is_open)
        observations += _observations(evaluation, is_open.values())
    return Plan(openings, observations)


def _openings(evaluation: Evaluation, is_open: Mapping[str, Trigger]) -> list[Opening]:
    definition = evaluation.alarm.definition
    if not (evaluation.whole or definition.operator.rises):
        return []
    found = []
    for group, measured in evaluation.groups.items():
        threshold = definition.value_for(group.code)
        if not definition.operator.holds(measured.quantity, threshold):
            continue
        key = group.key(definition.group_by)
        if key not in is_open:
            found.append(
                Opening(
                    evaluation.alarm,
                    group,
                    key,
                    evaluation.window,
                    threshold,
                    measured,
                    not evaluation.whole,
                )
            )
    return found


def _observations(evaluation: Evaluation, triggers: Iterable[Trigger]) -> list[Observation]:
    definition = evaluation.alarm.definition
    found = []
    for trigger in triggers:
        measured = evaluation.groups.get(trigger.group)
        quantity = measured.quantity if measured else 0
        holds = definition.operator.holds(quantity, definition.value_for(trigger.group.code))
        if evaluation.whole or (holds and definition.operator.rises):
            extreme = definition.operator.extreme(trigger.highest, quantity)
            highest = extreme if holds else trigger.highest
            found.append(Observation(trigger, holds, quantity, highest))
    return found


def alert(opening: Opening, id_: str | None, now: Instant, seq: int, directory: Directory) -> Alert:
    """The register entry of an opening, with what the directory knows."""
    facts = directory.facts(opening.group.account_id, opening.group.company_id)
    alarm = opening.alarm
    return Alert(
        id=id_,
        alarm_id=alarm.id,
        alarm=alarm.name,
        revision=alarm.revision,
        priority=alarm.priority,
        operator=alarm.definition.operator,
        threshold=opening.threshold,
        group_key=opening.key,
        account_id=opening.group.account_id,
        account_code=facts.account_code,
        trade_name=facts.trade_name,
        company_id=facts.company_id,
        company=facts.company,
        client_group_id=facts.client_group_id,
        client_group=facts.client_group,
        cuc=opening.group.cuc,
        code=opening.group.code,
        quantity=opening.measured.quantity,
        highest=opening.measured.quantity,
        partial=opening.partial,
        period_started_at=opening.window.start,
        period_ended_at=opening.window.end,
        opened_at=now,
        opened_seq=seq,
        records=_records(opening.measured, directory),
        facts_due_at=None
        if facts.complete
        else directory.ask_again_at(opening.group.account_id, now),
    )


def _records(measured: Measured, directory: Directory) -> tuple[Record, ...]:
    """What was counted, by code, CUC and account; the most frequent first, at most 100."""
    counts: dict[tuple[int, str | None, str], int] = {}
    for kind, count in measured.kinds:
        key = (kind.account_id, kind.cuc, kind.code)
        counts[key] = counts.get(key, 0) + count
    most = sorted(
        counts.items(), key=lambda item: (-item[1], item[0][0], item[0][2], item[0][1] or "")
    )
    return tuple(
        Record(code, cuc, directory.facts(account_id).account_code, count)
        for (account_id, cuc, code), count in most[:RECORDS_PER_ENTRY]
    )


def met_silence(fetched: int, good_events: int, silence_met: bool, threshold: int) -> bool:
    """Whether a scan that found nothing at all is not to be believed yet.

    An API that answers an empty list where there were thousands looks the same as a quiet night;
    the second such scan in a row is believed.
    """
    return fetched == 0 and good_events >= threshold and not silence_met
