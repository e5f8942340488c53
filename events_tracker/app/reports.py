"""The reports that need more than the store, for whatever has an entry."""

from typing import TYPE_CHECKING

from events_tracker.app.app import App
from events_tracker.app.channels import switched_on
from events_tracker.base import limits
from events_tracker.model.health import Check

if TYPE_CHECKING:
    from events_tracker.settings import Settings


def status(app: App, settings: "Settings") -> list[Check]:
    """Look at everything that a pass needs, in the order in which failures explain one another.

    Raises nothing of what it finds: each failure is a check of its own.
    """
    from events_tracker.decisions import health
    from events_tracker.reports import status as report

    deadline = app.deadline(limits.STATUS_SECONDS)
    token = settings.segware.token
    return [
        health.settings(settings.notes, str(app.env_file() or "the environment alone")),
        *report.run(
            app.unchecked_store(settings, deadline.within(limits.STATUS_ANSWER_SECONDS)),
            app.segware(settings, deadline) if token else None,
            token,
            app.clock.now,
            settings.tracker.stale_after,
            sorted(switched_on(settings)),
            deadline,
        ),
    ]
