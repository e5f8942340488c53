"""Holds, each made and ended in somebody's name."""

from typing import TYPE_CHECKING

from events_tracker.app.app import App
from events_tracker.app.editing import signed
from events_tracker.base import limits

if TYPE_CHECKING:
    from events_tracker.model.holds import Listed
    from events_tracker.passes.hold import Summary, Wanted
    from events_tracker.settings import Settings


def make(
    app: App,
    settings: "Settings",
    wanted: "Wanted",
    *,
    by: str | None = None,
    dry_run: bool = False,
) -> "Summary":
    """Make a hold in the name of ``by`` (the login if None); in a dry run, only say what it does.

    Raises Refused for what cannot be, by its fields; UsageError for names that nobody knows, and
    its SharedCode where several clients use the account's code; SegwareError if it cannot be told
    whose a code is; StorageError.
    """
    from events_tracker.fetch.directory import LookUp
    from events_tracker.model.filters import Filter
    from events_tracker.passes import hold as holding
    from events_tracker.reports.known import refuse_unknown

    deadline = app.deadline(limits.HOLDS_SECONDS)
    store, now = app.store(settings, deadline), app.clock.now()
    refuse_unknown(store, Filter(code=wanted.code))
    look_up = LookUp(store, app.segware(settings, deadline), now, deadline)
    request = holding.Request(now, app.host, signed(app, by), wanted, dry_run)
    return holding.make(request, store, look_up)


def end(app: App, settings: "Settings", id_: str, *, by: str | None = None) -> "Listed":
    """End a hold in the name of ``by`` (the login if None); the next `notify` tells what it held.

    Raises NotFound if there is no such hold, UsageError if it is over already, StorageError.
    """
    from events_tracker.passes import hold as holding

    store = app.store(settings, app.deadline(limits.HOLDS_SECONDS))
    return holding.end(id_, store, app.clock.now(), app.host, signed(app, by))
