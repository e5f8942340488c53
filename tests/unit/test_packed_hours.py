"""Kept hours come back from their bytes as they were, or not at all."""

import zlib
from itertools import accumulate, pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events_tracker.base.errors import Damaged
from events_tracker.base.times import HOUR, MINUTE, Instant, Span
from events_tracker.model.hours import Hour
from events_tracker.storage.packed_hours import pack, unpack
from events_tracker.storage.small_numbers import differences, places_of

START = 1_795_262_400_000

accounts = st.one_of(st.integers(-3, 300), st.integers(-(2**63), 2**63))
numbers = st.one_of(st.integers(1, 3), st.integers(1, 2**40))
pairs = st.tuples(st.none() | st.text(max_size=4), st.text(min_size=1, max_size=6))


@st.composite
def hours(draw: st.DrawFn) -> Hour:
    cuts = sorted(draw(st.sets(st.integers(0, 60), max_size=20)))
    spans = [_minutes(one, other) for one, other in pairwise(cuts)]
    stretches = [span for span in spans if draw(st.booleans())]
    kinds = draw(st.lists(pairs, max_size=5, unique=True))
    places = st.tuples(accounts, st.integers(0, len(kinds) - 1), st.integers(0, len(stretches) - 1))
    lines = sorted(draw(st.sets(places, max_size=30))) if kinds and stretches else []
    closed = draw(st.dictionaries(st.sampled_from(range(len(lines))), numbers)) if lines else {}
    return Hour(
        START,
        stretches,
        kinds,
        [account for account, _, _ in lines],
        [pair for _, pair, _ in lines],
        [stretch for _, _, stretch in lines],
        [draw(numbers) for _ in lines],
        closed,
        draw(st.dictionaries(accounts, numbers, max_size=5)),
    )


def _minutes(start: int, end: int) -> Span:
    return Span(START + start * MINUTE, START + end * MINUTE - 1)


def _all(hour: Hour) -> tuple[object, ...]:
    return hour.start, hour.stretches, hour.pairs, list(hour.lines()), hour.openings


@given(hours())
def test_what_was_packed_is_unpacked(hour: Hour) -> None:
    assert _all(unpack(START, pack(hour))) == _all(hour)


@given(hours(), st.data())
def test_some_accounts_are_unpacked_as_they_are_in_all(hour: Hour, data: st.DataObject) -> None:
    everybody = sorted({*hour.accounts, *hour.openings, 5})
    only = data.draw(st.sets(st.sampled_from(everybody)))
    found = unpack(START, pack(hour), only)
    assert found.stretches == hour.stretches
    assert [*found.lines()] == [line for line in hour.lines() if line.account_id in only]
    assert found.openings == {id_: n for id_, n in hour.openings.items() if id_ in only}


@pytest.mark.parametrize("widest", [1, 90, 127, 128, 300, 16_384, 2**40])
def test_one_account_is_found_among_many_wherever_it_is(widest: int) -> None:
    rng = Random(widest)
    ids = list(accumulate((rng.randint(1, widest) for _ in range(600)), initial=-widest))
    packed, places = differences(ids), {id_: at for at, id_ in enumerate(ids)}
    for id_ in {*ids, *(id_ + 1 for id_ in ids), *(id_ - 1 for id_ in ids)}:
        expected = [(id_, places[id_])] if id_ in places else []
        assert list(places_of(frozenset({id_}), packed)) == expected


@given(hours(), st.data())
def test_what_was_cut_short_is_refused(hour: Hour, data: st.DataObject) -> None:
    packed = pack(hour)
    with pytest.raises(Damaged, match=r"of 2026-11-21T12:00:00[.]000Z are damaged"):
        unpack(START, packed[: data.draw(st.integers(0, len(packed) - 1))])


@given(hours(), st.data())
def test_a_byte_that_is_another_one_is_noticed(hour: Hour, data: st.DataObject) -> None:
    packed = bytearray(pack(hour))
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = unpack(START, bytes(packed))
    except Damaged:
        return
    assert _all(found) == _all(hour), "a header may say the same in another way"


@given(st.binary(max_size=200))
def test_whatever_else_is_in_its_place_is_refused(body: bytes) -> None:
    with pytest.raises(Damaged):
        unpack(START, b"\1" + zlib.compress(body))


def test_columns_that_do_not_fit_one_another_are_refused() -> None:
    stretches, pair = [Span(START, START + MINUTE - 1)], ("ALR", "E130")
    for wrong in (
        Hour(START, stretches, [pair], [7], [1], [0], [1]),
        Hour(START, stretches, [pair], [7], [0], [1], [1]),
        Hour(START, stretches, [pair], [7, 7], [0], [0], [1]),
        Hour(START, stretches, [pair], [7], [0], [0], [1], {1: 1}),
        Hour(START, [Span(START, START + HOUR + MINUTE - 1)], [pair], [7], [0], [0], [1]),
    ):
        with pytest.raises(Damaged):
            unpack(START, pack(wrong))


def test_thirty_days_of_many_accounts_are_small() -> None:
    """Ten thousand accounts, six events each a day: an hour of thirty days' 4 MB."""
    at: Instant = START
    minutes = [Span(at + n * MINUTE, at + (n + 1) * MINUTE - 1) for n in range(60)]
    lines = [(100 + n * 4 + n * n % 5, n * n % 7, n * 37 % 60) for n in range(2_500)]
    hour = Hour(
        START,
        minutes,
        [("ALR", f"E13{n}") for n in range(7)],
        [account for account, _, _ in lines],
        [pair for _, pair, _ in lines],
        [stretch for _, _, stretch in lines],
        [1] * len(lines),
    )
    packed = pack(hour)
    assert len(packed) * 720 <= 4_000_000
    assert _all(unpack(START, packed)) == _all(hour)
    assert [*unpack(START, packed, {lines[99][0]}).lines()] == [*hour.lines_of(lines[99][0])]
