"""What an alarm had open at a past moment, by the register."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from events_tracker.base.times import Instant
from events_tracker.decisions.explaining.groups import Present
from events_tracker.model.alarms import Definition, Operator
from events_tracker.model.alerts import Alert
from events_tracker.model.explanations import ExplainedGroup, GroupState, Next, Reason
from events_tracker.model.filters import Filter, RegisterQuery
from events_tracker.model.groups import Group

if TYPE_CHECKING:
    from events_tracker.storage import Store


def open_then(
    store: "Store",
    one: Present,
    filter_: Filter,
    explained: tuple[Sequence[ExplainedGroup], int],
    at: Instant,
) -> tuple[list[ExplainedGroup], int]:
    """Put the alerts in that an alarm had open at a moment, and the groups that lack for them.

    ``explained``: the groups that are explained, and how many are not; what is returned is the
    same with alerts. Raises StorageError.
    """
    query = RegisterQuery(filter=filter_, alarm_id=one.alarm.id, until=at, archived=True)
    found = {
        alert.group_key: alert
        for alert in store.stream(lambda streams: streams.history(query))
        if alert.cleared_at is None or alert.cleared_at > at
    }
    rule = one.alarm.definition
    keys = [_group(group, rule).key(rule.group_by) for group in explained[0]]
    groups = [
        _open(group, found[key], rule.operator) if key in found else group
        for group, key in zip(explained[0], keys, strict=True)
    ]
    lacking = {_group(alert, rule): alert for key, alert in found.items() if key not in keys}
    shown = list(lacking.items())[: one.most]
    added = [_of_alert(one, group, alert) for group, alert in shown]
    unseen = sum(_counted(one, group) is None for group in lacking)
    more = explained[1] + unseen - len(added)
    groups += added
    groups.sort(key=lambda of: (of.state != GroupState.OPEN, -of.quantity, of.code or ""))
    return groups, more


def _group(of: ExplainedGroup | Alert, rule: Definition) -> Group:
    company_id = of.company_id if "company" in rule.group_by else None
    return Group(of.account_id, company_id, of.cuc, of.code)


def _counted(one: Present, group: Group) -> int | None:
    return None if one.evaluation is None else one.evaluation.numbers.get(group)


def _of_alert(one: Present, group: Group, alert: Alert) -> ExplainedGroup:
    """Explain an open alert of which little or nothing was in the window any more."""
    evaluation = one.evaluation
    return ExplainedGroup(
        account_id=group.account_id,
        company_id=group.company_id,
        cuc=group.cuc,
        code=group.code,
        quantity=_counted(one, group) or 0,
        value=alert.threshold,
        state=GroupState.OPEN,
        at_least=evaluation is None or evaluation.partial,
        reasons=[] if one.unseen is None else [one.unseen],
        buckets=one.sorted.by_group.get(group, ()),
        next=Next(),
        alert=alert,
    )


def _open(group: ExplainedGroup, alert: Alert, operator: Operator) -> ExplainedGroup:
    """Say of what the next scan would have opened that it was open, and held.

    Of what did not hold the register does not tell since when.
    """
    facts = {"quantity": group.quantity, "operator": operator.value, "value": group.value}
    reasons = [
        Reason("holds", facts) if one.key == "no_scan_since" else one
        for one in group.reasons
        if one.key != "below_value"
    ]
    return replace(group, state=GroupState.OPEN, reasons=reasons, next=Next(), alert=alert)
