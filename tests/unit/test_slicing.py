"""Slices neither overlap nor leave gaps, and there are few of them."""

import random

from hypothesis import given
from hypothesis import strategies as st

from events_tracker.base.times import HOUR, MINUTE, Span
from events_tracker.decisions.fetch.slicing import SlicePlan, segments
from events_tracker.model.readings import LimitEstimate
from tests.support.world import NOON

STARTS = st.sets(st.integers(0, 5_000), min_size=1, max_size=6)


def covered(slices: list[Span]) -> list[int]:
    return [at for span in slices for at in range(span.start, span.end + 1)]


@given(starts=STARTS, length=st.integers(0, 300))
def test_segments_cover_the_longest_window_once_newest_first(starts: set[int], length: int) -> None:
    end = max(starts) + length
    found = segments(starts, end)
    assert {segment.start for segment in found} == starts
    assert sorted(covered(found)) == list(range(min(starts), end + 1))
    assert found == sorted(found, key=lambda segment: -segment.end)


def test_a_slice_of_one_millisecond_cannot_be_split() -> None:
    plan = SlicePlan([Span(5, 5)], LimitEstimate(), NOON)
    span = plan.next()
    assert span == Span(5, 5)
    assert plan.refused(span) is False
    assert plan.next() is None


def _read(plan: SlicePlan, events: list[int], limit: int, at_once: int) -> tuple[list[Span], int]:
    """What is read of a service with this limit, several at once; and how often it refused."""
    read: list[Span] = []
    under_way: list[Span] = []
    refusals = 0
    while True:
        while len(under_way) < at_once and (span := plan.next()):
            under_way.append(span)
        if not under_way:
            return read, refusals
        span = under_way.pop(0)
        inside = sum(span.start <= at <= span.end for at in events)
        if inside <= limit:
            plan.answered(span, inside)
            read.append(span)
        elif not plan.refused(span):
            read.append(span)
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
    believed=st.booleans(),
)
def test_whatever_the_limit_and_what_was_learned_each_millisecond_is_read_once(
    starts: set[int],
    events: list[int],
    limit: int,
    at_once: int,
    carried: int | None,
    refused: int | None,
    rate: int | None,
    believed: bool,
) -> None:
    plan = SlicePlan(
        segments(starts, 5_300),
        LimitEstimate(carried, refused, rate, NOON if believed else None),
        NOON,
    )
    read, _ = _read(plan, events, limit, at_once)
    assert sorted(covered(read)) == list(range(min(starts), 5_301))
    assert plan.left() == []


def _first_scan(events: list[int], limit: int) -> tuple[int, int]:
    """How many requests a window of two hours takes of a service nothing is known of, and refusals.

    As a scan asks: what has not settled apart, and the rest in slices that are kept.
    """
    stretches = [Span(0, 2 * HOUR - 2 * MINUTE - 1), Span(2 * HOUR - 2 * MINUTE, 2 * HOUR - 1)]
    read, refusals = _read(SlicePlan(stretches, LimitEstimate(), NOON, kept=True), events, limit, 6)
    return len(read) + refusals, refusals


