"""What a storm usually comes from: on storms of known causes, and on those that are left alone."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events_tracker.base.problems import ENGLISH, PORTUGUESE
from events_tracker.base.times import MINUTE, Span
from events_tracker.decisions.causes import seen
from events_tracker.messages.causes import name, sentences
from events_tracker.model.causes import Cause
from events_tracker.model.hours import Line
from tests.support.storms import CLASSES, START, storm


def lines(code: str, minutes: list[int], length: int = 1) -> list[Line]:
    return [
        Line(
            Span(START + at * MINUTE, START + (at + length) * MINUTE - 1), 1, "ALR", code, number, 0
        )
        for at, number in Counter(minutes).items()
    ]


@pytest.mark.parametrize(("dirty", "right", "wrong"), [(False, 0.9, 0), (True, 0.8, 0.05)])
def test_made_up_storms_are_told_by_their_causes(dirty: bool, right: float, wrong: float) -> None:
    rng = random.Random(7)
    said = Counter[str]()
    for cause in CLASSES:
        for _ in range(200):
            found = seen(*storm(rng, cause, dirty=dirty)).cause
            said["right" if found == cause else "wrong" if found else "nothing"] += 1
    assert said["right"] / said.total() >= right
    assert said["wrong"] / said.total() <= wrong


@pytest.mark.parametrize("code", ["E120", "E110", "E100", "1121"])
def test_where_somebody_may_be_in_danger_nothing_is_guessed(code: str) -> None:
    found = seen(lines("E130", list(range(60))) + lines(code, [5, 9, 20]), True)
    assert (found.cause, found.life_safety) == (None, True)
    assert sentences(found, ENGLISH)[-1] == "life safety: look first"
    assert seen(lines("E130", list(range(60))) + lines(code, [5, 9]), True).cause == Cause.STUCK


def test_a_dozen_signals_are_no_storm() -> None:
    dozen = lines("E130", list(range(12)))
    assert seen(dozen, True).cause is None
    for beside in ("E401", "E301", "E602", "E570"):
        assert seen(dozen + lines(beside, list(range(60))), True).cause is None
    assert seen(lines("E301", list(range(60))), True).cause == Cause.POWER
    assert seen([], None).cause is None
    assert sentences(seen([], None), ENGLISH) == []


def test_without_restores_it_is_stuck_if_it_is_steady_or_restores_are_missed() -> None:
    rng = random.Random(1)
    at_random = lines("E130", [rng.randrange(120) for _ in range(80)])
    assert seen(at_random, None).cause is None
    assert seen(at_random, True).cause == Cause.STUCK
    steady = lines("E130", list(range(120)))
    assert seen(steady, None).cause == Cause.STUCK
    newest_together = steady[:-3] + lines("E130", [117, 117, 117], 3)
    assert seen(newest_together, None) == seen(steady, None)
    by_the_hour = lines("E130", [0] * 60 + [60] * 60, 60)
    assert (seen(by_the_hour, None).cause, seen(by_the_hour, None).dispersion) == (None, None)


def test_minutes_of_which_only_a_part_was_read_by_itself_tell_no_dispersion() -> None:
    half, parts = MINUTE // 2, list[Line]()
    for start in (START, START + 30 * MINUTE):
        parts += [
            Line(Span(start, start + half - 1), 1, "ALR", "E130", 20, 0),
            Line(Span(start + half, start + 3 * MINUTE), 1, "ALR", "E130", 1, 0),
        ]
    found = seen(parts, None)
    assert (found.trips, found.dispersion, found.cause) == (42, None, None)


def test_two_troubles_that_are_nearly_equal_say_nothing() -> None:
    trips = lines("E130", list(range(40)))
    power, line = lines("E301", list(range(10))), lines("E350", list(range(9)))
    assert seen(trips + power + line, None).cause is None
    assert seen(trips + power + line[:7], None).cause == Cause.POWER


def test_ten_openings_are_not_where_five_hundred_trips_come_from() -> None:
    openings = lines("E401", list(range(10)))
    assert seen(lines("E130", list(range(100))) + openings, None).cause == Cause.CHURN
    assert seen(lines("E130", list(range(120)) * 4) + openings, None).cause == Cause.STUCK


@pytest.mark.parametrize("code", ["E461", "E406", "E421", "R374"])
def test_a_wrong_code_or_a_cancel_is_no_opening(code: str) -> None:
    steady = lines("E130", list(range(60)))
    assert seen(steady + lines(code, list(range(9))), None).cause == Cause.STUCK
    assert seen(steady + lines("3401", list(range(8))), None).cause == Cause.CHURN


def test_where_only_the_sum_of_openings_is_kept_nothing_is_guessed_without_them() -> None:
    steady = lines("E130", list(range(60)))
    found = seen(steady, None, hidden=8)
    assert (found.cause, found.beside) == (None, {"use": 8})
    assert seen(steady, None, hidden=7).cause == Cause.STUCK
    assert seen(steady * 2, None, hidden=8).cause == Cause.STUCK
    assert seen(steady + lines("E607", [5]), None, hidden=8).cause == Cause.TEST


@pytest.mark.parametrize("code", ["601", "377", "350", "38A"])
def test_what_only_begins_like_a_number_of_contact_id_is_none(code: str) -> None:
    steady = lines("E130", list(range(60)))
    assert seen(steady + lines(code, list(range(9))), None).cause == Cause.STUCK


def test_what_is_seen_is_said_in_both_languages() -> None:
    rng = random.Random(3)
    minutes = [rng.randrange(120) for _ in range(90)]
    found = seen(lines("E130", minutes) + lines("R130", minutes), None)
    assert sentences(found, ENGLISH) == [
        "each trip is followed by its restore, at random moments "
        f"(dispersion {found.dispersion:.1f}); no other trouble",
        "Usually a swinging contact, or movement in an armed area",
    ]
    assert sentences(found, PORTUGUESE)[1] == (
        "Em geral, contato oscilando ou movimento em área armada"
    )
    for cause in Cause:
        assert name(cause, PORTUGUESE)
    tested = seen(lines("E130", minutes) + lines("E607", [1, 2]), None)
    assert sentences(tested, ENGLISH)[0].endswith("beside them: test (2)")


STRETCHES = st.builds(
    lambda start, minutes: Span(START + start * MINUTE, START + (start + minutes) * MINUTE - 1),
    st.sampled_from([0, 30]),
    st.sampled_from([1, 5]),
)
CODES = st.one_of(st.just("E130"), st.sampled_from(["R130", "E110", "E350", "E401", "E602", "?"]))
LINES = st.builds(
    Line, STRETCHES, st.just(1), st.none(), CODES, st.integers(1, 50), st.integers(0, 50)
)


@given(st.lists(LINES, max_size=12), st.sampled_from([None, False, True]))
def test_a_scan_never_ends_because_of_what_it_looks_at(
    found: list[Line], restores: bool | None
) -> None:
    looked = seen(found, restores)
    assert looked.cause is None or not looked.life_safety
    for language in (ENGLISH, PORTUGUESE):
        assert all(sentences(looked, language))
