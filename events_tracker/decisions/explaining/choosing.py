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
    """Choose the groups to explain: all, or at most ``most`` of each kind.

    What the next scan opens comes first, then what is open and what is muted; of the second kind is
    what is neither, nearest to its value first.
    """
    others = [group for group in quantities if group not in triggers]
    if most is None or len(triggers) + len(others) <= most:
        return [*triggers, *others]
    holding = frozenset(() if evaluation is None else evaluation.holding)

    def standing(group: Group) -> tuple[int, int]:
        trigger = triggers.get(group)
        rank = 0 if trigger is None else 2 if trigger.muted else 1
        return rank, -quantities.get(group, 0)

    def distance(group: Group) -> int:
        value = 0 if evaluation is None else evaluation.value_for(group)
        return abs(value - quantities[group])

    stands = [*triggers, *(group for group in others if group in holding)]
    below = (group for group in others if group not in holding)
    return nsmallest(most, stands, key=standing) + nsmallest(most, below, key=distance)
