"""What a scan would see, for whoever asks: of an account, of a rule. Nothing is written."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from events_tracker.app.app import App, source_of
from events_tracker.app.passes import scan_order
from events_tracker.base import limits
from events_tracker.base.times import Instant
from events_tracker.model.filters import Filter
from events_tracker.model.ports import UNWATCHED, Progress

if TYPE_CHECKING:
    from events_tracker.model.alarms import Alarm
    from events_tracker.model.explanations import Explanation
    from events_tracker.passes.glance import Glance
    from events_tracker.settings import Settings


def explain(
    app: App,
    settings: "Settings",
    texts: Filter,
    *,
    at: Instant | None = None,
    watching: AbstractContextManager[Progress] = UNWATCHED,
) -> "Explanation":
    """Explain why something is open, not open, not over or not told; writes nothing.

    The company says whose account it is where several clients use the code; without an account it
    is about all of its accounts, or of all there are. Raises UsageError for names that nobody
    knows, SegwareError and StorageError; what Segware fails otherwise is in the explanation.
    """
    from events_tracker.passes import explain as explaining
    from events_tracker.reports.known import refuse_unknown

    deadline = app.deadline(limits.SCAN_SECONDS)
    store = app.store(settings, deadline)
    order = replace(scan_order(app, settings), dry_run=True, at=at)
    request = explaining.Request(order, texts)
    segware = app.segware(settings, deadline)
    with watching as progress:
        found = explaining.run(request, store, segware, app.clock.now, deadline, progress)
    # Not before: a code that nobody here knows may just have come for the first time.
    if not found.errors and not found.codes:
        refuse_unknown(store, Filter(code=texts.code))
    return found


def glance(app: App, settings: "Settings", alarm: "Alarm") -> "Glance | None":
    """Tell what an alarm finds now in what scans remember; None where that is too little.

    Raises StorageError.
    """
    from events_tracker.passes import glance as glancing

    if settings.tracker.ignored_closers:
        return None
    deadline = app.deadline(limits.ALARMS_SECONDS)
    request = glancing.Request(
        alarm=alarm,
        source=source_of(settings),
        settle=settings.tracker.settle,
        never_counted=settings.injection.code,
        now=app.clock.now(),
    )
    return glancing.run(request, app.store(settings, deadline), deadline)
