"""The life of a trigger as a pure function is the life that its row has in a database."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base.deadline import Deadline
from events_tracker.base.ids import new_id
from events_tracker.base.times import MINUTE
from events_tracker.decisions.detection import lifecycle
from events_tracker.model.alerts import Observation, Trigger
from events_tracker.model.groups import Group
from events_tracker.storage import Store, open_store
from tests.support.values import alert
from tests.support.world import NOON, TestClock

GROUP = Group(7, None, "ALR", "E130")


@dataclass(frozen=True)
class Scan:
    """One scan's look at the open alert; ``seq`` and ``end`` may be those of an older scan."""

    seq: int
    end: int
    holds: bool
    quantity: int
    horizon: int


SCANS = st.builds(
    Scan,
    seq=st.integers(1, 8),
    end=st.integers(-12, 12).map(lambda minute: NOON + minute * MINUTE),
    holds=st.booleans(),
    quantity=st.integers(0, 200),
    horizon=st.integers(-12, 12).map(lambda minute: NOON + minute * MINUTE),
)
STEPS = st.lists(SCANS | st.just("close by hand"), max_size=8)


@pytest.fixture
def store(database: str, tmp_path: Path) -> Iterator[Store]:
    """A new database of its own."""
    opened = open_store(database, tmp_path)
    made = opened.within(Deadline(TestClock(), 60))
    made.upgrade(NOON)
    yield made
    opened.close()


def open_one(store: Store) -> Trigger:
    """Open one alert at noon, as scan 1 saw it; returns its trigger."""
    id_, key = new_id(NOON), GROUP.key(("account", "cuc", "code"))
    about = alert(id_, alarm_id="a1", account_id=7, group_key=key, highest=60)
    store.update(lambda rows: rows.triggers.open([about], [GROUP], 1, NOON))
    (trigger,) = store.read(lambda rows: rows.triggers.all())
    return trigger


def take(
    store: Store, trigger: Trigger, step: "Scan | str"
) -> tuple[Trigger | None, list[Trigger]]:
    """One step, as the pure functions and as the database take it."""
    if isinstance(step, Scan):
        highest = max(trigger.highest, step.quantity) if step.holds else trigger.highest
        seen = Observation(trigger, step.holds, step.quantity, highest)
        store.update(
            lambda rows: rows.triggers.observe(
                [seen], {}, new_id(NOON), step.seq, step.end, step.horizon
            )
        )
        after: Trigger | None = lifecycle.observed(seen, step.seq, step.end, step.horizon)
    else:
        pass_id = new_id(NOON)
        store.update(lambda rows: rows.triggers.mark([trigger.register_id], pass_id))
        store.update(lambda rows: rows.triggers.mute(pass_id))
        store.update(lambda rows: rows.triggers.close(pass_id))
        after = lifecycle.closed_by_hand(trigger)
    return after, store.read(lambda rows: rows.triggers.all())


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(steps=STEPS)
def test_a_row_lives_as_the_pure_functions_say(store: Store, steps: "list[Scan | str]") -> None:
    trigger: Trigger | None = open_one(store)
    for step in steps:
        assert trigger is not None
        trigger, rows = take(store, trigger, step)
        assert rows == ([] if trigger is None else [trigger])
        if trigger is None:
            return
    left = [row.register_id for row in store.read(lambda rows: rows.triggers.all())]
    store.update(lambda rows: rows.triggers.mark(left, "end"))
    store.update(lambda rows: rows.triggers.close("end"))


def test_what_was_seen_below_is_quiet_from_then_to_the_last_look() -> None:
    assert lifecycle.quiet_for(None, NOON) is None
    assert lifecycle.quiet_for(NOON, NOON) == 0
    assert lifecycle.quiet_for(NOON - MINUTE, NOON) == MINUTE


def test_an_older_look_changes_nothing() -> None:
    trigger = Trigger("a1", "k", "r1", 1, GROUP, 60, 60, 3, NOON, None, False)
    seen = Observation(trigger, False, 0, 60)
    assert lifecycle.observed(seen, 3, NOON + MINUTE, NOON + MINUTE) == trigger
    later = lifecycle.observed(seen, 4, NOON + MINUTE, NOON + MINUTE)
    assert later == replace(
        trigger,
        quantity=0,
        observed_seq=4,
        observed_at=NOON + MINUTE,
        below_since=NOON + MINUTE,
    )
