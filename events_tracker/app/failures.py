"""Failures that last: what a run says of them, as the database knows them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from events_tracker.app.app import App, zone
from events_tracker.base import limits
from events_tracker.base.errors import TrackerError
from events_tracker.decisions.failures import Told, tell

if TYPE_CHECKING:
    from events_tracker.settings import Settings
    from events_tracker.storage import Rows


def told(
    app: App,
    settings: "Settings",
    name: str,
    errors: Sequence[str],
    untried: tuple[str, ...] = (),
) -> Told:
    """Decide what this host says of a run of a pass that ended with these errors, and keep it.

    A good run costs one read. Never raises: where the database does not keep it, all is said.
    """
    now, host = app.clock.now(), app.host
    earlier: list[Told] = []

    def decide(rows: "Rows") -> Told:
        known = rows.failures.take(name, host, now)
        if earlier and list(known) == list(earlier[-1].known):
            # It was kept, and only the answer was lost: what was decided is still to be said.
            return earlier[-1]
        if not known:
            rows.failures.forget(now - limits.ABANDONED_FAILURES)
        found = tell(known, errors, now, zone(settings), untried)
        rows.failures.keep(name, host, found.known, now)
        earlier.append(found)
        return found

    try:
        store = app.unchecked_store(settings, app.deadline(limits.FAILURES_SECONDS))
        if bool(errors) or store.read(lambda rows: bool(rows.failures.known(name, host))):
            return store.update(decide)
    except TrackerError:
        pass
    return tell((), errors, now, zone(settings))
