"""Which hours are due to be kept, what they are made of, and what a span of them says."""

from typing import Any

from events_tracker.base.times import DAY, HOUR, MINUTE, Span
from events_tracker.decisions.hours import Folding, due, is_opening, slices_of, worth_keeping
from events_tracker.model.alarms import Alarm, Definition
from events_tracker.model.hours import WHOLE, Detail, Hour, KeptCounts, Line
from events_tracker.model.readings import Answer, CachedSlice

TEN = 1_795_255_200_000
"""2026-11-21T10:00:00.000Z."""
NONE = Detail()


def an_alarm(**rule: Any) -> Alarm:
    return Alarm("a", "doors", "database", Definition(**rule), TEN)


def _slice(first: int, last: int, age: int = 60) -> CachedSlice:
    """A slice that was read so many minutes after its end."""
    return CachedSlice(_minutes(first, last), TEN + (last + age) * MINUTE, 0, 0)


def _minutes(first: int, last: int) -> Span:
    return Span(TEN + first * MINUTE, TEN + last * MINUTE - 1)


def test_an_hour_is_due_75_minutes_after_its_end_and_until_all_of_it_is_kept() -> None:
    since, late = TEN + 5 * MINUTE, TEN + 2 * HOUR + 15 * MINUTE
    assert due(late - 1, since, DAY, {}) == []
    assert due(late, since, DAY, {}) == [TEN]
    assert due(late + HOUR, since, DAY, {}) == [TEN, TEN + HOUR]
    assert due(late + HOUR, since, DAY, {TEN: WHOLE}) == [TEN + HOUR]
    assert due(late, since, DAY, {TEN: Detail(60, 5)}) == [TEN]
    assert due(late, TEN - 9 * DAY, DAY, {})[0] == TEN - DAY + 3 * HOUR, "what purge would delete"


def test_an_hour_is_made_of_slices_that_lie_in_it_the_last_read_first() -> None:
    around = [_slice(-1, 0), _slice(0, 1), _slice(58, 61), _slice(20, 30), _slice(25, 35, 49)]
    assert slices_of(TEN, around) == [_minutes(0, 1), _minutes(20, 30)]
    around += [_slice(10, 40, 30)]
    assert slices_of(TEN, around) == [_minutes(0, 1), _minutes(10, 40)]


def test_what_was_read_but_while_it_was_young_is_as_if_it_was_not() -> None:
    assert slices_of(TEN, [_slice(0, 1, 10), _slice(1, 2, 9)]) == [_minutes(0, 1)]


def test_more_minutes_are_worth_keeping_and_then_finer_ones() -> None:
    eleven = [_minutes(at, at + 1) for at in range(11)]
    assert worth_keeping(eleven, None)
    assert not worth_keeping([], None)
    assert not worth_keeping(eleven, Detail(11))
    assert worth_keeping(eleven, Detail(11, 2))
    assert not worth_keeping(eleven, Detail(12, 12))
    assert worth_keeping([_minutes(0, 12)], Detail(11))


def test_openings_are_those_codes_that_no_alarm_counts() -> None:
    alarms = [an_alarm(codes=("E130", "E401")), an_alarm(codes=("3402",), cucs=("CER",))]
    tell = is_opening(alarms)
    assert [pair for pair in _PAIRS if tell(pair)] == [("PAB", "1401"), ("ABE", "3402")]
    assert not any(map(is_opening([an_alarm(codes=())]), _PAIRS))


_PAIRS = [
    *(("PAB", "1401"), ("PAB", "E401"), ("CER", "3402"), ("ABE", "3402")),
    *(("ALR", "E140"), ("ALR", "14010"), (None, "X401")),
]


def test_slices_fold_to_minutes_and_openings_to_the_hour() -> None:
    folding = Folding(TEN, {"81"}, lambda pair: pair[1] == "1401")
    folding.add(
        _minutes(0, 1),
        Answer(
            {("ALR", "E130"): [7, 8, 7, 7], ("PAB", "1401"): [7]},
            occurrences={("ALR", "E130"): [(7, "81"), (7, "82"), (7, "81")]},
        ),
    )
    folding.add(_minutes(1, 30), Answer({("ALR", "E130"): [7], ("PAB", "1401"): [7, 9]}))
    hour = folding.hour()
    assert list(hour.lines()) == [
        Line(_minutes(0, 1), 7, "ALR", "E130", 3, 2),
        Line(_minutes(1, 30), 7, "ALR", "E130", 1, 0),
        Line(_minutes(0, 1), 8, "ALR", "E130", 1, 0),
    ]
    assert hour.openings == {7: 2, 9: 1}
    assert hour.detail == (30, 29)


def test_a_span_names_what_is_missing_in_it_and_what_is_coarse() -> None:
    def hour(at: int, *stretches: Span) -> Hour:
        lines = range(len(stretches))
        return Hour(
            TEN + at * HOUR, stretches, [(None, "E130")], [7 for _ in lines],
            [0 for _ in lines], list(lines), [1 for _ in lines],
        )  # fmt: skip

    first = hour(0, _minutes(0, 10), _minutes(10, 11), _minutes(12, 60))
    third = hour(2, _minutes(120, 121), _minutes(121, 130), _minutes(130, 180))
    kept = KeptCounts(_minutes(5, 131), [first, third])
    assert kept.missing == [
        _minutes(5, 10),
        _minutes(11, 12),
        _minutes(60, 120),
        _minutes(130, 131),
    ]
    assert kept.coarse == [_minutes(12, 60), _minutes(121, 130)]
    assert [line.stretch for line in kept.lines()] == [
        *(_minutes(10, 11), _minutes(12, 60)),
        *(_minutes(120, 121), _minutes(121, 130)),
    ]
    assert KeptCounts(_minutes(0, 60), []).missing == [_minutes(0, 60)]
