"""What a proof asks for, how today's counts compare, and whose records are whose."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base.errors import SegwareError
from events_tracker.base.spans import without
from events_tracker.base.times import DAY, HOUR, MINUTE, Span
from events_tracker.decisions.alarms.versions import first_of_revision, present
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.evidence.kept import kept_of
from events_tracker.decisions.evidence.recount import recount
from events_tracker.decisions.evidence.stretches import requests, stretches
from events_tracker.model.alarms import Alarm, Condition, Definition, Operator, Source
from events_tracker.model.alerts import Alert
from events_tracker.model.evidence import Verdict
from events_tracker.model.hours import Hour, KeptCounts
from events_tracker.model.readings import LimitEstimate, Tally
from events_tracker.segware import decode

SPANS = st.builds(
    lambda start, length: Span(start, start + length),
    st.integers(0, 3 * DAY),
    st.integers(0, 2 * DAY),
)


@given(span=SPANS, windows=st.lists(SPANS, max_size=6))
def test_every_window_is_made_of_whole_stretches_and_nothing_else_is_asked_for(
    span: Span, windows: list[Span]
) -> None:
    found = stretches(span, windows)
    assert all(one.span.end < other.span.start for one, other in pairwise(found))
    assert all(one.span.length <= DAY for one in found)
    for window in (span, *windows):
        inside = [one.span for one in found if one.span.start <= window.end]
        inside = [one for one in inside if one.end >= window.start]
        assert sum(one.length for one in inside) == window.length
        assert (inside[0].start, inside[-1].end) == (window.start, window.end)
    for one in found:
        of_windows = any(w.start <= one.span.start and one.span.end <= w.end for w in windows)
        assert one.counted == of_windows
        assert of_windows or span.start <= one.span.start <= span.end


@given(span=SPANS, parts=st.lists(SPANS, max_size=6))
def test_what_is_left_of_a_span_has_nothing_of_its_parts(span: Span, parts: list[Span]) -> None:
    found = without(span, parts)
    edges = {
        at for one in (span, *parts) for at in (one.start - 1, one.start, one.end, one.end + 1)
    }
    for at in edges:
        left = span.start <= at <= span.end and not any(p.start <= at <= p.end for p in parts)
        assert any(one.start <= at <= one.end for one in found) == left


def test_requests_are_estimated_by_what_answers_carry() -> None:
    wanted = stretches(Span(0, 2 * DAY - 1), [])
    assert requests(wanted, LimitEstimate()) == 2
    assert requests(wanted, LimitEstimate(rate=85_000)) == 2 * 24 * 10
    assert requests(wanted, LimitEstimate(rate=85_000, refused=1_000)) == 2 * 24 * 85


HOUR_KEPT = Hour(
    start=HOUR,
    stretches=[Span(HOUR, HOUR + MINUTE - 1), Span(HOUR + MINUTE, 2 * HOUR - 1)],
    pairs=[("ALR", "E130"), (None, "E131")],
    accounts=[3, 7, 7, 9],
    pair_of=[0, 0, 1, 1],
    stretch_of=[0, 1, 0, 1],
    numbers=[5, 2, 4, 9],
    openings={9: 2},
)


@pytest.mark.parametrize(
    ("account_id", "span", "narrowed", "told", "covered"),
    [
        (7, Span(0, DAY), True, {(1, "E131", 4), (60, "E130", 2)}, 60),
        (7, Span(HOUR, HOUR + 30 * MINUTE), False, {(1, "E131", 4)}, 1),
        (8, Span(0, DAY), True, set(), 60),
        (9, Span(0, DAY), False, {(60, "E131", 9), (60, "openings", 2)}, 60),
        (9, Span(0, DAY), True, set(), 0),
        (9, Span(HOUR, HOUR + 30 * MINUTE), False, set(), 0),
    ],
)
def test_kept_hours_tell_of_one_account_what_they_know_whole(
    account_id: int, span: Span, narrowed: bool, told: set[tuple[int, str, int]], covered: int
) -> None:
    found = kept_of(account_id, KeptCounts(span, [HOUR_KEPT]), narrowed=narrowed)
    assert {
        ((one.span.end + 1 - HOUR) // MINUTE, code, accounts[account_id])
        for one in found.slices
        for (_, code), accounts in one.tally.events.items()
    } == told
    assert sum(one.length for one in found.covered) == covered * MINUTE


def alert(quantity: int, code: str | None = "E130") -> Alert:
    return Alert(
        id="1", alarm_id="a", alarm="a", revision=1, priority="high", operator=Operator.AT_LEAST,
        threshold=5, group_key="", account_id=7, account_code="1950", trade_name=None,
        company_id=11, company=None, client_group_id=None, client_group=None, cuc="ALR", code=code,
        quantity=quantity, highest=quantity, partial=False, period_started_at=0,
        period_ended_at=HOUR, opened_at=HOUR,
    )  # fmt: skip


TALLY = Tally(
    {("ALR", "E130"): {7: 10}, ("ALR", "E131"): {7: 3}, ("PAB", "1401"): {7: 2}},
    {("ALR", "E130"): {(7, "81"): 4}},
)
BY_COMPANY = Definition(codes=("E130",), group_by=("account", "company", "cuc", "code"))
KINDS = Definition(condition=Condition.UNIQUE, field="code", group_by=("account", "cuc"))
OURS = NeverCounted(frozenset({"E130"}))


@pytest.mark.parametrize(
    ("quantity", "rule", "never", "answered", "verdict", "numbers"),
    [
        (10, Definition(), NeverCounted(), 99, Verdict.SAME, (10, 0, 0)),
        (10, BY_COMPANY, NeverCounted(), 99, Verdict.SAME, (10, 0, 0)),
        (9, Definition(), NeverCounted(), 99, Verdict.MORE, (10, 0, 0)),
        (11, Definition(), NeverCounted(), 99, Verdict.FEWER, (10, 0, 0)),
        (10, Definition(codes=("E131",)), NeverCounted(), 99, Verdict.FEWER, (0, 0, 0)),
        (
            *(10, Definition(), NeverCounted(occurrences=frozenset({"81"})), 99),
            *(Verdict.EXPLAINED, (6, 0, 4)),
        ),
        (
            *(11, Definition(), NeverCounted(occurrences=frozenset({"81"})), 99),
            *(Verdict.FEWER, (6, 0, 4)),
        ),
        (10, Definition(), OURS, 99, Verdict.EXPLAINED, (0, 10, 0)),
        (10, Definition(), NeverCounted(), 0, Verdict.NOTHING_ANSWERED, (None, 0, 0)),
        (0, Definition(codes=("E132",)), NeverCounted(), 0, Verdict.SAME, (0, 0, 0)),
        (10, None, NeverCounted(), 99, Verdict.NO_RULE, (None, 0, 0)),
        (
            *(10, Definition(source=Source.DETECTIONS), NeverCounted(), 99),
            *(Verdict.NOT_EVENTS, (None, 0, 0)),
        ),
    ],
)
def test_today_is_compared_with_what_was_stored(
    quantity: int,
    rule: Definition | None,
    never: NeverCounted,
    answered: int,
    verdict: Verdict,
    numbers: tuple[int | None, int, int],
) -> None:
    found = recount(alert(quantity), rule, TALLY, answered, never)
    assert (found.verdict, (found.today, found.raised, found.closed)) == (verdict, numbers)


def test_different_values_are_counted_again_as_such() -> None:
    found = recount(alert(2, code=None), KINDS, TALLY, 99, NeverCounted())
    assert (found.verdict, found.today) == (Verdict.SAME, 2)


def test_a_revision_is_what_its_first_version_says() -> None:
    first = Alarm("a", "doors", "database", Definition(value=5), created_at=1)
    renamed = replace(first, name="gates", version=2)
    higher = replace(renamed, definition=Definition(value=10), version=3, revision=2)
    stored = [present(alarm, None) for alarm in (higher, renamed, first)]
    found = [first_of_revision(higher, stored, revision) for revision in (1, 2, 3)]
    assert [one and one.version for one in found] == [1, 3, None]
    assert first_of_revision(higher, stored[:1], 1) is None


def test_records_are_kept_as_they_were_sent() -> None:
    mine = b'{"accountId": "7",\n "zone": 1.50, "code": "E130", "x": "a\\nb"}'
    body = b'[{"accountId": 8, "code": "E130"}, ' + mine + b', 3, {"accountId": true}]'
    (found,) = decode.records_of(7, body)
    assert (found.code, found.text) == ("E130", mine.replace(b"\n", b" "))
    lenient = b'[{"accountId": 7, "code": NaN}]'
    (found,) = decode.records_of(7, lenient)
    assert (found.code, found.text) == (None, b'{"accountId": 7, "code": NaN}')
    with pytest.raises(SegwareError, match="where a list was expected"):
        decode.records_of(7, b"{}")
