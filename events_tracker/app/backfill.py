"""Counts of the past that somebody fetches, for whatever has an entry."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from events_tracker.app.app import App, counts_source
from events_tracker.base import limits
from events_tracker.base.times import Duration
from events_tracker.fetch.minutes import MinuteReader
from events_tracker.passes import backfill
from events_tracker.passes.backfill import Backfill, Lacking
from events_tracker.passes.scan.hours import Keeping

if TYPE_CHECKING:
    from events_tracker.settings import Settings


def lacking(app: App, settings: "Settings", length: Duration) -> Lacking:
    """List what is to be fetched of the last so long; asks nobody.

    Raises StorageError, and UsageError for more than is kept.
    """
    store = app.store(settings, app.deadline(limits.TUNE_SECONDS))
    keeping = Keeping(counts_source(settings), settings.tracker.counts_retention)
    closers = len(settings.tracker.ignored_closers)
    return backfill.lacking(length, keeping, closers, store, app.clock.now())


def begun(
    app: App,
    settings: "Settings",
    wanted: Lacking,
    pace: Duration,
    progress: Callable[[int], None],
) -> Backfill:
    """Return what fetches these hours when it is run; ``pace``: from request to request."""
    reader = MinuteReader(
        segware=app.segware(settings, app.deadline(limits.SCAN_SECONDS)),
        clock=app.clock,
        pace=pace,
        ignored_closers=settings.tracker.ignored_closers,
        progress=progress,
    )
    return Backfill(
        wanted=wanted,
        source=counts_source(settings),
        store=lambda: app.store(settings, app.deadline(limits.HOUR_SECONDS)),
        reader=reader,
    )
