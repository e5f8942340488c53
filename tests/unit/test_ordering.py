"""How far a window, what was seen in it, and what is recorded stand from Segware's present."""

from events_tracker.base.times import HOUR, MINUTE, SECOND, Span
from events_tracker.decisions.detection.ordering import ahead_by, horizon, later_end, seen_until
from tests.support.world import NOON

SERVED = Span(NOON, NOON + 20 * SECOND)
"""Segware's clock at its first and last answers."""


def test_a_window_may_reach_a_minute_beyond_the_first_answer() -> None:
    assert ahead_by(NOON + MINUTE, SERVED) is None
    assert ahead_by(NOON + MINUTE + 1, SERVED) == MINUTE + 1
    assert ahead_by(NOON - HOUR, SERVED) is None
    assert ahead_by(NOON + HOUR, None) is None, "Segware does not tell its time"


def test_nothing_is_seen_before_it_happens() -> None:
    assert seen_until(NOON + HOUR, SERVED) == NOON + 21 * SECOND, "it tells whole seconds"
    assert seen_until(NOON + 30 * SECOND, SERVED) == NOON + 30 * SECOND
    assert seen_until(NOON - HOUR, SERVED) == NOON - HOUR
    assert seen_until(NOON + HOUR, None) == NOON + HOUR


def test_what_is_recorded_may_be_ten_minutes_beyond_the_last_answer() -> None:
    assert horizon(NOON - HOUR, SERVED) == NOON + 20 * SECOND + 10 * MINUTE
    assert horizon(NOON, None) == NOON + 10 * MINUTE


def test_the_later_of_two_ends_counts() -> None:
    assert later_end(NOON, NOON + 1) == later_end(NOON + 1, NOON) == NOON + 1
    assert later_end(None, NOON) == later_end(NOON, None) == NOON
    assert later_end(None, None) == 0