def test_a_first_scan_of_even_traffic_needs_few_requests_more_than_the_fewest_possible() -> None:
    requests, refusals = _first_scan(list(range(0, 2 * HOUR, 2 * HOUR // 20_000)), 1_000)
    assert requests <= 1.3 * 20 + 6
    rng = random.Random(3)
    requests, refusals = _first_scan([rng.randrange(2 * HOUR) for _ in range(100_000)], 10_000)
    assert requests <= 1.3 * 10 + 3
    assert refusals <= 2


def test_a_first_scan_of_uneven_traffic_needs_about_twice_the_fewest_possible() -> None:
    rng = random.Random(3)
    events = [
        rng.randrange(start, start + 5 * MINUTE)
        for start in range(0, 2 * HOUR, 5 * MINUTE)
        for _ in range(round(100_000 / 24 * rng.uniform(0.7, 1.3)))
    ]
    assert _first_scan(events, 10_000)[0] <= 2.1 * 10 + 3


def test_a_service_that_carries_everything_is_soon_asked_for_much() -> None:
    events = list(range(0, 2 * HOUR, 2 * HOUR // 100_000))
    assert _first_scan(events, 10**9) <= (20, 0)


def test_thin_traffic_takes_a_few_requests_the_oldest_slices_being_the_shortest() -> None:
    plan = SlicePlan([Span(0, 2 * HOUR - 1)], LimitEstimate(), NOON, kept=True)
    read, _ = _read(plan, [0, HOUR], 10_000, 6)
    assert len(read) <= 5
    lengths = [span.length for span in sorted(read, key=lambda span: span.start)]
    assert lengths == sorted(lengths)
    assert lengths[0] <= 6 * MINUTE


def test_what_was_learned_spares_refusals_the_next_time() -> None:
    rng = random.Random(1)
    events = [rng.randrange(2 * HOUR) for _ in range(20_000)]
    first = SlicePlan([Span(0, 2 * HOUR - 1)], LimitEstimate(), NOON)
    _read(first, events, 1_000, 6)
    again = SlicePlan([Span(0, 2 * HOUR - 1)], first.learned(), NOON)
    read, refusals = _read(again, events, 1_000, 6)
    assert refusals <= 0.05 * (len(read) + refusals)


def test_a_limit_that_went_down_is_learned_anew() -> None:
    rng = random.Random(1)
    events = [rng.randrange(2 * HOUR) for _ in range(20_000)]
    plan = SlicePlan([Span(0, 2 * HOUR - 1)], LimitEstimate(1_000, 1_100, 10_000, NOON), NOON)
    _read(plan, events, 300, 6)
    learned = plan.learned()
    assert learned.carried is not None
    assert learned.carried <= 300 < (learned.refused or 0)


WINDOW = Span(0, 2 * HOUR - 1)
BUSY = sorted(random.Random(1).choices(range(2 * HOUR), k=20_000))


def _requests(learned: LimitEstimate, limit: int, now: int) -> tuple[int, LimitEstimate]:
    """How many requests a window of 20,000 events takes, and what is learned of it."""
    plan = SlicePlan([WINDOW], learned, now)
    read, refusals = _read(plan, BUSY, limit, 6)
    return len(read) + refusals, plan.learned()


def test_one_wrong_refusal_among_larger_answers_teaches_nothing() -> None:
    fewest, learned = _requests(_requests(LimitEstimate(), 1_000, NOON)[1], 1_000, NOON)
    plan = SlicePlan([WINDOW], learned, NOON)
    first, second = plan.next(), plan.next()
    assert first is not None
    assert second is not None
    assert plan.refused(second)
    plan.answered(first, sum(first.start <= at <= first.end for at in BUSY))
    _read(plan, BUSY, 1_000, 6)
    requests, _ = _requests(plan.learned(), 1_000, NOON + MINUTE)
    assert requests <= fewest + 2


def test_a_limit_of_one_scan_is_forgotten_within_minutes() -> None:
    fewest, learned = _requests(_requests(LimitEstimate(), 1_000, NOON)[1], 1_000, NOON)
    many, learned = _requests(learned, 20, NOON)
    assert many > 20 * fewest
    recovered, learned = _requests(learned, 1_000, NOON + 10 * MINUTE)
    assert recovered <= 2 * fewest, "it is learned anew, from the top"
    assert _requests(learned, 1_000, NOON + 11 * MINUTE)[0] <= fewest + 2


def test_a_limit_that_stands_is_tried_seldom() -> None:
    fewest, learned = _requests(_requests(LimitEstimate(), 1_000, NOON)[1], 1_000, NOON)
    total = 0
    for minute in range(60):
        requests, learned = _requests(learned, 1_000, NOON + minute * MINUTE)
        total += requests
    assert total <= 61 * fewest + 6 * 10


def test_what_little_was_read_does_not_unlearn_a_limit() -> None:
    learned = LimitEstimate(900, 1_100, 10_000, NOON)
    plan = SlicePlan([Span(0, MINUTE)], learned, NOON + HOUR)
    span = plan.next()
    assert span is not None
    plan.answered(span, 40)
    assert plan.learned().refused == 1_100


def test_what_is_refused_by_now_is_never_what_an_answer_is_known_to_carry() -> None:
    plan = SlicePlan([Span(0, 99)], LimitEstimate(100, None, None), NOON)
    _read(plan, list(range(100)), 60, 1)
    learned = plan.learned()
    assert learned.refused == 100
    assert (learned.carried or 0) < 100
