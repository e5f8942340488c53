"""What is remembered and what is asked for cover the windows once, whatever their length."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events_tracker.base.times import HOUR, MINUTE, Span
from events_tracker.decisions.fetch.slice_cache import (
    Reread,
    again_at,
    is_whole_minutes,
    late,
    settled_before,
    use,
)
from events_tracker.decisions.fetch.slicing import SlicePlan
from events_tracker.model.readings import CachedSlice, LimitEstimate
from tests.support.world import NOON

SETTLED = NOON - 10 * MINUTE - 1


def minutes(first: int, count: int, read_at: int, again: int) -> list[CachedSlice]:
    starts = range(first, first + count * MINUTE, MINUTE)
    return [CachedSlice(Span(at, at + MINUTE - 1), read_at, again, 7) for at in starts]


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
        Span(start, start + length - 1), read_at, read_at + draw(st.integers(30, 60)) * MINUTE, 7
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
    newer = CachedSlice(hour, NOON - MINUTE, NOON + HOUR, 7)
    assert use([Span(hour.start, NOON)], [*older, newer], NOON, SETTLED).taken == [hour]


def test_what_is_long_past_is_read_again_by_the_hour() -> None:
    day = minutes(NOON - 24 * HOUR, 23 * 60, NOON - 40 * MINUTE, NOON + MINUTE)
    due = [
        CachedSlice(r.span, r.read_at, NOON, 7) if place % 61 == 0 else r
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
        for after, span in enumerate(sorted(ready, key=lambda span: span.start)):
            kept[span] = CachedSlice(span, now, again_at(span.end, after, now), 7)
        asked.append(len(found.asked))
    assert sum(asked[-60:]) / 60 < 13, "minute by minute it would be a sixtieth of 720, and more"


@pytest.mark.parametrize("events_an_hour", [10_000, 100_000])
def test_a_scan_a_minute_reads_seven_hundredths_of_its_window_and_believes_nothing_for_long(
    events_an_hour: int,
) -> None:
    window, settle, kept = 2 * HOUR, 2 * MINUTE, dict[Span, CachedSlice]()
    learned, read = LimitEstimate(), 0
    for now in range(NOON + 17_000, NOON + 17_000 + 3 * HOUR, MINUTE):
        inside = [r for r in kept.values() if r.span.start >= now - window]
        found = use([Span(now - window, now)], inside, now, now - settle - 1)
        for taken in found.taken:
            age, read_at = now - taken.end, kept[taken].read_at - taken.end
            steps = [step for step in (5 * MINUTE, 10 * MINUTE, 30 * MINUTE) if step < age]
            assert read_at >= max(steps, default=0), "it was read again at this age"
            assert now - kept[taken].read_at < HOUR
        plan = SlicePlan(found.asked, learned, now, kept=True)
        spans = answered(plan, events_an_hour)
        learned = plan.learned()
        ready = [s for s in spans if s.end < now - settle and is_whole_minutes(s)]
        for after, span in enumerate(sorted(ready, key=lambda span: span.start)):
            kept[span] = CachedSlice(span, now, again_at(span.end, after, now), 7)
        if now > NOON + 2 * HOUR:
            read += sum(span.length for span in spans)
    assert read / 60 <= 0.07 * window


def answered(plan: SlicePlan, events_an_hour: int) -> list[Span]:
    """The slices of a plan that were answered by a service whose answers carry 10,000 events."""
    found = []
    while (span := plan.next()) is not None:
        events = span.length * events_an_hour // HOUR
        if events > 10_000:
            plan.refused(span)
        else:
            plan.answered(span, events)
            found.append(span)
    return found


@pytest.mark.parametrize(
    ("last_read_at", "holds", "found"),
    [
        (2, [7], {}),
        (3, [9], {2: 2}),
        (5, [8], {5: 1}),
        (29, [8], {10: 1}),
        (90, [8], {60: 1}),
        (5, [6], {}),
        (30, [4, 5], {30: 2}),
        (30, [9, None], {}),
    ],
)
def test_events_are_as_late_as_the_age_at_which_they_were_not_there_yet(
    last_read_at: int, holds: list[int | None], found: dict[int, int]
) -> None:
    length = 6 * MINUTE
    again = Reread(Span(NOON, NOON + length - 1), 7, last_read_at * MINUTE)
    part = length // len(holds)
    read = {
        Span(NOON + n * part, NOON + (n + 1) * part - 1): fetched
        for n, fetched in enumerate(holds)
        if fetched is not None
    }
    expected = {minutes * MINUTE: events for minutes, events in found.items()}
    assert late([again], read, 2 * MINUTE) == expected


def test_what_settled_is_judged_by_the_clock_that_is_behind() -> None:
    for ours, theirs in ((NOON, NOON + MINUTE), (NOON + MINUTE, NOON)):
        assert settled_before(ours, theirs, 2 * MINUTE) == NOON - 2 * MINUTE - 1


def test_clocks_may_be_a_minute_apart_and_no_more() -> None:
    for apart in (MINUTE, -MINUTE):
        assert settled_before(NOON, NOON + apart, 0) is not None
        assert settled_before(NOON, NOON + apart + (1 if apart > 0 else -1), 0) is None
    assert settled_before(NOON, None, 0) is None
