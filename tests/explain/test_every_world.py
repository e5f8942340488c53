"""In every world all events are accounted for: those that count, and those that do not."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms
from tests.support.engines import on_sqlite
from tests.support.world import CONDOMINIO, PADARIA, Tracker

WORLDS = int(os.environ.get("TRACKER_TEST_WORLDS", "150"))
KINDS = [("ALR", "E130"), (None, "E130"), ("ALR", "1130"), ("BEM", "R130"), ("ALR", "E702")]
VIEWS = {
    ("1950",): {PADARIA},
    ("--company", "Sentinela*"): {PADARIA},
    ("--alarm", "default"): {PADARIA, CONDOMINIO},
}
"""The questions, and whose events each is about."""
Event = tuple[int, int, tuple[str | None, str], int]
"""How many minutes ago, the account, the CUC and code, and the number."""

worlds = st.lists(
    st.tuples(
        st.integers(0, 130),
        st.sampled_from([PADARIA, PADARIA, CONDOMINIO]),
        st.sampled_from(KINDS),
        st.integers(1, 40),
    ),
    max_size=12,
)


def sent(world: list[Event], accounts: set[int], window: int) -> Counter[tuple[str | None, str]]:
    """What these accounts sent within so many minutes, by CUC and code."""
    found: Counter[tuple[str | None, str]] = Counter()
    for ago, account, kind, number in world:
        if account in accounts and ago <= window:
            found[kind] += number
    return found


@on_sqlite
@pytest.mark.parametrize(
    "worlds_",
    [
        pytest.param(30, id="in_30_worlds"),
        pytest.param(
            WORLDS, id="in_many_worlds", marks=[pytest.mark.reliability, pytest.mark.timeout(3_600)]
        ),
    ],
)
def test_what_counts_and_what_does_not_is_all_that_was_sent(
    tracker: Tracker, segware: Simulator, worlds_: int
) -> None:
    alarms(tracker, "create short --codes E130,1130 --value 20 --window 30m --group-by account")
    alarms(tracker, "create listed --accounts 2207 --value 5")
    alarms(tracker, "create company --codes E130 --value 20 --group-by company")

    @settings(
        max_examples=worlds_,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(worlds, st.sampled_from(list(VIEWS)))
    def in_every_world(world: list[Event], view: tuple[str, ...]) -> None:
        # It happens long after all that happened before.
        tracker.clock.advance(6 * HOUR)
        for ago, account, (cuc, code), number in world:
            segware.add_events(tracker.clock.now() - ago * MINUTE, account, code, cuc, number)
        result = tracker("explain", *view, "--format", "json")
        assert result.exit_code == 0, result.stderr
        found, accounts = result.json, VIEWS[view]
        whole = sent(world, accounts, 120)
        assert found["fetched"] == sum(whole.values())
        for alarm in found["alarms"]:
            of_window = sent(world, accounts, alarm["rule"]["window"] // 60)
            quantity = sum(group["quantity"] for group in alarm["groups"])
            others: Counter[tuple[str | None, str]] = Counter()
            for one in alarm["not_counted"]:
                others[one["cuc"], one["code"]] += one["count"]
            assert alarm["fetched"] == sum(of_window.values())
            assert quantity == alarm["counted"]
            assert quantity + sum(others.values()) == alarm["fetched"]
            assert others <= of_window
            for group in alarm["groups"]:
                assert sum(one["count"] for one in group["buckets"]) == group["quantity"]
        ours = sum(number for (_, code), number in whole.items() if code == "E702")
        default = next(alarm for alarm in found["alarms"] if alarm["alarm"] == "default")
        said = [one["count"] for one in default["not_counted"] if one["reason"] == "ours"]
        assert sum(said) == ours

    in_every_world()
