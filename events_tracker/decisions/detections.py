"""Alarms over the detections of another alarm: what they count is register entries."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from events_tracker.decisions.counting import Counted, Evaluation
from events_tracker.model.alarms import Alarm, Definition
from events_tracker.model.alerts import Alert
from events_tracker.model.groups import Group
from events_tracker.model.readings import Slice


@dataclass(frozen=True, slots=True)
class _Grouped:
    group: Group
    entry: Alert


def evaluate(alarm: Alarm, entries: Iterable[Alert], window: Slice, whole: bool) -> Evaluation:
    """Measure the entries of the other alarm that opened inside the window.

    ``whole``: whether the other alarm was itself evaluated whole; more entries could only raise
    the number.
    """
    definition = alarm.definition
    taken = [
        _Grouped(_group(definition, entry), entry)
        for entry in entries
        if window.start <= entry.opened_at <= window.end and _takes(definition, entry)
    ]
    values: dict[Group, list[object]] = {}
    for grouped in taken:
        values.setdefault(grouped.group, []).append(_value(definition, grouped.entry))
    if definition.condition == "unique":
        groups = {
            group: len({value for value in found if value is not None})
            for group, found in values.items()
        }
    else:
        groups = {group: len(found) for group, found in values.items()}
    return Evaluation(alarm, window, whole, groups, _counted(taken))


def _takes(definition: Definition, entry: Alert) -> bool:
    return (
        (not definition.codes or entry.code in definition.codes)
        and (not definition.cucs or entry.cuc in definition.cucs)
        and (not definition.accounts or entry.account_code in definition.accounts)
        and (not definition.companies or entry.company in definition.companies)
    )


def _group(definition: Definition, entry: Alert) -> Group:
    by = definition.group_by
    return Group(
        entry.account_id if "account" in by else None,
        entry.company_id if "company" in by else None,
        entry.cuc if "cuc" in by else None,
        entry.code if "code" in by else None,
    )


def _value(definition: Definition, entry: Alert) -> object:
    values = {"account": entry.account_id, "code": entry.code, "cuc": entry.cuc}
    return values.get(definition.field or "")


def _counted(
    taken: Sequence[_Grouped],
) -> Callable[[Collection[Group]], Mapping[Group, Sequence[Counted]]]:
    def counted(wanted: Collection[Group]) -> Mapping[Group, Sequence[Counted]]:
        sums: dict[Group, dict[tuple[int | None, str | None, str | None], int]] = {
            group: {} for group in wanted
        }
        for grouped in taken:
            if grouped.group in sums:
                entry, of_group = grouped.entry, sums[grouped.group]
                key = (entry.account_id, entry.cuc, entry.code)
                of_group[key] = of_group.get(key, 0) + 1
        return {
            group: [Counted(*key, count) for key, count in found.items()]
            for group, found in sums.items()
        }

    return counted
