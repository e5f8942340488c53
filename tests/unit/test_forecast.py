"""When what is open can be below its clear line at the earliest, if nothing more comes."""

from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base.times import HOUR, MINUTE, Instant, Span
from events_tracker.decisions.detection import detections
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.scope import Scope
from events_tracker.decisions.explaining.forecast import below_at, of_detections, of_events
from events_tracker.model.alarms import Alarm, Definition, Operator
from events_tracker.model.directory import Directory
from events_tracker.model.groups import Group
from events_tracker.model.readings import EventKind, Tally
from tests.support.world import NOON
from tests.unit.test_detections import ENTRY

WINDOW = Span(NOON - HOUR, NOON)
ALL = Scope(frozenset(), frozenset())
COUNTS = Definition(group_by=("account",), value=3, window=HOUR)
CODES = replace(COUNTS, condition="unique", field="code", value=2)
PADARIA = Group(account_id=7)

Events = dict[int, list[tuple[str, str | None]]]
"""The codes and occurrences of the account's events, by how many minutes ago their slice began."""


def slices(events: Events) -> dict[Span, Tally]:
    found = {}
    for ago, kinds in events.items():
        counts = Counter(EventKind(7, "ALR", code, occurrence) for code, occurrence in kinds)
        pairs: defaultdict[tuple[str | None, str], Counter[int]] = defaultdict(Counter)
        occurrences: defaultdict[tuple[str | None, str], Counter[tuple[int, str]]] = defaultdict(
            Counter
        )
        for kind, number in counts.items():
            pairs[kind.cuc, kind.code][7] += number
            if kind.occurrence is not None:
                occurrences[kind.cuc, kind.code][7, kind.occurrence] += number
        start = NOON - ago * MINUTE
        found[Span(start, start + MINUTE - 1)] = Tally(pairs, occurrences)
    return found


def forecast(rule: Definition, events: Events, *, closers: bool = False) -> Instant | None:
    """In how many minutes, and a millisecond, the rule may hold no more; None if unknown."""
    passing = of_events(rule, WINDOW, slices(events), NeverCounted(), ALL, closers)
    at = below_at(rule, PADARIA, passing, lambda n: rule.operator.holds(n, rule.value))
    return None if at is None else (at - NOON - 1) // MINUTE


def test_events_may_leave_as_their_slice_begins() -> None:
    assert forecast(COUNTS, {50: [("E130", None)], 20: [("E130", None)] * 3}) == 40
    assert forecast(COUNTS, {50: [("E130", None)], 20: [("E130", None)] * 2}) == 10


def test_a_value_stays_as_long_as_its_last_event() -> None:
    events: Events = {50: [("E130", None), ("E131", None)], 20: [("E130", None)]}
    assert forecast(CODES, events) == 10
    assert forecast(CODES, {**events, 5: [("E131", None)]}) == 40


def test_nothing_is_forecast_of_what_more_events_may_end() -> None:
    few = replace(COUNTS, operator=Operator.AT_MOST)
    assert forecast(few, {20: [("E130", None)]}) is None


def test_what_an_ignored_user_may_close_is_not_sure_to_stay() -> None:
    events: Events = {50: [("E130", "81")] * 3, 20: [("E130", None)] * 3}
    assert forecast(COUNTS, events, closers=True) == 40
    events[20] = [("E130", None), ("E130", "82"), ("E130", "82")]
    assert forecast(COUNTS, events) == 40
    assert forecast(COUNTS, events, closers=True) is None


@given(
    st.dictionaries(
        st.integers(0, 59),
        st.lists(st.tuples(st.sampled_from(["E130", "E131", "E132"]), st.none()), max_size=3),
    ),
    st.sampled_from([COUNTS, CODES]),
)
def test_it_is_the_first_minute_in_which_what_is_left_cannot_be_enough(
    events: Events, rule: Definition
) -> None:
    def left(minutes: int) -> int:
        codes = [code for ago, kinds in events.items() if ago + minutes < 60 for code, _ in kinds]
        return len(set(codes)) if rule is CODES else len(codes)

    expected = next(minutes for minutes in range(61) if left(minutes) < rule.value)
    assert forecast(rule, events) == (expected if left(0) >= rule.value else None)


def test_detections_leave_as_they_were_opened() -> None:
    rule = Definition("detections", "a1", group_by=("account",), value=2, window=HOUR)
    entries = [replace(ENTRY, opened_at=NOON - ago * MINUTE) for ago in (50, 20, 10)]
    evaluation = detections.evaluate(
        Alarm("a2", "again", "database", rule, NOON), entries, WINDOW, True, Directory()
    )

    def earliest(of: int) -> Instant | None:
        passing = of_detections(evaluation, entries[:of], Directory())
        return below_at(rule, PADARIA, passing, lambda n: rule.operator.holds(n, rule.value))

    assert earliest(3) == NOON + 40 * MINUTE + 1
    assert earliest(2) == NOON + 10 * MINUTE + 1
    # One alone is not enough: the other is only about to open.
    assert earliest(1) is None
