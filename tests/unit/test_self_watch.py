"""When the tracker's own alarm opens, grows and closes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base.times import MINUTE
from events_tracker.decisions.detection.self_watch import (
    Close,
    Grow,
    Open,
    next_step,
    stale_alert,
    tracker_alarm,
)
from tests.support.world import NOON

STALE_AFTER = 15 * MINUTE
LATER = NOON + 20 * MINUTE
OPENED = stale_alert("r1", NOON, LATER, STALE_AFTER)
"""Opened at 12:20, when the last good scan was that of noon."""


def test_without_a_first_moment_there_is_no_age() -> None:
    assert next_step(None, None, NOON, STALE_AFTER) is None
    assert next_step(OPENED, None, LATER, STALE_AFTER) is None


@pytest.mark.parametrize(
    ("age", "opens"), [(0, False), (STALE_AFTER, False), (STALE_AFTER + 1, True)]
)
def test_it_opens_once_the_last_good_scan_is_older_than_allowed(age: int, opens: bool) -> None:
    assert next_step(None, NOON, NOON + age, STALE_AFTER) == (Open(NOON) if opens else None)


def test_what_is_only_foreseen_is_not_open_yet() -> None:
    foreseen = replace(OPENED, id=None)
    assert next_step(foreseen, NOON, LATER, STALE_AFTER) == Open(NOON)


def test_it_grows_by_whole_minutes() -> None:
    assert next_step(OPENED, NOON, LATER + MINUTE - 1, STALE_AFTER) is None
    assert next_step(OPENED, NOON, LATER + MINUTE, STALE_AFTER) == Grow("r1", 21)


def test_another_good_scan_closes_it_after_the_minutes_without_one() -> None:
    again = NOON + 25 * MINUTE
    assert next_step(OPENED, again, again + MINUTE, STALE_AFTER) == Close("r1", 25)


def test_another_good_scan_that_is_too_old_itself_does_not_close_it() -> None:
    again = NOON + MINUTE
    assert next_step(OPENED, again, NOON + 40 * MINUTE, STALE_AFTER) == Grow("r1", 40)


@given(behind=st.integers(0, 600))
def test_a_host_whose_clock_is_behind_closes_nothing(behind: int) -> None:
    """To it, the scan that the alert is about is not so old."""
    step = next_step(OPENED, NOON, LATER - behind * MINUTE, STALE_AFTER)
    assert step is None


def test_its_entry_has_the_minutes_and_how_many_are_allowed() -> None:
    assert (OPENED.quantity, OPENED.highest, OPENED.threshold) == (20, 20, 15)
    assert (OPENED.period_started_at, OPENED.period_ended_at) == (NOON, LATER)
    assert OPENED.operator.holds(OPENED.quantity, OPENED.threshold)


def test_it_is_the_built_in_alarm_of_no_account() -> None:
    alarm = tracker_alarm(NOON)
    assert (OPENED.alarm_id, OPENED.alarm) == (alarm.id, alarm.name) == ("tracker", "tracker")
    assert OPENED.priority == alarm.priority == "high"
    assert alarm.definition.group_by == ()
    assert (OPENED.account_id, OPENED.company_id, OPENED.cuc, OPENED.code) == (None,) * 4
