"""The reports that need more than the store, for whatever has an entry."""

from typing import TYPE_CHECKING

from events_tracker import __version__
from events_tracker.app.app import App, environment_definition
from events_tracker.app.channels import switched_on
from events_tracker.base import limits
from events_tracker.model.health import Check

if TYPE_CHECKING:
    from events_tracker.base.times import Instant
    from events_tracker.settings import Settings
    from events_tracker.storage import Store


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
            report.Request(
                environment=environment_definition(settings),
                token=token,
                stale_after=settings.tracker.stale_after,
                switched_on=sorted(switched_on(settings)),
            ),
            app.unchecked_store(settings, deadline.within(limits.STATUS_ANSWER_SECONDS)),
            app.segware(settings, deadline) if token else None,
            app.clock.now,
            deadline,
        ),
    ]


def metrics(settings: "Settings", store: "Store", now: "Instant") -> str:
    """Write the tracker's numbers as Prometheus reads them. Raises StorageError."""
    from events_tracker.decisions import health
    from events_tracker.formats.metrics import metrics_text
    from events_tracker.reports import metrics as report

    token = settings.segware.token
    request = report.Request(
        now=now,
        version=__version__,
        token_expires=health.expiry(token) if token else None,
        switched_on=switched_on(settings),
    )
    return metrics_text(report.metrics(request, store))
