"""What is open is observed: its count, its highest, and since when it no longer holds."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from events_tracker.storage.session import Session
from tests.support.engines import sql
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker


def counts(alerts: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(alert["quantity"], alert["highest"]) for alert in alerts]


def test_quantity_is_the_current_count_and_highest_the_most_so_far(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    assert counts(tracker.scan()["opened"]) == [(60, 60)]
    tracker.clock.advance(MINUTE)
    segware.add_events(NOON + MINUTE, PADARIA, "E130", count=30)
    assert counts(tracker.scan()["ongoing"]) == [(90, 90)]
    tracker.clock.advance(2 * HOUR - MINUTE + 1)
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=25)
    assert counts(tracker.scan()["ongoing"]) == [(55, 90)]
    tracker.clock.advance(MINUTE)
    below = tracker.scan()
    assert (below["ongoing"], counts(below["below"])) == ([], [(25, 90)])
    (entry,) = tracker.history()
    assert (entry["quantity"], entry["highest"]) == (60, 90)


def test_a_group_that_fell_to_zero_is_observed_as_below(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    segware.add_events(NOON + 2 * HOUR, CONDOMINIO, "E130", count=1)
    tracker.scan()
    tracker.clock.advance(2 * HOUR + 1)
    scan = tracker.scan()
    assert (scan["opened"], scan["ongoing"]) == ([], [])
    assert counts(scan["below"]) == [(0, 60)]
    assert sql(database, "SELECT below_since FROM triggers") == [(tracker.clock.now(),)]


def test_what_is_below_stays_listed_with_its_first_time_below(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    tracker.scan()
    tracker.clock.advance(2 * HOUR + 1)
    tracker.scan()
    first_below = tracker.clock.now()
    tracker.clock.advance(MINUTE)
    assert counts(tracker.scan()["below"]) == [(0, 60)]
    assert sql(database, "SELECT below_since, observed_at FROM triggers") == [
        (first_below, first_below + MINUTE)
    ]


def test_what_comes_back_before_it_was_cleared_goes_on(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    tracker.scan()
    tracker.clock.advance(2 * HOUR + 1)
    tracker.scan()
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=50)
    scan = tracker.scan()
    assert (scan["opened"], scan["below"]) == ([], [])
    assert counts(scan["ongoing"]) == [(50, 60)]
    assert sql(database, "SELECT below_since FROM triggers") == [(None,)]
    assert len(tracker.history()) == 1


def test_the_number_of_statements_does_not_grow_with_the_groups(
    tracker: Tracker, segware: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: Counter[str] = Counter()

    def counted(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: Session, name: str, /, *args: Any, **more: Any) -> Any:
            statements[name] += 1
            return method(self, name, *args, **more)

        return call

    for method in ("run", "rows", "insert"):
        monkeypatch.setattr(Session, method, counted(getattr(Session, method)))
    segware.limit = 100_000
    segware.add_events(NOON, PADARIA, "E130", "C0", count=50)
    tracker.scan()
    found = []
    for groups in (3, 800):
        for number in range(groups):
            segware.add_events(tracker.clock.now(), PADARIA, "E130", f"C{number}", count=50)
        statements.clear()
        tracker.scan()
        assert len(tracker.scan()["ongoing"]) == groups
        # Slices are saved when they settle, which has nothing to do with groups.
        found.append(Counter({n: c for n, c in statements.items() if n != "slices_save"}))
        tracker.clock.advance(MINUTE)
    assert found[0] == found[1]
    assert found[0]["triggers_open"] == found[0]["observations_add"] == 2
