"""Which of the groups that are explained had an alert open at a past moment, by the register."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from events_tracker.base.times import Instant
from events_tracker.model.alarms import Alarm, Operator
from events_tracker.model.alerts import Alert
from events_tracker.model.explanations import ExplainedGroup, GroupState, Reason
from events_tracker.model.filters import Filter, RegisterQuery
from events_tracker.model.groups import Group

if TYPE_CHECKING:
    from events_tracker.storage import Store


def open_then(
    store: "Store", alarm: Alarm, filter_: Filter, groups: Sequence[ExplainedGroup], at: Instant
) -> list[ExplainedGroup]:
    """Put the alerts in that an alarm had open at a moment. Raises StorageError."""
    query = RegisterQuery(filter=filter_, alarm_id=alarm.id, until=at, archived=True)
    found = {
        one.group_key: one
        for one in store.stream(lambda streams: streams.history(query))
        if one.cleared_at is None or one.cleared_at > at
    }
    by = alarm.definition.group_by
    keys = [Group(one.account_id, one.company_id, one.cuc, one.code).key(by) for one in groups]
    return [
        _open(group, found[key], alarm.definition.operator) if key in found else group
        for group, key in zip(groups, keys, strict=True)
    ]


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
    return replace(group, state=GroupState.OPEN, reasons=reasons, alert=alert)
