"""What a rule would have opened, compared with a naive look at every moment."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base import limits
from events_tracker.base.spans import merged
from events_tracker.base.times import DAY, HOUR, MINUTE, SECOND, Instant, Span
from events_tracker.decisions.detection import counting
from events_tracker.decisions.detection.exceptions import NOBODY
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.numbers import Numbers
from events_tracker.decisions.detection.preview import Windows, replay
from events_tracker.decisions.detection.steps import LENGTHS, Grid, grid, step_of
from events_tracker.model.alarms import Alarm, Clearing, Definition, Operator
from events_tracker.model.groups import Group
from events_tracker.model.previews import Step, packed
from events_tracker.model.readings import EventKind
from tests.support.world import NOON
from tests.unit.test_counting import (
    KINDS,
    NEVER,
    Naive,
    definitions,
    scope_of,
    tally_of_events,
)

Event = tuple[Instant, EventKind]
END = NOON + 7 * MINUTE + 11 * SECOND + 3
MOMENTS = st.integers(END - 27 * HOUR, END) | st.integers(END - 3 * HOUR, END)
EVENTS = st.lists(st.tuples(MOMENTS, KINDS), max_size=60)
WINDOWS = st.sampled_from((HOUR, 2 * HOUR, 67 * MINUTE, 100 * MINUTE))


def between(events: Sequence[Event], start: Instant, end: Instant) -> list[EventKind]:
    return [kind for at, kind in events if start <= at <= end]


def steps_of(events: Sequence[Event], cut: Grid, holes: set[int]) -> dict[Instant, Step]:
    """The steps as they were read; of every other hole nothing, of the others half is missing."""
    steps = {}
    for number, span in enumerate(cut.steps):
        kinds = between(events, span.start, span.end)
        if number in holes:
            if number % 2:
                continue
            kinds = kinds[::2]
        columns = packed(tally_of_events(kinds))
        whole = number not in holes
        steps[span.start] = Step(span, whole, END, len(kinds), *columns)
    return steps


class Recount:
    """The same day, moment by moment, with no thought for speed."""

    def __init__(self, naive: Naive, clear_after: int, clear_below: int) -> None:
        self.naive = naive
        self.clear_after = clear_after
        self.line = Fraction(naive.definition.value * clear_below, 100)
        self.below: dict[Group, Instant | None] = {}
        self.openings: dict[Group, int] = {}
        self.highest: dict[Group, int] = {}

    def look(self, at: Instant, kinds: list[EventKind], whole: bool) -> int | None:
        rule = self.naive.definition
        falls = rule.operator is Operator.LESS
        if not whole and falls:
            return None
        numbers = self.naive.measure(kinds)
        choose = min if falls else max
        for group, number in numbers.items():
            self.highest[group] = choose(number, self.highest.get(group, number))
        holding = {
            group
            for group, number in numbers.items()
            if (number < rule.value if falls else number >= rule.value)
        }
        for group in list(self.below):
            if group in holding or (not falls and numbers.get(group, 0) >= self.line):
                self.below[group] = None
            elif whole:
                since = self.below[group]
                since = at if since is None else since
                self.below[group] = since
                if at - since >= self.clear_after:
                    del self.below[group]
        for group in holding - self.below.keys():
            self.below[group] = None
            self.openings[group] = self.openings.get(group, 0) + 1
        return choose(numbers.values(), default=0) if whole else None


@given(
    definition=definitions(),
    value=st.integers(1, 4),
    window=WINDOWS,
    events=EVENTS,
    never=NEVER.map(lambda never: replace(never, only=None)),
    holes=st.sets(st.integers(0, 110), max_size=4) | st.just(set()),
    clear_after=st.sampled_from((0, 10 * MINUTE, 40 * MINUTE)),
    clear_below=st.sampled_from((1, 50, 67, 100)),
)
@example(
    definition=Definition(group_by=("account",)),
    value=1,
    window=2 * HOUR,
    events=[(END - hours * HOUR, EventKind(1, "ALR", "E130", None)) for hours in (3, 6, 9)],
    never=NeverCounted(),
    holes={30},
    clear_after=0,
    clear_below=100,
)
def test_a_day_is_what_a_look_at_each_moment_finds(
    definition: Definition,
    value: int,
    window: int,
    events: list[Event],
    never: NeverCounted,
    holes: set[int],
    clear_after: int,
    clear_below: int,
) -> None:
    falls = definition.operator is Operator.LESS
    rule = replace(definition, value=1 if falls else value, window=window)
    alarm = Alarm("a", "a", "database", rule, NOON)
    cut = grid(window, END)
    steps = steps_of(events, cut, holes)

    everything = never.without(tally_of_events(kind for _, kind in events))
    scope = scope_of(rule, everything)
    windows = Windows(
        cut, steps, lambda step: never.without(step.tally(lambda pair: scope.why_not(pair) is None))
    )
    latest = between(events, END - window, END)
    numbers = counting.measure(rule, scope, never.without(tally_of_events(latest)))
    now = counting.compared(
        alarm, Span(END - window, END), True, numbers, lambda wanted: dict.fromkeys(wanted, ())
    )
    found = replay(alarm, windows, scope, NOBODY, now, Clearing(clear_after, clear_below))

    expected = Recount(Naive(rule, never), clear_after, clear_below)
    heights = []
    for at in cut.points[:-1]:
        first = at - cut.in_window * cut.step
        inside = [span for span in cut.steps if first <= span.start < at]
        read = [steps[span.start] for span in inside if span.start in steps]
        kinds = [
            kind
            for number, span in enumerate(cut.steps)
            if span in inside and span.start in steps
            for kind in between(events, span.start, span.end)[:: 2 if number in holes else 1]
        ]
        whole = len(read) == len(inside) and all(step.whole for step in read)
        heights.append((at, expected.look(at, kinds, whole)))
    heights.append((END, expected.look(END, latest, True)))

    assert [(point.at, point.highest) for point in found.points] == heights
    assert found.openings == sum(expected.openings.values())
    groups = {group: (highest, opened) for group, highest, opened in found.groups}
    assert groups == {
        group: (highest, expected.openings.get(group, 0))
        for group, highest in expected.highest.items()
    }
    ranks = [(-opened, highest if falls else -highest) for _, highest, opened in found.groups]
    assert ranks == sorted(ranks)


@given(
    window=st.integers(limits.SHORTEST_WINDOW, limits.LONGEST_WINDOW), end=st.integers(DAY, 2**42)
)
@example(window=2 * HOUR, end=40 * DAY)
@example(window=limits.SHORTEST_WINDOW, end=40 * DAY + 1)
def test_steps_lie_side_by_side_and_windows_and_points_on_them(window: int, end: Instant) -> None:
    cut = grid(window, end)
    assert cut.step in LENGTHS
    assert cut.step <= window / 4
    assert cut.steps[0].end == end
    for newer, older in pairwise(cut.steps):
        assert older.end + 1 == newer.start
        assert older.length == cut.step
    assert all(span.start % cut.step == 0 for span in cut.steps)
    assert len(cut.steps) <= limits.PREVIEW_STEPS
    assert cut.steps[-1].start >= end - limits.PREVIEW_STRETCH
    assert cut.points[-1] == end
    assert all(cut.start < at < end and at % cut.step == 0 for at in cut.points[:-1])
    assert abs(cut.counted_window - window) * 2 <= cut.step
    now = cut.now
    assert (now[0].end, now[-1].start) == (end, end - window)
    assert sum(span.length for span in now) == window + 1
    beyond = end - window < cut.steps[-1].start
    assert (cut.edge is None) == (beyond or (end - window) % cut.step == 0)
    if window <= 2 * DAY and cut.step >= MINUTE:
        assert len(cut.left_out) == 0 or window > 2 * DAY - HOUR


def test_the_usual_window_has_steps_of_a_quarter_of_an_hour() -> None:
    assert step_of(2 * HOUR) == step_of(HOUR) == step_of(7 * DAY) == 15 * MINUTE
    assert step_of(45 * MINUTE) == 5 * MINUTE
    assert step_of(10 * SECOND) == 2_500


@pytest.mark.parametrize(
    ("clear_after", "openings"), [(0, 3), (15 * MINUTE, 3), (15 * MINUTE + 1, 1), (HOUR, 1)]
)
def test_an_alert_lives_as_a_trigger_does_and_who_opens_most_comes_first(
    clear_after: int, openings: int
) -> None:
    # Each burst is counted for an hour; in between two looks, a step apart, see it below.
    bursts = [NOON - 12 * HOUR + steps * 15 * MINUTE for steps in (0, 6, 12)]
    events = [(at, EventKind(1, "ALR", "E130", None)) for at in bursts]
    events += [(NOON - 3 * HOUR, EventKind(2, "ALR", "E131", None))] * 5
    rule = Definition(value=1, values={"E131": 9}, window=HOUR)
    alarm, cut = Alarm("a", "a", "database", rule, NOON), grid(HOUR, NOON)
    windows = Windows(cut, steps_of(events, cut, set()), lambda step: step.tally(lambda _: True))
    now = counting.compared(alarm, Span(NOON - HOUR, NOON), True, Numbers(), lambda _: {})
    found = replay(
        alarm, windows, scope_of(rule, tally_of_events([])), NOBODY, now, Clearing(clear_after)
    )
    assert [(group.code, highest, opened) for group, highest, opened in found.groups] == [
        ("E130", 1, openings),
        ("E131", 5, 0),
    ]


def test_thousands_of_groups_are_told_by_those_that_matter() -> None:
    alarm = Alarm("a", "a", "database", Definition(value=400, window=HOUR), NOON)
    cut = grid(HOUR, NOON)
    kinds = [
        EventKind(number, "ALR", "E130", None) for number in range(1, 411) for _ in range(number)
    ]
    at = NOON - 5 * HOUR
    steps = steps_of([(at, kind) for kind in kinds], cut, set())
    scope = scope_of(alarm.definition, tally_of_events([]))
    now = counting.compared(alarm, Span(NOON - HOUR, NOON), True, Numbers(), lambda _: {})
    found = replay(
        alarm,
        Windows(cut, steps, lambda s: s.tally(lambda _: True)),
        scope,
        NOBODY,
        now,
        Clearing(0),
    )
    assert [(group.account_id, highest) for group, highest, _ in found.groups] == [
        (number, number) for number in range(410, 310, -1)
    ]
    assert found.openings == 11


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6)), max_size=8))
def test_merged_stretches_hold_the_same_moments_and_never_touch(
    stretches: list[tuple[int, int]],
) -> None:
    spans = [Span(start, start + length) for start, length in stretches]
    found = merged(spans)
    moments = {at for span in spans for at in range(span.start, span.end + 1)}
    assert sorted(moments) == [at for s in found for at in range(s.start, s.end + 1)]
    assert all(b.start > a.end + 1 for a, b in pairwise(found))
