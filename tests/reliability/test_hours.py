"""Kept counts are what happened, to the event, though Segware fails and events come late."""

from pathlib import Path

import pytest

from events_tracker.app import backfill, passes
from events_tracker.app.app import counts_source
from events_tracker.base.times import DAY, HOUR, MINUTE, Span
from events_tracker.model.hours import WHOLE
from tests.reliability.hours_recount import Happened
from tests.reliability.month_world import Source, World, moods
from tests.reliability.test_long_life import ACCOUNTS, EPISODES, START, STORM, MonthApp
from tests.support.world import TestClock

FIRST, LAST = START + 17 * HOUR, START + 27 * HOUR
"""Ten hours; from the fourth to the sixth of them, nobody runs anything."""


@pytest.mark.reliability
def test_what_is_kept_is_what_happened_around_a_break(tmp_path: Path) -> None:
    """By the settings as they come: an event may be later than TRACKER_SETTLE."""
    world, clock = World(START - 4 * HOUR, ACCOUNTS, EPISODES, STORM, 7, DAY * 2), TestClock(FIRST)
    environ = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'hours.db'}",
        "SEGWARE_URL": "http://127.0.0.1:1",
        "SEGWARE_TOKEN": "token",
        "TRACKER_CODES": "*",
    }
    source, happened = Source(world), Happened()
    app = MonthApp(environ, tmp_path, clock, source=source)
    settings = app.settings()
    passes.init(app, settings)
    for now, mood in moods(START, 2):
        if now > LAST:
            break
        happened.happen(world.upto(now))
        if now >= FIRST and mood != "gone":
            clock.at = now
            source.wake(now, mood)
            passes.scan(app, settings)
    span = Span(FIRST - HOUR, LAST)
    store = app.store(settings, app.deadline(30))
    kept = store.read(lambda rows: rows.hours.read(counts_source(settings), span))
    cells, differing = happened.compared(kept)
    assert differing == []
    assert cells > 8_000
    # What the last scans before the break read but once, and what no later window reached.
    before, after = kept.missing
    assert (before.end + 1, after.end) == (START + 21 * HOUR, LAST)
    assert START + 20 * HOUR - before.start <= 11 * MINUTE
    assert [hour.start for hour in kept.hours if hour.detail.coarse] == [
        FIRST - HOUR,
        START + 21 * HOUR,
        START + 22 * HOUR,
    ]
    # What scans could not keep is fetched as it happened too, and what they kept whole stays.
    source.wake(clock.at, "well")
    by_scans = {hour.start: hour for hour in kept.hours if hour.detail == WHOLE}
    wanted = backfill.lacking(app, settings, LAST - FIRST + HOUR)
    assert not by_scans.keys() & set(wanted.hours)
    backfill.begun(app, settings, wanted, pace=0, progress=lambda done: None).run()
    store = app.store(settings, app.deadline(30))
    fetched = store.read(lambda rows: rows.hours.read(counts_source(settings), span))
    app.close()
    more, differing = happened.compared(fetched)
    assert differing == []
    assert more > cells
    assert {hour.start: hour for hour in fetched.hours}.items() >= by_scans.items()
    assert [hour.detail for hour in fetched.hours] == [WHOLE] * len(fetched.hours)
    assert fetched.missing == [Span(LAST - 2 * HOUR, LAST)], "what is not due"
