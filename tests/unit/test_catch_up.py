"""Which windows an alarm still has to be evaluated over, after scans were missed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base.times import DAY, HOUR, MINUTE, Span
from events_tracker.decisions.detection.catch_up import entry_id, missed
from events_tracker.model.alarms import Alarm, Definition, Operator, Source
from tests.support.world import NOON

WINDOW = 2 * HOUR
ALARM = Alarm("a1", "doors", "database", Definition(window=WINDOW), NOON, catch_up=True)


def last_seen(ago: int, operator: Operator = Operator.AT_LEAST) -> Alarm:
    """The alarm, evaluated whole for the last time so long before noon."""
    definition = replace(ALARM.definition, operator=operator)
    return replace(ALARM, definition=definition, evaluated_until=NOON - ago)


@pytest.mark.parametrize(
    "alarm",
    [
        replace(last_seen(DAY), catch_up=False),
        replace(last_seen(DAY), definition=replace(ALARM.definition, source=Source.DETECTIONS)),
        replace(ALARM, evaluated_until=None),
    ],
    ids=["it does not catch up", "it counts detections", "it was never evaluated"],
)
def test_some_alarms_miss_nothing(alarm: Alarm) -> None:
    assert missed(alarm, NOON) is None


def test_what_the_present_window_covers_was_not_missed() -> None:
    assert missed(last_seen(MINUTE), NOON) is None
    assert missed(last_seen(WINDOW + 1), NOON) is None, "the windows touch"
    found = missed(last_seen(WINDOW + 2), NOON)
    assert found is not None
    one = NOON - WINDOW - 1
    assert (found.windows, found.gap) == ([Span(one, one)], None)


def test_windows_of_its_own_length_the_last_one_cut_short() -> None:
    found = missed(last_seen(7 * HOUR), NOON)
    assert found is not None
    first, start = NOON - 7 * HOUR + 1, NOON - 5 * HOUR + 2
    assert found.windows == [
        Span(first, first + WINDOW),
        Span(start, start + WINDOW),
        Span(start + WINDOW + 1, NOON - WINDOW - 1),
    ]
    assert found.gap is None


def test_four_windows_at_most_and_the_rest_is_a_gap() -> None:
    found = missed(last_seen(DAY), NOON)
    assert found is not None
    assert len(found.windows) == 4
    assert found.gap == Span(found.windows[-1].end + 1, NOON - WINDOW - 1)


def test_the_first_24_hours_at_most() -> None:
    alarm = replace(last_seen(5 * DAY), definition=replace(ALARM.definition, window=10 * HOUR))
    found = missed(alarm, NOON)
    assert found is not None
    assert found.windows[-1].end == NOON - 5 * DAY + DAY
    assert found.gap == Span(NOON - 4 * DAY + 1, NOON - 10 * HOUR - 1)


@pytest.mark.parametrize("operator", [Operator.LESS, Operator.AT_MOST, Operator.EQUAL])
def test_where_less_would_hold_by_itself_the_last_window_has_its_whole_length(
    operator: Operator,
) -> None:
    found = missed(last_seen(7 * HOUR, operator), NOON)
    assert found is not None
    end = NOON - WINDOW - 1
    assert found.windows[-1] == Span(end - WINDOW, end)


@given(ago=st.integers(0, 40 * HOUR), window=st.integers(10_000, 30 * HOUR))
def test_windows_and_gap_are_all_that_was_missed_once(ago: int, window: int) -> None:
    alarm = replace(last_seen(ago), definition=replace(ALARM.definition, window=window))
    found = missed(alarm, NOON)
    if ago <= window + 1:
        assert found is None
        return
    assert found is not None
    pieces = [*found.windows, *([found.gap] if found.gap else [])]
    assert pieces[0].start == NOON - ago + 1
    assert pieces[-1].end == NOON - window - 1
    assert all(after.start == before.end + 1 for before, after in pairwise(pieces))
    assert all(piece.start <= piece.end for piece in pieces)
    assert all(piece.end - piece.start <= window for piece in found.windows)


def test_whoever_finds_a_detection_gives_it_the_same_id() -> None:
    window = Span(NOON - WINDOW, NOON)
    id_ = entry_id(ALARM, "k", window)
    assert len(id_) == 32
    assert entry_id(replace(ALARM, name="gates", runs=9), "k", window) == id_
    others = {
        entry_id(replace(ALARM, id="a2"), "k", window),
        entry_id(replace(ALARM, revision=2), "k", window),
        entry_id(ALARM, "another", window),
        entry_id(ALARM, "k", Span(NOON - WINDOW, NOON + 1)),
    }
    assert len(others | {id_}) == 5
