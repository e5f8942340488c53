"""The clear line: down to where what is open goes on, and what never comes of it."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base.times import HOUR, LATEST, MINUTE, Instant, Span
from events_tracker.decisions.detection.clearing import reason
from events_tracker.decisions.detection.counting import Evaluation, Overlap, compared
from events_tracker.decisions.detection.exceptions import Excepted
from events_tracker.decisions.detection.lifecycle import observed
from events_tracker.decisions.detection.numbers import numbers_of
from events_tracker.decisions.detection.opening import decide
from events_tracker.model.alarms import Alarm, Clearing, Definition, Operator
from events_tracker.model.alerts import Standing, Trigger
from events_tracker.model.groups import Group
from tests.support.world import NOON

RISING = (Operator.AT_LEAST, Operator.MORE)
PERCENT = st.integers(1, 100)


@given(
    operator=st.sampled_from(RISING),
    value=st.integers(0, 2**53),
    percent=PERCENT,
    near=st.integers(-3, 3),
)
@example(operator=Operator.AT_LEAST, value=50, percent=80, near=0)
@example(operator=Operator.AT_LEAST, value=33, percent=67, near=0)  # 22.11: 23 holds, 22 does not
@example(operator=Operator.MORE, value=50, percent=80, near=0)
def test_the_line_is_exact(operator: Operator, value: int, percent: int, near: int) -> None:
    line = Fraction(value * percent, 100)
    quantity = max(0, int(line) + near)
    above = quantity > line if operator is Operator.MORE else quantity >= line
    assert operator.keeps(quantity, value, percent) is above
    if operator.holds(quantity, value):
        assert operator.keeps(quantity, value, percent), "what opens is above its line"
    if percent == 100:
        assert operator.keeps(quantity, value, percent) is operator.holds(quantity, value)
    if operator is Operator.MORE or value:
        assert not operator.keeps(0, value, percent), "without an event nothing goes on"


@given(
    operator=st.sampled_from([one for one in Operator if one not in RISING]),
    quantity=st.integers(0, 100),
    value=st.integers(0, 100),
    percent=PERCENT,
)
def test_where_more_is_no_worse_there_is_no_line(
    operator: Operator, quantity: int, value: int, percent: int
) -> None:
    assert operator.keeps(quantity, value, percent) is operator.holds(quantity, value)


class _Life:
    """One group of one alarm, from scan to scan and clear to clear."""

    def __init__(self, alarm: Alarm, excepted: Excepted, usual: Clearing) -> None:
        self.alarm, self.excepted, self.usual = alarm, excepted, usual
        self.trigger: Trigger | None = None
        self.seq = 0

    def scan(self, evaluation: Evaluation, at: Instant) -> bool:
        """Decide as a scan does; True if it opened."""
        self.seq += 1
        plan = decide(
            [evaluation], [] if self.trigger is None else [self.trigger], LATEST, self.usual
        )
        for seen in plan.observations:
            self.trigger = observed(seen, self.seq, at, LATEST)
        for opening in plan.openings:
            self.trigger = Trigger(
                *(self.alarm.id, opening.key, "r1", 1, opening.group),
                *(opening.quantity, opening.quantity, self.seq, at),
                below_since=None,
                muted=False,
            )
        return bool(plan.openings)

    def clear(self) -> bool:
        """Decide as a clear does; True if it closed."""
        if self.trigger is None:
            return False
        standing = Standing(
            *("r1", False, 1, self.trigger.observed_at, self.trigger.below_since, 1, True),
            clear_after=self.alarm.clear_after,
        )
        over = reason(standing, self.usual.after) is not None
        self.trigger = None if over else self.trigger
        return over


@given(
    operator=st.sampled_from(RISING),
    usual=PERCENT,
    own=st.none() | PERCENT,
    applies=st.sampled_from(("value", "of its code", "of its account")),
    after=st.sampled_from((0, 1, 2)),
    own_after=st.sampled_from((None, 0, 2)),
    seen=st.lists(st.tuples(st.integers(0, 16), st.sampled_from((True, True, False))), max_size=30),
)
def test_an_alert_never_clears_above_its_line_and_opens_as_without_one(
    operator: Operator,
    usual: int,
    own: int | None,
    applies: str,
    after: int,
    own_after: int | None,
    seen: list[tuple[int, bool]],
) -> None:
    """The value that applies is ten, of whichever of the three it is; another would be twelve."""
    group = Group(7, None, "ALR", "E130")
    rule = Definition(
        operator=operator,
        value=10 if applies == "value" else 12,
        values={"E130": 10} if applies == "of its code" else {},
    )
    excepted = Excepted(values={7: 10} if applies == "of its account" else {})
    alarm = Alarm("a1", "doors", "database", rule, NOON)
    alarm = replace(
        alarm,
        clear_below=own,
        clear_after=None if own_after is None else own_after * MINUTE,
    )
    life = _Life(alarm, excepted, Clearing(after * MINUTE, usual))
    line = Fraction(10 * (usual if own is None else own), 100)
    wait = after if own_after is None else own_after
    quiet = 0
    for minute, (number, whole) in enumerate(seen):
        at = NOON + minute * MINUTE
        numbers = numbers_of({group: number} if number else {})
        window = Span(at - 2 * HOUR, at)
        evaluation = compared(
            *(alarm, window, whole, numbers),
            lambda wanted: dict.fromkeys(wanted, ()),
            excepted=excepted,
        )
        was_open = life.trigger is not None
        reaches = number > 10 if operator is Operator.MORE else number >= 10
        assert life.scan(evaluation, at) is (reaches and not was_open)
        above = number > line if operator is Operator.MORE else number >= line
        if above:
            quiet = 0
        elif whole and was_open:
            quiet = quiet or minute + 1
        over = life.clear()
        if over:
            assert quiet, "it was above its line, or nobody saw it below"
            assert minute + 1 - quiet >= wait
            quiet = 0
        elif was_open and whole and quiet:
            assert minute + 1 - quiet < wait, "and it is over as soon as it may be"


@pytest.mark.parametrize(("both", "holds"), [(45, True), (40, True), (39, None)])
def test_an_older_window_says_that_it_goes_on_and_never_that_it_is_below(
    both: int, holds: bool | None
) -> None:
    """Of a window that ends before one that was seen whole only what lies in both counts."""
    group = Group(7, None, "ALR", "E130")
    alarm = Alarm("a1", "doors", "database", Definition(value=50), NOON, clear_below=80)
    below = Trigger(
        *("a1", group.key(alarm.definition.group_by), "r1", 1, group, 30, 60, 1, NOON + MINUTE),
        below_since=NOON + MINUTE,
        muted=False,
    )
    older = compared(
        *(alarm, Span(NOON - 2 * HOUR, NOON), True, numbers_of({group: 49})),
        lambda wanted: dict.fromkeys(wanted, ()),
        overlap=Overlap(NOON + MINUTE, numbers_of({group: both})),
    )
    plan = decide([older], [below])
    assert [seen.holds for seen in plan.observations] == ([] if holds is None else [holds])
    assert plan.openings == []
