"""Slices neither overlap nor leave gaps."""

from hypothesis import given
from hypothesis import strategies as st

from events_tracker.decisions.slicing import SlicePlan, halves, segments
from events_tracker.model.readings import Slice
from tests.support import NOON

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


@given(start=st.integers(NOON, NOON + 100), length=st.integers(2, 10_000))
def test_halves_are_two_parts_of_the_whole(start: int, length: int) -> None:
    newer, older = halves(Slice(start, start + length - 1))
    assert (older.start, newer.end) == (start, start + length - 1)
    assert older.end + 1 == newer.start
    assert 0 <= newer.length - older.length <= 1


def test_a_slice_of_one_millisecond_cannot_be_split() -> None:
    plan = SlicePlan([Slice(5, 5)])
    slice_ = plan.next()
    assert slice_ == Slice(5, 5)
    assert plan.over_limit(slice_) is False
    assert plan.next() is None


@given(
    starts=STARTS,
    events=st.lists(st.integers(0, 5_300), max_size=60),
    limit=st.integers(1, 8),
)
def test_whatever_the_limit_each_millisecond_is_read_once_newest_first(
    starts: set[int], events: list[int], limit: int
) -> None:
    plan = SlicePlan(segments(starts, 5_300))
    read: list[Slice] = []
    while slice_ := plan.next():
        inside = sum(slice_.start <= at <= slice_.end for at in events)
        if inside <= limit or not plan.over_limit(slice_):
            read.append(slice_)
    assert sorted(covered(read)) == list(range(min(starts), 5_301))
    assert read == sorted(read, key=lambda slice_: -slice_.end)
    assert plan.known == len(read)
