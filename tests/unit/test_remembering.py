"""What is remembered and what is asked for cover the windows once, whatever their length."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from events_tracker.base.times import HOUR, MINUTE, Span
from events_tracker.decisions.fetch.slice_cache import (
    again_at,
    is_whole_minutes,
    settled_before,
    use,
)
from events_tracker.model.readings import CachedSlice
from tests.support.world import NOON

SETTLED = NOON - 10 * MINUTE - 1


def minutes(first: int, count: int, read_at: int, again: int) -> list[CachedSlice]:
    starts = range(first, first + count * MINUTE, MINUTE)
    return [CachedSlice(Span(at, at + MINUTE - 1), read_at, again) for at in starts]


def gapless(slices: list[Span]) -> Span:
    ordered = sorted(slices, key=lambda span: span.start)
    for one, other in pairwise(ordered):
        assert one.end + 1 == other.start
    return Span(ordered[0].start, ordered[-1].end)


@st.composite
def remembered(draw: st.DrawFn) -> CachedSlice:
    start = NOON - draw(st.integers(11, 16 * 60)) * MINUTE
    length = draw(st.integers(1, 90)) * MINUTE
    read_at = NOON - draw(st.integers(0, 120)) * MINUTE
    return CachedSlice(
        Span(start, start + length - 1), read_at, read_at + draw(st.integers(30, 60)) * MINUTE
    )


@given(kept=st.lists(remembered(), max_size=40), starts=st.sets(st.integers(0, 14), min_size=1))
def test_segments_are_covered_once(kept: list[CachedSlice], starts: set[int]) -> None:
    cuts = sorted(NOON - hours * HOUR - 7 * MINUTE - 1_234 for hours in starts)
    ends = [*(cut - 1 for cut in cuts[1:]), NOON]
    segments = [Span(start, end) for start, end in zip(cuts, ends, strict=True)]
    found = use(segments, kept, NOON, SETTLED)
    assert gapless([*found.taken, *found.asked]) == Span(cuts[0], NOON)
    due = {r.span for r in kept if r.again_at <= NOON}
    fresh = {r.span for r in kept if r.again_at > NOON}
    assert not set(found.taken) & (due - fresh)
    slices = [*found.taken, *found.asked]
    for segment in segments:
        inside = [s for s in slices if segment.start <= s.start <= segment.end]
        assert gapless(inside) == segment


def test_of_two_that_overlap_the_one_that_was_read_last_is_taken() -> None:
    hour = Span(NOON - 2 * HOUR, NOON - HOUR - 1)
    older = minutes(NOON - 2 * HOUR, 60, NOON - 30 * MINUTE, NOON + MINUTE)
    newer = CachedSlice(hour, NOON - MINUTE, NOON + HOUR)
    assert use([Span(hour.start, NOON)], [*older, newer], NOON, SETTLED).taken == [hour]


def test_what_is_long_past_is_read_again_by_the_hour() -> None:
    day = minutes(NOON - 24 * HOUR, 23 * 60, NOON - 40 * MINUTE, NOON + MINUTE)
    due = [
        CachedSlice(r.span, r.read_at, NOON) if place % 61 == 0 else r
        for place, r in enumerate(day)
    ]
    found = use([Span(NOON - 24 * HOUR, NOON)], due, NOON, SETTLED)
    hours = [s for s in found.asked if s.end < NOON - 6 * HOUR]
    assert {s.length for s in hours} == {HOUR}
    assert all(s.start % HOUR == 0 for s in hours)
    later = [s for s in found.asked if NOON - 6 * HOUR <= s.end < NOON - HOUR]
    assert {s.length for s in later} == {MINUTE}, "nearer the present each is read by itself"


def test_a_long_window_settles_to_few_slices_and_few_questions_a_scan() -> None:
    window, kept = 12 * HOUR, dict[Span, CachedSlice]()
    asked = []
    for now in range(NOON, NOON + 14 * HOUR, MINUTE):
        segment = Span(now - window, now)
        inside = [r for r in kept.values() if r.span.start >= segment.start]
        found = use([segment], inside, now, now - 10 * MINUTE - 1)
        ready = [s for s in found.asked if s.end < now - 10 * MINUTE and is_whole_minutes(s)]
        for place, span in enumerate(ready):
            kept[span] = CachedSlice(span, now, again_at(place, len(ready), now))
        asked.append(len(found.asked))
    assert sum(asked[-60:]) / 60 < 13, "minute by minute it would be a sixtieth of 720, and more"


def test_what_settled_is_judged_by_the_clock_that_is_behind() -> None:
    for ours, theirs in ((NOON, NOON + MINUTE), (NOON + MINUTE, NOON)):
        assert settled_before(ours, theirs, 2 * MINUTE) == NOON - 2 * MINUTE - 1


def test_clocks_may_be_a_minute_apart_and_no_more() -> None:
    for apart in (MINUTE, -MINUTE):
        assert settled_before(NOON, NOON + apart, 0) is not None
        assert settled_before(NOON, NOON + apart + (1 if apart > 0 else -1), 0) is None
    assert settled_before(NOON, None, 0) is None
