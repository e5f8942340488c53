"""When accounts were last heard, of slices in whatever order."""

from hypothesis import given
from hypothesis import strategies as st

from events_tracker.base.times import MINUTE
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.heard import Hearing, last_heard
from events_tracker.model.readings import Answer, Segment, Tally
from tests.support.world import NOON

SLICES = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.dictionaries(
            st.tuples(st.sampled_from([None, "ALR"]), st.sampled_from(["E130", "R130", "E702"])),
            st.lists(st.integers(1, 4), min_size=1),
        ),
    ),
    max_size=12,
    unique_by=lambda one: one[0],
)
WATCHED = frozenset({1, 2, 3})
NEVER = NeverCounted(codes=frozenset({"E702"}), injected=frozenset({(1, "E130"), (2, "R130")}))


@given(slices=SLICES)
def test_it_is_the_newest_end_of_any_slice_with_an_event_that_counts_as_heard(
    slices: list[tuple[int, dict[tuple[str | None, str], list[int]]]],
) -> None:
    since = NOON + 7 * MINUTE
    newer, older = (Hearing(WATCHED, since, NEVER) for _ in range(2))
    expected: dict[int | None, int] = {}
    for minute, accounts in slices:
        end = NOON + minute * MINUTE
        (newer if minute >= 5 else older).add(end, Answer(accounts))
        for (_, code), ids in accounts.items():
            for id_ in ids:
                counts = code != "E702" and (id_, code) not in NEVER.injected
                if counts and (id_ in WATCHED or end >= since):
                    expected[id_] = max(end, expected.get(id_, 0))
    segments = [
        Segment(NOON + 5 * MINUTE, NOON + 9 * MINUTE, Tally(), whole=True, heard=newer.ends),
        Segment(NOON, NOON + 5 * MINUTE - 1, Tally(), whole=True, heard=older.ends),
    ]
    assert last_heard(segments, {1, 2, 3, 4, None}) == expected
