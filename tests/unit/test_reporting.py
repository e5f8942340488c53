"""What a report decides: in which part an entry is, what is to be looked at, and in what words."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base.problems import ENGLISH, PORTUGUESE
from events_tracker.base.times import DAY, HOUR, MINUTE, Span
from events_tracker.decisions.reporting import attention
from events_tracker.decisions.reporting.parts import part, span_before
from events_tracker.messages.attention import attention_text
from events_tracker.model.alarms import Alarm, Definition
from events_tracker.model.holds import Hold
from events_tracker.model.reports import Attention, Kind, Opening, Part, Scan, Untold
from events_tracker.model.runs import RunStatus
from tests.support.values import alert
from tests.support.world import NOON

ENTRY = Opening(
    "r1", NOON - 30 * HOUR, None, "d", "default", "g", 7, "1950", "Padaria", "Sentinela", None,
    "ALR", "E130",
)  # fmt: skip
SHIFT = Span(NOON - 12 * HOUR, NOON)
ZONE = ZoneInfo("America/Sao_Paulo")

PREDICATES: dict[Part, Callable[[int, int | None, int, int], bool]] = {
    Part.OPEN_BEFORE: lambda o, c, a, b: o < a and (c is None or c > b),
    Part.OPENED_AND_OPEN: lambda o, c, a, b: o >= a and (c is None or c > b),
    Part.OPENED_AND_OVER: lambda o, c, a, b: o >= a and c is not None and c <= b,
    Part.OPENED_BEFORE_AND_OVER: lambda o, c, a, b: o < a and c is not None and c <= b,
}
"""Each part by itself: opened, cleared, start and end of the span."""


@given(st.integers(0, 9), st.none() | st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_each_entry_is_in_exactly_one_part(o: int, c: int | None, a: int, length: int) -> None:
    span = Span(a, a + length)
    if o > span.end or (c is not None and (c < o or c < span.start)):
        return
    holding = [one for one, holds in PREDICATES.items() if holds(o, c, span.start, span.end)]
    assert holding == [part(replace(ENTRY, opened_at=o, cleared_at=c), span)]


def test_the_span_before_is_as_long_and_ends_where_this_one_begins() -> None:
    before = span_before(SHIFT)
    assert before.length == SHIFT.length
    assert before.end + 1 == SHIFT.start


def said(*found: Attention, language: str = ENGLISH) -> list[str]:
    return [attention_text(one, NOON, ZONE, language) for one in found]


def test_three_openings_of_one_group_are_flapping_and_two_are_not() -> None:
    three = [replace(ENTRY, opened_at=NOON - n * HOUR) for n in (3, 1, 2)]
    (found,) = attention.flapping([*three, replace(ENTRY, group_key="h")])
    assert (found.kind, found.account_code, found.since) == (Kind.FLAPPING, "1950", NOON - 3 * HOUR)
    assert said(found) == [
        "E130 burglary · ALR · default: opened 3 times, last at 08:00 (flapping)"
    ]
    of_a_company = [
        replace(one, account_id=None, account_code=None, cuc=None, code=None) for one in three
    ]
    (found,) = attention.flapping(of_a_company)
    assert said(found) == ["Sentinela · default: opened 3 times, last at 08:00 (flapping)"]
    assert not list(attention.flapping(three[:2]))
    others = [replace(one, alarm_id=str(n)) for n, one in enumerate(three)]
    assert not list(attention.flapping(others)), "three alarms are three groups"


def test_what_is_open_for_more_than_a_day_is_stale() -> None:
    (found,) = attention.stale([ENTRY, replace(ENTRY, opened_at=NOON - DAY)], NOON)
    assert found.since == ENTRY.opened_at
    assert said(found) == ["E130 burglary · ALR · default: open for 30 h"]


def test_what_is_muted_is_told_with_who_and_why() -> None:
    muted = alert(cleared_at=NOON - 6 * DAY, clear_reason="forced: técnico (by Ana)")
    (found,) = attention.muted([muted, alert(cleared_at=NOON + 1)], NOON)
    assert said(found) == [
        "E130 burglary · ALR · default: closed by hand 6 d ago by Ana: técnico; not below its "
        "value since, and silent"
    ]


def test_a_hold_that_ends_in_the_coming_shift_is_told_with_what_it_keeps_back() -> None:
    hold = Hold(
        "h", 7, "1950", "Padaria", None, None, None, None, NOON - HOUR, NOON + HOUR, "técnico",
        "Ana",
    )  # fmt: skip
    others = [
        replace(hold, ends_at=NOON + 13 * HOUR),
        replace(hold, ends_at=NOON),
        replace(hold, starts_at=NOON + 1),
        replace(hold, ended_at=NOON, ended_by="Rui"),
    ]
    (found,) = attention.holds_ending([hold, *others], {"h": 3}, NOON)
    assert (found.kind, found.account_code, found.since) == (
        Kind.HOLD_ENDING, "1950", NOON - HOUR,
    )  # fmt: skip
    assert said(found) == ["hold ends 10:00 (técnico, Ana), 3 alerts held"]
    # What was ended by hand afterwards stood at the end of the span.
    ended = replace(hold, ended_at=NOON + 1, ended_by="Rui", released_at=NOON + 1)
    assert list(attention.holds_ending([ended], {"h": 3}, NOON)) == [found]


def untold(account: int, status: str = "failed", channel: str = "whatsapp") -> Untold:
    return Untold(channel, status, account, str(account), None, None, NOON - account, 2)


def test_what_was_not_told_is_one_line_for_each_channel_and_end() -> None:
    found = list(
        attention.untold(
            [*map(untold, range(1, 6)), untold(9, "uncertain", "segware"), untold(8, "expired")]
        )
    )
    assert said(*found) == [
        "segware: 2 uncertain, may or may not have gone out (account 9)",
        "whatsapp: 2 given up, too old to be sent (account 8)",
        "whatsapp: 10 failed (accounts 5, 4, 3 and 2 more)",
    ]
    assert [one.kind for one in found] == [Kind.UNCERTAIN, Kind.FAILED, Kind.FAILED]
    assert [one.account_code for one in found] == ["9", "8", None]
    one = attention.untold([replace(untold(7), deliveries=1)])
    assert said(*one, language=PORTUGUESE) == ["whatsapp: 1 não saiu (conta 7)"]


def scans(*minutes: int, status: RunStatus = RunStatus.OK) -> list[Scan]:
    return [Scan(SHIFT.start + minute * MINUTE, status) for minute in minutes]


def blind(found: list[Scan], before: int | None) -> list[tuple[int, int]]:
    spans = attention.blind(found, before, SHIFT, 15 * MINUTE)
    start = SHIFT.start
    return [((one.start - start) // MINUTE, (one.end - start) // MINUTE) for one in spans]


def test_a_gap_is_longer_than_a_scan_may_take_to_be_stale() -> None:
    minutely = range(0, 721)
    assert blind(scans(*minutely), None) == []
    assert blind(scans(*range(0, 100), *range(115, 721)), None) == [(99, 115)]
    assert blind(scans(*range(0, 100), *range(114, 721)), None) == []
    assert blind(scans(*range(0, 700)), None) == [(699, 720)]
    assert blind(scans(*range(30, 721)), SHIFT.start - HOUR) == [(-60, 30)]
    assert blind(scans(*range(30, 721)), None) == [], "nobody knows what was before the first"
    assert blind(scans(*minutely, status=RunStatus.PARTIAL), SHIFT.start) == [(0, 720)]
    assert blind([], None) == []


def test_gaps_are_told_and_of_many_the_longest() -> None:
    one, longer = Span(NOON - 2 * HOUR, NOON - HOUR), Span(NOON - 5 * HOUR, NOON - 3 * HOUR)
    assert said(*attention.gaps([one], [("default", longer)])) == [
        "no good scan from 07:00 to 08:00",
        "alarm default was never evaluated from 04:00 to 06:00",
    ]
    assert said(*attention.gaps([one, longer, one, one], [])) == [
        "no good scan for too long 4 times, the longest from 04:00 to 06:00"
    ]


def test_an_alarm_that_failed_in_the_span_is_told_with_its_error() -> None:
    failed = Alarm(
        "1", "doors", "database", Definition(codes=(), cucs=(), value=1, values={}, window=HOUR),
        NOON, last_run_at=NOON, last_run_status=RunStatus.ERROR, last_error="no account 9",
    )  # fmt: skip
    others = [replace(failed, last_run_at=NOON + 1), replace(failed, last_run_status=RunStatus.OK)]
    assert said(*attention.alarm_errors([failed, *others], SHIFT)) == [
        "alarm doors could not be evaluated: no account 9"
    ]


def test_what_is_to_be_looked_at_is_in_the_order_of_its_kinds() -> None:
    found = [Attention(kind, "stale", NOON - n) for n, kind in enumerate(reversed(Kind))]
    again = Attention(Kind.GAP, "no_scan", 0, facts={"until": 0})
    ordered = attention.in_order([*found, again])
    assert [one.kind for one in ordered if one is not again] == list(Kind)
    assert ordered[list(Kind).index(Kind.GAP)] is again, "the longest comes first"


@pytest.mark.parametrize("language", [ENGLISH, PORTUGUESE])
def test_every_sentence_is_said_in_both_languages_and_shows_no_control(language: str) -> None:
    facts = {
        "times": 3, "last": NOON, "until": NOON, "who": None, "why": "\x1b[2J", "channel": "email",
        "count": 1, "accounts": ("19\x1b50",), "more": 0, "alarm": "a\x1b", "error": "\x1b",
        "code": "E\x1b", "cuc": None, "whose": "\x1b",
    }  # fmt: skip
    keys = {*Kind, "expired", "no_scan", "no_scans", "never_evaluated"} - {Kind.GAP, Kind.SILENT}
    found = [
        Attention(key if key is Kind.HOLD_ENDING else Kind.GAP, key, NOON - HOUR, facts=facts)
        for key in keys
    ]
    for text in said(*found, language=language):
        assert "\x1b" not in text
        assert "{" not in text
