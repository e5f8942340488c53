"""Of which groups `explain` speaks where there are more than anybody reads."""

from collections.abc import Mapping
from heapq import nsmallest

from events_tracker.decisions.detection.counting import Evaluation
from events_tracker.model.alerts import Trigger
from events_tracker.model.groups import Group


def chosen(
    quantities: Mapping[Group, int],
    triggers: Mapping[Group, Trigger],
    evaluation: Evaluation | None,
    most: int | None,
) -> list[Group]:
    """Choose the groups to explain: all, or ``most`` of them.

    Those that the next scan opens come first, then what is open, what is muted, and what is nearest
    to its value.
    """
    groups = [*triggers, *(group for group in quantities if group not in triggers)]
    if most is None or len(groups) <= most:
        return groups
    holding = frozenset(() if evaluation is None else evaluation.holding)

    def order(group: Group) -> tuple[int, int]:
        number, trigger = quantities.get(group, 0), triggers.get(group)
        if trigger is not None:
            return (2 if trigger.muted else 1), -number
        if group in holding:
            return 0, -number
        return 3, 0 if evaluation is None else abs(evaluation.value_for(group) - number)

    return nsmallest(most, groups, key=order)
