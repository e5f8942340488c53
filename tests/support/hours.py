"""Kept counts of a past that no scan of the test has seen."""

from collections.abc import Iterable

from events_tracker.app.app import App, counts_source
from events_tracker.model.hours import Hour
from events_tracker.storage import Rows
from tests.support.world import NOON, Tracker


def keep(tracker: Tracker, kept: Iterable[Hour]) -> None:
    """Keep hours as scans of this Segware would have."""
    app = App(environ=tracker.environ, folder=tracker.folder, clock=tracker.clock)
    settings = app.settings()
    store, source = app.store(settings, app.deadline(30)), counts_source(settings)

    def all_at_once(rows: Rows) -> None:
        for hour in kept:
            rows.hours.keep(source, hour, NOON)

    store.update(all_at_once)
    app.close()
