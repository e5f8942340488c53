"""Scans keep the counts of past hours, and lose none of them to a break."""

from collections.abc import Callable
from pathlib import Path

import pytest

from events_tracker.app.app import App, counts_source
from events_tracker.base.times import DAY, HOUR, MINUTE, Span
from events_tracker.model.hours import KeptCounts
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite, sql
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker

pytestmark = [on_sqlite, pytest.mark.usefixtures("initialised")]

LATE = NOON + 2 * HOUR + 15 * MINUTE
"""When the hour that begins at noon is due."""


@pytest.fixture
def kept_of(tracker: Tracker, tmp_path: Path) -> Callable[[Span], KeptCounts]:
    """What is kept of a span, as a report reads it."""

    def read(span: Span) -> KeptCounts:
        app = App(environ=tracker.environ, folder=tracker.folder, clock=tracker.clock)
        settings = app.settings()
        store = app.store(settings, app.deadline(30))
        try:
            return store.read(lambda rows: rows.hours.read(counts_source(settings), span))
        finally:
            app.close()

    return read


def _scan_until(tracker: Tracker, end: int) -> None:
    while tracker.clock.now() < end:
        tracker.clock.advance(5 * MINUTE)
        tracker.scan()


def _hour(start: int, first: int = 0, end: int = 60) -> Span:
    return Span(start + first * MINUTE, start + end * MINUTE - 1)


def test_an_hour_is_kept_by_the_minute_once_it_is_long_past(
    tracker: Tracker, segware: Simulator, kept_of: Callable[[Span], KeptCounts], database: str
) -> None:
    segware.add_events(NOON + 30 * MINUTE, PADARIA, "E130", count=3)
    segware.add_events(NOON + 30 * MINUTE, PADARIA, "R130", "BEM")
    segware.add_events(NOON + 31 * MINUTE - 1, CONDOMINIO, "E130")
    segware.add_events(NOON + 40 * MINUTE, PADARIA, "1401", "PAB")
    segware.add_events(NOON + 50 * MINUTE, PADARIA, "3401", "CER")
    _scan_until(tracker, NOON + 40 * MINUTE)
    segware.add_events(NOON + 31 * MINUTE, PADARIA, "E130")  # late: it is read again
    _scan_until(tracker, LATE - 5 * MINUTE)
    assert kept_of(_hour(NOON)).hours == []
    _scan_until(tracker, LATE)
    counts = kept_of(_hour(NOON))
    (hour,) = counts.hours
    assert (counts.missing, counts.coarse) == ([], [_hour(NOON, 0, 3)]), "of the first scan"
    assert [tuple(line) for line in counts.lines()] == [
        (_hour(NOON, 30, 31), PADARIA, "ALR", "E130", 3, 0),
        (_hour(NOON, 31, 32), PADARIA, "ALR", "E130", 1, 0),
        (_hour(NOON, 30, 31), PADARIA, "BEM", "R130", 1, 0),
        (_hour(NOON, 30, 31), CONDOMINIO, "ALR", "E130", 1, 0),
    ]
    assert hour.openings == {PADARIA: 2}
    row = sql(database, f"SELECT minutes, coarse, read_at FROM hours WHERE started_at = {NOON}")
    assert row == [(60, 3, LATE)]


def test_hours_from_before_a_break_are_kept_after_it(
    tracker: Tracker, segware: Simulator, kept_of: Callable[[Span], KeptCounts]
) -> None:
    tracker.environ["TRACKER_STALE_AFTER"] = "31d"
    segware.add_events(NOON + HOUR, PADARIA, "E130", count=3)
    _scan_until(tracker, NOON + HOUR + 20 * MINUTE)
    tracker.clock.advance(9 * HOUR)
    tracker.scan()
    counts = kept_of(Span(NOON, NOON + 2 * HOUR - 1))
    assert sum(line.number for line in counts.lines()) == 3
    assert [(hour.start - NOON, *hour.detail) for hour in counts.hours] == [
        (0, 60, 3),
        (HOUR, 10, 0),
    ]
    assert counts.missing == [_hour(NOON, 70, 120)]


def test_what_an_ignored_user_closed_stands_beside_the_counts(
    tracker: Tracker, segware: Simulator, kept_of: Callable[[Span], KeptCounts]
) -> None:
    tracker.environ["TRACKER_IGNORED_CLOSERS"] = "31"
    segware.add_occurrence(NOON, "81", 31)
    segware.add_events(NOON, PADARIA, "E130", count=3, occurrence_id="81")
    segware.add_events(NOON, PADARIA, "E130", count=2, occurrence_id="82")
    _scan_until(tracker, NOON + 20 * MINUTE)
    tracker.clock.at = LATE
    tracker.scan()
    assert [line[1:] for line in kept_of(_hour(NOON)).lines()] == [(PADARIA, "ALR", "E130", 5, 3)]


def test_what_fails_there_is_a_note_and_no_failure(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.clock.advance(5 * MINUTE)
    tracker.scan()
    sql(
        database,
        "CREATE TRIGGER full BEFORE INSERT ON hours BEGIN SELECT RAISE(ABORT, 'no place'); END",
    )
    tracker.clock.at = LATE
    result = tracker("scan")
    assert (result.exit_code, sql(database, "SELECT minutes FROM hours")) == (0, [])
    assert "note: the counts of the past could not be kept: " in result.stderr
    sql(database, "DROP TRIGGER full")
    tracker.clock.advance(MINUTE)
    tracker.scan()
    assert sql(database, "SELECT COUNT(*) FROM hours") > [(0,)]


def test_none_are_kept_where_none_are_wanted_and_old_ones_go(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.clock.advance(5 * MINUTE)
    tracker.scan()
    tracker.clock.at = LATE
    assert tracker("scan", TRACKER_COUNTS_RETENTION="0").exit_code == 0
    assert sql(database, "SELECT started_at FROM hours") == []
    tracker.scan()
    assert sql(database, "SELECT MAX(started_at) FROM hours") == [(NOON,)]
    tracker.clock.at = NOON + 35 * DAY
    tracker("purge")
    assert sql(database, "SELECT started_at FROM hours") == [(NOON,)]
    assert tracker("purge", "--dry-run", TRACKER_COUNTS_RETENTION="34d").stdout.count("1 hours")
    assert tracker("purge", TRACKER_COUNTS_RETENTION="0").exit_code == 0
    assert sql(database, "SELECT started_at FROM hours") == []
