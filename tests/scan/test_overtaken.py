"""Of two scans that overlap, the one that started first and ends last changes nothing."""

from collections.abc import Callable
from typing import Any

from events_tracker.base.times import MINUTE, iso
from events_tracker.simulator.simulator import Handler, Simulator
from tests.reliability.crash_points import watched_sqlite
from tests.support.engines import dump, on_sqlite, sql
from tests.support.world import CONDOMINIO, NOON, PADARIA, Result, Tracker


def _kept(database: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that means anything: remembered slices only spare requests."""
    return {table: rows for table, rows in dump(database).items() if table != "slices"}


def test_an_overtaken_scan_changes_nothing_says_so_and_succeeds(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    overtaking: list[tuple[Result, Any]] = []

    def let_another_scan_pass(handler: Handler) -> None:
        early = handler.normal_reply()
        segware.add_events(NOON, CONDOMINIO, "E130", count=60)
        overtaking.append((tracker("scan", "--format", "json"), _kept(database)))
        handler.send(early)

    segware.fail("/v1/events", let_another_scan_pass)
    overtaken = tracker("scan", "--format", "json")
    ((other, rows),) = overtaking
    assert other.exit_code == 0
    assert len(other.json["opened"]) == 2
    assert overtaken.exit_code == 0
    assert overtaken.json["overtaken"] is True
    assert (overtaken.json["opened"], overtaken.json["errors"]) == ([], [])
    assert (
        overtaken.stderr == "note: a later scan was applied before this one: nothing was changed\n"
    )
    assert _kept(database) == rows


def test_a_scan_that_was_not_overtaken_says_so(tracker: Tracker) -> None:
    assert tracker.scan()["overtaken"] is False
    tracker.clock.advance(MINUTE)
    assert tracker.scan()["overtaken"] is False


def test_an_overtaken_scan_that_read_nothing_succeeds_too(
    tracker: Tracker, segware: Simulator
) -> None:
    def break_after_another_scan(handler: Handler) -> None:
        assert tracker("scan").exit_code == 0
        handler.send_error(500)

    segware.fail("/v1/events", break_after_another_scan)
    assert tracker.scan()["overtaken"] is True


def test_in_a_database_brought_back_from_a_backup_the_next_scan_counts(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    """Numbers that were issued before the backup may have been applied after it."""
    sql(database, "UPDATE fence SET issued = 3, applied = 30")
    segware.add_events(NOON, PADARIA, "E130", count=60)
    scan = tracker.scan()
    assert (scan["overtaken"], len(scan["opened"])) == (False, 1)
    assert sql(database, "SELECT issued, applied FROM fence") == [(31, 31)]


@on_sqlite
def test_a_scan_looks_at_the_clock_when_it_has_its_number(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    """However long it waits for the database: of two that wait, the later number has the later
    window.
    """
    waited: list[str] = []

    def reached(statement: str, then: Callable[[], Any]) -> Any:
        if statement.startswith("UPDATE fence SET issued") and not waited:
            waited.append(statement)
            tracker.clock.advance(MINUTE)
            segware.add_events(tracker.clock.now(), PADARIA, "E130", count=60)
        return then()

    with watched_sqlite(reached):
        scan = tracker.scan()
    assert scan["window"]["end"] == iso(NOON + MINUTE)
    assert len(scan["opened"]) == 1
