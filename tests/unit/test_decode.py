"""Events on the wire: the quick way of reading them and the careful one agree."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events_tracker.segware.decode import events

IDS = st.integers(-5, 5) | st.integers() | st.sampled_from(["7", "007", "-7", "7.0", "", "x"])
ODD: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.just([]) | st.just({})
)
CODES = st.sampled_from(["E130", "1130", "", "E" * 16, "E" * 17, "é", "\ud800"]) | ODD
CUCS = st.sampled_from(["ALR", "", "A" * 33, "\ud800"]) | ODD
EVENT = st.fixed_dictionaries(
    {"accountId": IDS | ODD, "code": CODES},
    optional={"cuc": CUCS, "occurrenceId": IDS | ODD, "other": ODD},
)


@pytest.mark.parametrize("with_occurrences", [False, True])
@given(event=EVENT, number=st.integers(1, 3))
def test_one_malformed_event_changes_nothing_about_the_others(
    event: dict[str, object], number: int, with_occurrences: bool
) -> None:
    alone = events(json.dumps([event] * number).encode(), with_occurrences)
    among = events(json.dumps([None, *[event] * number]).encode(), with_occurrences)
    assert (among.accounts, among.occurrences) == (alone.accounts, alone.occurrences)
    assert among.malformed == alone.malformed + 1
    assert alone.fetched == number


def test_an_event_without_occurrences_is_counted_with_its_like() -> None:
    body = json.dumps(
        [{"accountId": 7, "code": "E130", "occurrenceId": id_} for id_ in ("1", 2, None)]
    ).encode()
    plain, told_apart = events(body, False), events(body, True)
    assert plain.accounts == told_apart.accounts == {(None, "E130"): [7, 7, 7]}
    assert plain.occurrences == {}
    assert told_apart.occurrences == {(None, "E130"): [(7, "1"), (7, "2")]}


def test_cucs_that_are_too_long_to_be_kept_are_still_told_apart() -> None:
    cucs = ["A" * 32, "A" * 33, "A" * 34]
    body = json.dumps([{"accountId": 7, "code": "E130", "cuc": cuc} for cuc in cucs]).encode()
    found = [cuc for cuc, _ in events(body, False).accounts]
    assert len(set(found)) == 3
    assert all(cuc and len(cuc) <= 32 for cuc in found)
