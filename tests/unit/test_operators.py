"""How a number is compared with an alarm's value."""

import pytest

from events_tracker.model.alarms import Definition, Operator

N = 50


@pytest.mark.parametrize(
    ("operator", "holds"),
    [
        (Operator.LESS, [True, False, False]),
        (Operator.AT_MOST, [True, True, False]),
        (Operator.EQUAL, [False, True, False]),
        (Operator.AT_LEAST, [False, True, True]),
        (Operator.MORE, [False, False, True]),
    ],
)
def test_around_the_value(operator: Operator, holds: list[bool]) -> None:
    assert [operator.holds(quantity, N) for quantity in (N - 1, N, N + 1)] == holds
    rises = all(operator.holds(more, N) for more in range(N + 1, N + 50))
    assert operator.rises == rises


@pytest.mark.parametrize(
    ("operator", "extreme"),
    [
        (Operator.LESS, 3),
        (Operator.AT_MOST, 3),
        (Operator.EQUAL, 8),
        (Operator.AT_LEAST, 8),
        (Operator.MORE, 8),
    ],
)
def test_the_extreme_lies_in_the_operators_direction(operator: Operator, extreme: int) -> None:
    assert operator.extreme(3, 8) == operator.extreme(8, 3) == extreme


def test_a_code_may_have_a_value_of_its_own() -> None:
    definition = Definition(value=50, values={"E130": 30})
    assert [definition.value_for(code) for code in ("E130", "E131", None)] == [30, 50, 50]
