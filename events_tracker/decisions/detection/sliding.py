"""Counts of a window that moves on step by step: what comes in is added, what goes is taken off."""

from collections.abc import Mapping
from typing import Generic, Protocol, TypeVar

from msgspec.structs import replace

from events_tracker.decisions.detection import counting
from events_tracker.decisions.detection.numbers import Column, Numbers
from events_tracker.decisions.detection.scope import Scope
from events_tracker.model.alarms import Condition, Definition
from events_tracker.model.readings import Pair, Tally

Outer = TypeVar("Outer")
Key = TypeVar("Key")


class Sums(Generic[Outer, Key]):
    """Counters of counters; what has come to nothing is not there."""

    def __init__(self) -> None:
        self.now: dict[Outer, dict[Key, int]] = {}

    def add(self, parts: Mapping[Outer, Mapping[Key, int]]) -> None:
        for outer, counts in parts.items():
            sums = self.now.setdefault(outer, {})
            for key, number in counts.items():
                sums[key] = sums.get(key, 0) + number

    def remove(self, parts: Mapping[Outer, Mapping[Key, int]]) -> None:
        """Take off what was added."""
        for outer, counts in parts.items():
            sums = self.now[outer]
            for key, number in counts.items():
                left = sums[key] - number
                if left:
                    sums[key] = left
                else:
                    del sums[key]


class SlidingTally:
    """The tally of a window."""

    def __init__(self) -> None:
        self._events = Sums[Pair, int]()
        self._occurrences = Sums[Pair, tuple[int, str]]()

    @property
    def now(self) -> Tally:
        """The tally as it is; it changes when the window moves on."""
        return Tally(self._events.now, self._occurrences.now)

    def add(self, step: Tally) -> None:
        self._events.add(step.events)
        self._occurrences.add(step.occurrences)

    def remove(self, step: Tally) -> None:
        self._events.remove(step.events)
        self._occurrences.remove(step.occurrences)


class SlidingNumbers(Protocol):
    """The numbers of an alarm's groups in a window."""

    def add(self, step: Tally) -> None:
        """Take a step in."""

    def remove(self, step: Tally) -> None:
        """Let a step go that was taken in."""

    @property
    def now(self) -> Numbers:
        """The numbers as they are; they change when the window moves on."""


def sliding(rule: Definition, scope: Scope) -> SlidingNumbers:
    """Choose how the numbers of an alarm move on."""
    return _Added(rule, scope) if rule.condition == Condition.COUNT else _Measured(rule, scope)


class _Added:
    """Numbers of events: those of steps, added up."""

    def __init__(self, rule: Definition, scope: Scope) -> None:
        self._rule, self._listed = rule, scope.listed
        # Who has no event is no part of a step, but of the whole.
        self._unlisted = replace(scope, listed=())
        self._sums = Sums[Column, int | None]()

    @property
    def now(self) -> Numbers:
        return Numbers(counting.with_listed(self._sums.now, self._listed))

    def add(self, step: Tally) -> None:
        self._sums.add(self._columns(step))

    def remove(self, step: Tally) -> None:
        self._sums.remove(self._columns(step))

    def _columns(self, step: Tally) -> Mapping[Column, Mapping[int | None, int]]:
        return counting.measure(self._rule, self._unlisted, step).columns


class _Measured:
    """Numbers of different values, which cannot be added up: each window is measured."""

    def __init__(self, rule: Definition, scope: Scope) -> None:
        self._rule, self._scope = rule, scope
        self._tally = SlidingTally()

    @property
    def now(self) -> Numbers:
        return counting.measure(self._rule, self._scope, self._tally.now)

    def add(self, step: Tally) -> None:
        self._tally.add(step)

    def remove(self, step: Tally) -> None:
        self._tally.remove(step)
