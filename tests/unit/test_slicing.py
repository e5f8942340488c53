"""Slices neither overlap nor leave gaps, and there are few of them."""

import random

from hypothesis import given
from hypothesis import strategies as st

from events_tracker.decisions.slicing import SlicePlan, segments
from events_tracker.model.readings import Learned, Slice
from tests.support import HOUR

STARTS = st.sets(st.integers(0, 5_000), min_size=1, max_size=6)


def covered(slices: list[Slice]) -> list[int]:
    return [at for slice_ in slices for at in range(slice_.start, slice_.end + 1)]


@given(starts=STARTS, length=st.integers(0, 300))
def test_segments_cover_the_longest_window_once_newest_first(starts: set[int], length: int) -> None:
    end = max(starts) + length
    found = segments(starts, end)
    assert {segment.start for segment in found} == starts
    assert sorted(covered(found)) == list(range(min(starts), end + 1))
    assert found == sorted(found, key=lambda segment: -segment.end)


def test_a_slice_of_one_millisecond_cannot_be_split() -> None:
    plan = SlicePlan([Slice(5, 5)], Learned())
    slice_ = plan.next()
    assert slice_ == Slice(5, 5)
    assert plan.refused(slice_) is False
    assert plan.next() is None


def _read(plan: SlicePlan, events: list[int], limit: int, at_once: int) -> tuple[list[Slice], int]:
    """What is read of a service with this limit, several at once; and how often it refused."""
    read: list[Slice] = []
    under_way: list[Slice] = []
    refusals = 0
    while True:
        while len(under_way) < at_once and (slice_ := plan.next()):
            under_way.append(slice_)
        if not under_way:
            return read, refusals
        slice_ = under_way.pop(0)
        inside = sum(slice_.start <= at <= slice_.end for at in events)
        if inside <= limit:
            plan.answered(slice_, inside)
            read.append(slice_)
        elif not plan.refused(slice_):
            read.append(slice_)
        else:
            refusals += 1


@given(
    starts=STARTS,
    events=st.lists(st.integers(0, 5_300), max_size=60),
    limit=st.integers(1, 8),
    at_once=st.integers(1, 6),
    carried=st.none() | st.integers(1, 20),
    refused=st.none() | st.integers(1, 20),
    rate=st.none() | st.integers(0, 10**9),
)
def test_whatever_the_limit_and_what_was_learned_each_millisecond_is_read_once(
    starts: set[int],
    events: list[int],
    limit: int,
    at_once: int,
    carried: int | None,
    refused: int | None,
    rate: int | None,
) -> None:
    plan = SlicePlan(segments(starts, 5_300), Learned(carried, refused, rate))
    read, _ = _read(plan, events, limit, at_once)
    assert sorted(covered(read)) == list(range(min(starts), 5_301))
    assert plan.left() == []


def test_a_first_scan_needs_few_requests_more_than_the_fewest_possible() -> None:
    events = list(range(0, 2 * HOUR, 2 * HOUR // 20_000))
    plan = SlicePlan([Slice(0, 2 * HOUR - 1)], Learned())
    read, refusals = _read(plan, events, 1_000, 6)
    assert len(read) + refusals <= 1.5 * 20 + 8


def test_what_was_learned_spares_refusals_the_next_time() -> None:
    rng = random.Random(1)
    events = [rng.randrange(2 * HOUR) for _ in range(20_000)]
    first = SlicePlan([Slice(0, 2 * HOUR - 1)], Learned())
    _read(first, events, 1_000, 6)
    again = SlicePlan([Slice(0, 2 * HOUR - 1)], first.learned())
    read, refusals = _read(again, events, 1_000, 6)
    assert refusals <= 0.05 * (len(read) + refusals)


def test_a_limit_that_went_down_is_learned_anew() -> None:
    rng = random.Random(1)
    events = [rng.randrange(2 * HOUR) for _ in range(20_000)]
    plan = SlicePlan([Slice(0, 2 * HOUR - 1)], Learned(1_000, 1_100, 10_000))
    _read(plan, events, 300, 6)
    learned = plan.learned()
    assert learned.carried is not None
    assert learned.carried <= 300 < (learned.refused or 0)
