"""`tracker tune --fetch`: what it keeps is what scans would have kept, whatever stops it."""

import random

import pytest

from events_tracker.base.times import DAY, HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite, sql
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Result, Tracker

pytestmark = [on_sqlite, pytest.mark.usefixtures("initialised")]

LATE = NOON + 3 * HOUR + 15 * MINUTE
"""When the hour that began at 13:00 is due, which scans saw from end to end."""
COUNTS = "SELECT started_at, minutes, coarse, counts FROM hours ORDER BY started_at"
FETCH = ("tune", "--fetch", "4h", "--yes", "--pace", "0.01s")


def happen(segware: Simulator, hours: int = 5) -> None:
    """A day ago something, then of three accounts all kinds of things; two occurrences closed."""
    chosen = random.Random(7)
    segware.add_events(NOON - DAY, PADARIA, "E602")
    segware.add_occurrence(NOON, "81", 31)
    segware.add_occurrence(NOON, "82", 32)
    for _ in range(400):
        at = NOON - 3 * HOUR + chosen.randrange((hours + 3) * HOUR)
        account = chosen.choice((PADARIA, CONDOMINIO, FARMACIA))
        code, cuc = chosen.choice((("E130", "ALR"), ("1401", "PAB"), ("R130", None)))
        closed = chosen.choice(("81", "82", None))
        segware.add_events(at, account, code, cuc, chosen.randint(1, 3), closed)


def scan_until(tracker: Tracker, end: int) -> None:
    while tracker.clock.now() < end:
        tracker.clock.advance(5 * MINUTE)
        tracker.scan()


def fetched(tracker: Tracker, *args: str, exit_code: int = 0, **environ: str) -> Result:
    result = tracker(*FETCH, *args, **environ)
    assert result.exit_code == exit_code, result.stderr
    return result


def refused(tracker: Tracker, *args: str, **environ: str) -> str:
    result = tracker("tune", *args, **environ)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.splitlines()[-1].strip()


def test_what_is_fetched_is_what_scans_kept_to_the_byte(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ["TRACKER_IGNORED_CLOSERS"] = "31"
    segware.limit = 9  # some minutes hold more than one answer carries
    happen(segware)
    tracker.clock.advance(50 * MINUTE)
    scan_until(tracker, LATE)
    by_scans = sql(database, COUNTS)[-1:]
    assert [row[:3] for row in by_scans] == [(NOON + HOUR, 60, 0)]
    slices = sql(database, "SELECT * FROM slices")
    sql(database, "DELETE FROM hours")
    told = fetched(tracker).stderr.splitlines()
    assert told[0].startswith(
        "3 hours of the last 4h are not kept, or not by the minute. Fetching them takes about 183 "
        "requests to Segware, one every 0.01 s: 2 s at least."
    )
    assert told[1].startswith("Kept 3 of 3 hours, after ")
    assert sql(database, COUNTS)[-1:] == by_scans
    assert sql(database, "SELECT * FROM slices") == slices
    asked = segware.count("/v1/events")
    assert fetched(tracker).stderr.startswith("Nothing to fetch: ")
    assert segware.count("/v1/events") == asked
