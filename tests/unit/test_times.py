"""Instants, durations and their texts."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events_tracker.base.times import (
    DAY,
    HOUR,
    LATEST,
    MINUTE,
    SECOND,
    Span,
    format_duration,
    instant,
    iso,
    local,
    parse_duration,
    parse_span,
)
from tests.support.world import NOON

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
    [
        ("10s", 10 * SECOND),
        (" 45m ", 45 * MINUTE),
        ("2h", 2 * HOUR),
        ("7d", 7 * DAY),
        ("0m", 0),
        ("0", 0),
    ],
)
def test_durations(text: str, length: int) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "2", "h", "2 h", "1.5h", "-2h", "2H", "2h30m", "２h", "9" * 10]
)
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a duration: .*\(2h\)"):
        parse_duration(text)


SPANS = {
    "2026-11-21": (NOON - 9 * HOUR, DAY),
    "20261121": (NOON - 9 * HOUR, DAY),
    " 2026-11-21T09 ": (NOON, HOUR),
    "2026-11-21T09:00": (NOON, MINUTE),
    "20261121T0900": (NOON, MINUTE),
    "2026-11-21 09:00": (NOON, MINUTE),
    "2026-11-21T12:00Z": (NOON, MINUTE),
    "2026-11-21T13:00+01:00": (NOON, MINUTE),
    "2026-11-21T09:00:00": (NOON, SECOND),
    "2026-11-21 09:00:00.250": (NOON + 250, 1),
    "2026-11": (NOON - 20 * DAY - 9 * HOUR, 30 * DAY),
    "2028-02": (NOON + 437 * DAY - 9 * HOUR, 29 * DAY),
    "21/11/2026": (NOON - 9 * HOUR, DAY),
    "21/11/2026 09:00": (NOON, MINUTE),
    "21/11": (NOON - 9 * HOUR, DAY),
    "20/11 9:00": (NOON - DAY, MINUTE),
    "22/11": (NOON - 364 * DAY - 9 * HOUR, DAY),
    "ontem": (NOON - 33 * HOUR, DAY),
    "today": (NOON - 9 * HOUR, DAY),
    "yesterday": (NOON - 33 * HOUR, DAY),
    "09:00": (NOON, MINUTE),
    "8:59": (NOON - MINUTE, MINUTE),
    "09:01": (NOON + MINUTE - DAY, MINUTE),
    "22:00": (NOON - 11 * HOUR, MINUTE),
    "90m": (NOON - 90 * MINUTE, 1),
    "7d": (NOON - 7 * DAY, 1),
    "1w": (NOON - 7 * DAY, 1),
    "3h ago": (NOON - 3 * HOUR, 1),
}


@pytest.mark.parametrize("text", SPANS)
def test_a_time_is_all_that_its_text_names(text: str) -> None:
    first, length = SPANS[text]
    assert parse_span(text, NOON, SAO_PAULO) == Span(first, first + length - 1)


@pytest.mark.parametrize(
    "text",
    ["", "now", "21.11.2026", "11/21/2026", "29/02", "21/11/26", "21/11 soon",
     "2026-02-30", "2026-13", "2026-11-21T25:00", "25:00", "2026-W47",
     "2026", "1w2d", "-7d", "9" * 10 + "d"],
)  # fmt: skip
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time: write 2026-11-21T09:00"):
        parse_span(text, NOON, SAO_PAULO)


@given(st.dates(date(1971, 1, 1), date(2199, 12, 31)))
def test_days_follow_one_another_without_a_gap_whatever_the_clocks_do(day: date) -> None:
    for zone in (SAO_PAULO, NEW_YORK, ZoneInfo("America/Havana")):
        here = parse_span(str(day), NOON, zone)
        assert here.end + 1 == parse_span(str(day + timedelta(days=1)), NOON, zone).start


def test_a_minute_that_comes_twice_is_meant_twice() -> None:
    first = instant(datetime(2026, 11, 1, 1, 30, tzinfo=timezone(timedelta(hours=-4))))
    assert parse_span("2026-11-01T01:30", NOON, NEW_YORK) == Span(first, first + HOUR + MINUTE - 1)


def test_the_last_day_that_there_is_has_an_end() -> None:
    assert parse_span("9999-12-31", NOON, ZoneInfo("UTC")).end == LATEST


def test_the_hour_that_comes_twice_shows_its_offset() -> None:
    first = instant(datetime(2026, 11, 1, 1, 30, tzinfo=timezone(timedelta(hours=-4))))
    assert local(first, NEW_YORK) == "2026-11-01 01:30:00-04:00"
    assert local(first + HOUR, NEW_YORK) == "2026-11-01 01:30:00-05:00"


def test_an_age_is_elapsed_time_whatever_the_clocks_did() -> None:
    changed = instant(datetime(2026, 11, 1, 12, tzinfo=UTC))
    assert parse_span("1d", changed, NEW_YORK).start == changed - DAY
