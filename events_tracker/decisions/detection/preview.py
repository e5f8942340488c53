"""What a rule would have opened: its windows of the past day, one after the other.

Each is counted, compared and decided by what scans do; an alert lives as a trigger does. What is
not known of a window changes nothing but where a scan would open an alert all the same.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from heapq import nlargest
from itertools import compress

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.base.times import Instant, Span
from events_tracker.decisions.detection import counting
from events_tracker.decisions.detection.counting import Counted, Evaluation
from events_tracker.decisions.detection.exceptions import Excepted
from events_tracker.decisions.detection.lives import Lives
from events_tracker.decisions.detection.numbers import Numbers
from events_tracker.decisions.detection.scope import Scope
from events_tracker.decisions.detection.sliding import SlidingNumbers, sliding
from events_tracker.decisions.detection.steps import Grid
from events_tracker.model.alarms import Alarm, Clearing, Operator
from events_tracker.model.groups import Group
from events_tracker.model.previews import Point, Step
from events_tracker.model.readings import Tally


class Replay(Struct, frozen=True):
    """What was seen: at each moment, and of the groups that matter most, these first.

    ``groups``: each with its highest number and how often it opened.
    """

    points: Sequence[Point]
    openings: int
    groups: Sequence[tuple[Group, int, int]]


class Windows(Struct, frozen=True):
    """The steps of one alarm, by their starts, and what unpacks what may count of one."""

    grid: Grid
    steps: Mapping[Instant, Step]
    countable: Callable[[Step], Tally]

    def through(self, numbers: SlidingNumbers) -> Iterator[tuple[Span, bool]]:
        """Move over the windows that end at the points but the last, oldest first.

        With each: whether it was read whole.
        """
        length = self.grid.counted_window
        inside: list[Instant] = []
        for end in self.grid.points[:-1]:
            starts = range(end - length, end, self.grid.step)
            while inside and inside[0] < starts[0]:
                self._move(inside.pop(0), numbers.remove)
            for start in starts[len(inside) :]:
                self._move(start, numbers.add)
                inside.append(start)
            whole = all(start in self.steps and self.steps[start].whole for start in starts)
            yield Span(starts[0], end - 1), whole

    def _move(self, start: Instant, move: Callable[[Tally], None]) -> None:
        if (step := self.steps.get(start)) is not None:
            move(self.countable(step))


def replay(
    alarm: Alarm,
    windows: Windows,
    scope: Scope,
    excepted: Excepted,
    now: Evaluation,
    clearing: Clearing,
) -> Replay:
    """Look at each window in turn, and last at the one that ends now, as a scan has seen it."""
    lives = Lives(alarm, clearing.of(alarm))
    most = _Most(alarm.definition.operator)
    points = []
    scope = scope.without(excepted.never)
    numbers = sliding(alarm.definition, scope)
    for window, read in windows.through(numbers):
        evaluation = counting.compared(
            alarm,
            window,
            read and scope.whole,
            numbers.now,
            _not_asked,
            unknown=scope.unknown,
            excepted=excepted,
        )
        points.append(_look(evaluation, window.end + 1, lives, most))
    points.append(_look(now, now.window.end, lives, most))
    return Replay(points, sum(lives.openings.values()), most.chosen(lives.openings))


def nothing_seen(points: Sequence[Instant]) -> Replay:
    """Return what is seen where it cannot be told what the alarm counts."""
    return Replay([Point(at, None) for at in points], 0, ())


def _look(evaluation: Evaluation, at: Instant, lives: Lives, most: "_Most") -> Point:
    lives.see(evaluation, at)
    if evaluation.whole or evaluation.alarm.definition.operator.rises:
        most.see(evaluation.numbers, lives.openings)
    operator = evaluation.alarm.definition.operator
    return Point(at, _extreme(operator, evaluation.numbers) if evaluation.whole else None)


def _not_asked(wanted: Collection[Group]) -> Mapping[Group, Sequence[Counted]]:
    """Tell of which events numbers are made: of what is past nobody asks."""
    return dict.fromkeys(wanted, ())


def _extreme(operator: Operator, numbers: Numbers) -> int:
    """Find the highest of all numbers; where few is what the alarm looks for, the lowest."""
    choose = max if operator.extreme(0, 1) else min
    return choose((choose(of.values()) for of in numbers.columns.values() if of), default=0)


class _Most:
    """The highest number of each group that may be among those shown.

    A group whose highest number is among the highest has it at a moment at which it is among them.
    So a number counts only if it is over the last of those that are kept by then.
    """

    def __init__(self, operator: Operator) -> None:
        self._operator = operator
        self._rises = bool(operator.extreme(0, 1))
        self._found: dict[Group, int] = {}
        self._floor = -1

    def see(self, numbers: Numbers, opened: Collection[Group]) -> None:
        """Take in the numbers of a moment; those of groups that opened count whatever they are."""
        over = self._floor.__lt__
        for (company_id, cuc, code), accounts in numbers.columns.items():
            chosen = compress(accounts.items(), map(over, accounts.values()))
            for id_, number in chosen:
                self._take(Group(id_, company_id, cuc, code), number)
        for group in opened:
            self._take(group, numbers.get(group) or 0)
        # Where few is what the alarm looks for, it has a list of accounts: all are kept.
        if self._rises and len(self._found) > 2 * limits.PREVIEW_GROUPS:
            highest = nlargest(limits.PREVIEW_GROUPS, self._found, key=self._found.__getitem__)
            self._floor = self._found[highest[-1]]
            self._found = {group: self._found[group] for group in {*highest, *opened}}

    def _take(self, group: Group, number: int) -> None:
        known = self._found.get(group, number)
        self._found[group] = self._operator.extreme(known, number)

    def chosen(self, openings: Mapping[Group, int]) -> list[tuple[Group, int, int]]:
        """Choose those that opened most often, then those with the highest numbers."""
        sign = -1 if self._rises else 1
        groups = [(group, best, openings.get(group, 0)) for group, best in self._found.items()]
        groups.sort(key=lambda one: (-one[2], sign * one[1], repr(one[0])))
        return groups[: limits.PREVIEW_GROUPS]
