"""In every world: all events are accounted for, and what is said is what the next scan does."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms
from tests.support.engines import on_sqlite
from tests.support.world import CONDOMINIO, PADARIA, Tracker

KINDS = [("ALR", "E130"), (None, "E130"), ("ALR", "1130"), ("BEM", "R130"), ("ALR", "E702")]
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
suppressed = [HealthCheck.function_scoped_fixture]
many = settings(max_examples=30, deadline=None, database=None, suppress_health_check=suppressed)
few = settings(many, max_examples=10)


def explained(tracker: Tracker, *args: str) -> Any:
    result = tracker("explain", "1950", "--format", "json", *args)
    assert result.exit_code == 0, result.stderr
    return result.json


def happen(tracker: Tracker, segware: Simulator, world: list[Event]) -> None:
    """Let it happen long after all that happened before."""
    tracker.clock.advance(6 * HOUR)
    for ago, account, (cuc, code), number in world:
        segware.add_events(tracker.clock.now() - ago * MINUTE, account, code, cuc, number)


def sent(world: list[Event], window: int) -> Mapping[tuple[str | None, str], int]:
    """What the account sent within so many minutes, by CUC and code."""
    found: Counter[tuple[str | None, str]] = Counter()
    for ago, account, kind, number in world:
        if account == PADARIA and ago <= window:
            found[kind] += number
    return found


@on_sqlite
def test_what_counts_and_what_does_not_is_all_that_was_sent(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create short --codes E130,1130 --value 20 --window 30m --group-by account")
    alarms(tracker, "create listed --accounts 2207 --value 5")

    @many
    @given(worlds)
    def in_every_world(world: list[Event]) -> None:
        happen(tracker, segware, world)
        found = explained(tracker)
        whole = sent(world, 120)
        assert found["fetched"] == sum(whole.values())
        for alarm in found["alarms"]:
            of_window = sent(world, alarm["rule"]["window"] // 60)
            quantity = sum(group["quantity"] for group in alarm["groups"])
            others = {(one["cuc"], one["code"]): one["count"] for one in alarm["not_counted"]}
            assert alarm["fetched"] == sum(of_window.values())
            assert quantity + sum(others.values()) == alarm["fetched"]
            assert others.items() <= of_window.items()
            for group in alarm["groups"]:
                assert sum(one["count"] for one in group["buckets"]) == group["quantity"]
        ours = sum(number for (_, code), number in whole.items() if code == "E702")
        default = next(alarm for alarm in found["alarms"] if alarm["alarm"] == "default")
        counts = Counter({"ours": 0})
        for one in default["not_counted"]:
            counts[one["reason"]] += one["count"]
        assert counts["ours"] == ours

    in_every_world()


@on_sqlite
def test_what_is_said_is_what_the_next_scan_does_and_nothing_ends_before_its_forecast(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= {"TRACKER_CLEAR_AFTER": "10m", "TRACKER_CLEAR_BELOW": "80%"}
    burst = st.tuples(st.sampled_from([0, 20, 30, 60]), st.sampled_from([1, 11, 45, 100]))

    @few
    @given(st.lists(st.one_of(st.none(), burst), min_size=2, max_size=6))
    def in_every_life(life: list[tuple[int, int] | None]) -> None:
        tracker.clock.advance(6 * HOUR)
        forecasts: dict[str, str] = {}
        for step in life:
            if step is None:
                tracker("clear", "--force", "--account", "1950", "--reason", "technician")
                forecasts.clear()
                continue
            number, minutes = step
            if number:
                segware.add_events(tracker.clock.now(), PADARIA, "E130", count=number)
            tracker.clock.advance(minutes * MINUTE)
            (alarm,) = explained(tracker)["alarms"]
            scan = tracker.scan()
            new = [group for group in open_groups(alarm) if group["alert"] is None]
            old = [group for group in open_groups(alarm) if group["alert"] is not None]
            assert [one["quantity"] for one in new] == [one["quantity"] for one in scan["opened"]]
            holding = [one for one in old if {"holds", "above_clear_line"} & keys(one)]
            assert len(holding) == len(scan["ongoing"])
            assert [one for one in old if "waiting" in keys(one)] == [
                one for one in old if one not in holding
            ]
            for group in old:
                id_, over_at = group["alert"]["register_id"], group["next"]["over_at"]
                assert over_at is not None
                forecasts[id_] = max(over_at, forecasts.get(id_, ""))
            for one in tracker.clear()["cleared"]:
                assert one["cleared_at"] >= forecasts.get(one["register_id"], "")

    in_every_life()


def open_groups(alarm: Any) -> list[Any]:
    return [group for group in alarm["groups"] if group["state"] == "open"]


def keys(group: Any) -> set[str]:
    return {reason["key"] for reason in group["reasons"]}
