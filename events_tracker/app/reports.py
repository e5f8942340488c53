"""The reports that need more than the store, for whatever has an entry."""

from typing import TYPE_CHECKING

from events_tracker import __version__
from events_tracker.app.app import App, clearing_of, counts_source, environment_definition, zone
from events_tracker.app.channels import switched_on
from events_tracker.base import limits
from events_tracker.model.health import Check
from events_tracker.model.ports import nobody_watches

if TYPE_CHECKING:
    from collections.abc import Callable

    from events_tracker.base.times import Instant
    from events_tracker.decisions.tuning.variants import Lists
    from events_tracker.model.alarms import Alarm
    from events_tracker.model.tuning import Tuned
    from events_tracker.reports.tune import Request as TuneRequest
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


def tune(
    app: App,
    settings: "Settings",
    alarm: "str | Alarm",
    days: int,
    lists: "Lists",
    account: str | None = None,
    progress: "Callable[[int, int], None]" = nobody_watches,
) -> "Tuned":
    """Replay rules of an alarm over the kept counts; ``progress``: how many of how many are done.

    ``alarm``: its name, or the alarm itself where it is only being typed.

    Raises StorageError, NotFound if there is no such alarm, UsageError for an account that nobody
    knows and for what cannot be replayed.
    """
    from events_tracker.reports import tune as report

    store = app.store(settings, app.deadline(limits.TUNE_SECONDS))
    request = _tune_order(app, settings, store, alarm, days, lists, account)
    return report.run(request, store, progress)


def refuse_untunable(
    app: App,
    settings: "Settings",
    alarm: str,
    days: int,
    lists: "Lists",
    account: str | None,
) -> None:
    """Raise what :func:`tune` would of the order itself: for whoever fetches counts first."""
    from events_tracker.reports import tune as report

    store = app.store(settings, app.deadline(limits.TUNE_SECONDS))
    report.tried_of(_tune_order(app, settings, store, alarm, days, lists, account), store)


def _tune_order(
    app: App,
    settings: "Settings",
    store: "Store",
    alarm: "str | Alarm",
    days: int,
    lists: "Lists",
    account: str | None,
) -> "TuneRequest":
    from events_tracker.model.filters import Filter
    from events_tracker.reports.known import refuse_unknown
    from events_tracker.reports.tune import Request

    refuse_unknown(store, Filter(account=account))
    return Request(
        alarm=alarm,
        days=days,
        lists=lists,
        account=account,
        now=app.clock.now(),
        source=counts_source(settings),
        retention=settings.tracker.counts_retention,
        clearing=clearing_of(settings),
        never_counted=settings.injection.code,
        switched_on=switched_on(settings),
        digest_over=settings.notify.digest_over,
        zone=zone(settings),
    )


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
