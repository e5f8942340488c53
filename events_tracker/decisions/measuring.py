"""What an alarm counts: filter, group and measure the events of its window."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from events_tracker.model.alarms import Alarm, Definition
from events_tracker.model.groups import Group
from events_tracker.model.readings import EventKind, Slice, Tally


@dataclass(frozen=True, slots=True)
class Measured:
    """A group's number, and the kinds of events that made it, most frequent first when asked."""

    quantity: int
    kinds: tuple[tuple[EventKind, int], ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one alarm saw in its window. ``whole``: every slice of the window was read."""

    alarm: Alarm
    window: Slice
    whole: bool
    groups: Mapping[Group, Measured]


@dataclass(frozen=True, slots=True)
class NeverCounted:
    """Events that no alarm counts.

    ``codes``: the code that the tracker injects; ``injected``: (account id, code) of what it did
    inject; ``occurrences``: those that an ignored user closed.
    """

    codes: frozenset[str] = frozenset()
    injected: frozenset[tuple[int, str]] = frozenset()
    occurrences: frozenset[str] = frozenset()

    def has(self, kind: EventKind) -> bool:
        return (
            kind.code in self.codes
            or (kind.account_id, kind.code) in self.injected
            or (kind.occurrence is not None and kind.occurrence in self.occurrences)
        )


def countable(events: Tally, never: NeverCounted) -> Tally:
    """The events that alarms may count."""
    return type(events)({kind: count for kind, count in events.items() if not never.has(kind)})


def measure(definition: Definition, events: Tally) -> dict[Group, Measured]:
    """Every group that has events matching the alarm's filters, with its number."""
    codes, cucs = frozenset(definition.codes), frozenset(definition.cucs)
    by_account, by_cuc, by_code = (
        field in definition.group_by for field in ("account", "cuc", "code")
    )
    groups: defaultdict[Group, list[tuple[EventKind, int]]] = defaultdict(list)
    for kind, count in events.items():
        if (codes and kind.code not in codes) or (cucs and kind.cuc not in cucs):
            continue
        group = Group(
            kind.account_id if by_account else None,
            None,
            kind.cuc if by_cuc else None,
            kind.code if by_code else None,
        )
        groups[group].append((kind, count))
    return {
        group: Measured(sum(count for _, count in kinds), tuple(kinds))
        for group, kinds in groups.items()
    }


def counted_kinds(evaluations: Iterable[Evaluation]) -> dict[EventKind, int]:
    """Every kind that an alarm counted, with the earliest start of a window that counted it."""
    earliest: dict[EventKind, int] = {}
    for evaluation in evaluations:
        start = evaluation.window.start
        for measured in evaluation.groups.values():
            for kind, _ in measured.kinds:
                earliest[kind] = min(start, earliest.get(kind, start))
    return earliest
