"""How an alert's number went: the sums of what is known, and holes for what is not."""

from events_tracker.base.times import MINUTE, Span
from events_tracker.decisions.explaining.course import Known, course


def test_a_single_minute_that_is_not_known_leaves_a_hole_as_long_as_the_window() -> None:
    minutes = [Span(at * MINUTE, (at + 1) * MINUTE - 1) for at in range(-10, 60)]
    known = [Known(minute, 1) for minute in minutes if minute.start != 30 * MINUTE]
    found = course(known, Span(0, 59 * MINUTE), 5 * MINUTE, 60)
    expected = [None if 30 < at <= 35 else 5 for at in range(60)]
    assert [number for _, number in found] == expected
