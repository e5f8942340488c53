"""A dry run prints what the next scan does, and leaves no trace."""

from pathlib import Path
from typing import Any

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator, json_reply
from tests.support.engines import dump
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Tracker


@pytest.fixture
def eventful(tracker: Tracker, segware: Simulator) -> None:
    """One alert that goes on, one that has fallen below, one that is about to open."""
    segware.add_events(NOON, PADARIA, "E130", count=60)
    segware.add_events(NOON - 90 * MINUTE, CONDOMINIO, "E130", count=60)
    assert len(tracker.scan()["opened"]) == 2
    tracker.clock.advance(HOUR)
    segware.add_events(tracker.clock.now(), FARMACIA, "E130", "ALI", count=55)
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=7)
    segware.add_raw_event(tracker.clock.now(), "malformed")


def told(scan: dict[str, Any]) -> dict[str, Any]:
    """What must be the same; only a scan that writes has register ids."""
    without_ids = {
        name: [{**alert, "register_id": None} for alert in scan[name]]
        for name in ("opened", "ongoing", "below")
    }
    return {**scan, "dry_run": None, **without_ids}


@pytest.mark.usefixtures("eventful")
def test_what_it_prints_is_what_the_next_scan_does(tracker: Tracker) -> None:
    foreseen, done = tracker.scan("--dry-run"), tracker.scan()
    assert (foreseen["dry_run"], done["dry_run"]) == (True, False)
    assert told(foreseen) == told(done)
    (opened,), (ongoing,), (below,) = foreseen["opened"], foreseen["ongoing"], foreseen["below"]
    assert (opened["account_id"], opened["quantity"]) == (FARMACIA, 55)
    assert opened["register_id"] is None
    assert (ongoing["account_id"], ongoing["quantity"], ongoing["highest"]) == (PADARIA, 67, 67)
    assert (below["account_id"], below["quantity"], below["highest"]) == (CONDOMINIO, 0, 60)
    assert done["events"] == {"fetched": 123, "remembered": 0, "counted": 122, "malformed": 1}


@pytest.mark.usefixtures("eventful")
@pytest.mark.parametrize("reply", [json_reply(500, {}), json_reply(401, {}), json_reply(200, {})])
def test_it_foresees_a_failure_as_well(tracker: Tracker, segware: Simulator, reply: Any) -> None:
    segware.fail_always("/v1/events", reply)
    foreseen, done = tracker.scan("--dry-run", exit_code=1), tracker.scan(exit_code=1)
    assert told(foreseen) == told(done)


@pytest.mark.usefixtures("eventful")
def test_it_leaves_no_trace(
    tracker: Tracker, segware: Simulator, database: str, tmp_path: Path
) -> None:
    before, rows = snapshot(tmp_path), dump(database)
    segware.requests.clear()
    for more in ((), ("--account", "1950"), ("--at", "1h"), ("--format", "table")):
        assert tracker("scan", "--dry-run", *more).exit_code == 0
    assert dump(database) == rows
    assert snapshot(tmp_path) == before
    assert {request.method for request in segware.requests} == {"GET"}


def snapshot(folder: Path) -> dict[str, bytes]:
    """The bytes of every file, the SQLite database among them."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.usefixtures("eventful")
def test_its_table_says_would(tracker: Tracker) -> None:
    table = tracker("scan", "--dry-run").stdout
    assert "Would scan 2026-11-21 08:00:00-03:00 to 2026-11-21 10:00:00-03:00 (2h)" in table
    assert "Would open: 1 alert." in table
    assert "Farmácia Santa Luzia" in table
