"""Instants, durations and their texts."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events_tracker.model.times import (
    DAY,
    HOUR,
    LATEST,
    MINUTE,
    SECOND,
    format_duration,
    instant,
    iso,
    local,
    parse_duration,
    parse_moment,
)
from tests.support import NOON

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
NEW_YORK = ZoneInfo("America/New_York")


@given(st.integers(0, LATEST))
def test_an_instant_survives_its_text(at: int) -> None:
    assert instant(datetime.fromisoformat(iso(at))) == at
    assert len(iso(at)) == len("2026-11-21T12:00:00.000Z")


def test_microseconds_are_cut_not_rounded() -> None:
    moment = datetime(2026, 11, 21, 12, 0, 0, 999_999, UTC)
    assert iso(instant(moment)) == "2026-11-21T12:00:00.999Z"


@given(st.integers(0, 10_000_000).map(lambda seconds: seconds * SECOND))
def test_a_duration_survives_its_text(length: int) -> None:
    assert parse_duration(format_duration(length)) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [("10s", 10 * SECOND), (" 45m ", 45 * MINUTE), ("2h", 2 * HOUR), ("7d", 7 * DAY), ("0m", 0)],
)
def test_durations(text: str, length: int) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "2", "h", "2 h", "1.5h", "-2h", "2H", "2h30m", "２h", "9" * 10]
)
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a duration: .*\(2h\)"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-21T09:00", NOON),
        ("2026-11-21 09:00:00.250", NOON + 250),
        ("2026-11-21T12:00Z", NOON),
        ("2026-11-21T13:00+01:00", NOON),
        ("2026-11-21", NOON - 9 * HOUR),
        ("90m", NOON - 90 * MINUTE),
        ("7d", NOON - 7 * DAY),
    ],
)
def test_moments(text: str, at: int) -> None:
    assert parse_moment(text, NOON, SAO_PAULO) == at


@pytest.mark.parametrize("text", ["", "now", "21.11.2026", "2026-02-30", "2026-11-21T25:00"])
def test_what_is_no_moment_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time: write 2026-11-21T09:00"):
        parse_moment(text, NOON, SAO_PAULO)


def test_the_hour_that_comes_twice_shows_its_offset() -> None:
    first = instant(datetime(2026, 11, 1, 1, 30, tzinfo=timezone(timedelta(hours=-4))))
    assert local(first, NEW_YORK) == "2026-11-01 01:30:00-04:00"
    assert local(first + HOUR, NEW_YORK) == "2026-11-01 01:30:00-05:00"


def test_an_age_is_elapsed_time_whatever_the_clocks_did() -> None:
    changed = instant(datetime(2026, 11, 1, 12, tzinfo=UTC))
    assert parse_moment("1d", changed, NEW_YORK) == changed - DAY
