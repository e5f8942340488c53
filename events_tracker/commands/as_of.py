"""How old a list of what is open is, and what an empty one looked for: neither may be guessed."""

from datetime import tzinfo
from typing import TYPE_CHECKING

from events_tracker.app.app import App, zone
from events_tracker.base.times import LATEST, local, rough
from events_tracker.commands.folding import tell
from events_tracker.model.filters import Filter, RegisterQuery, State
from events_tracker.reports.freshness import Freshness, freshness

if TYPE_CHECKING:
    from events_tracker.settings import Settings
    from events_tracker.storage import Store


def print_as_of(app: App, store: "Store", settings: "Settings") -> None:
    """End a list of what is open: it is what the last good scan saw, however long ago."""
    now = app.clock.now()
    found = freshness(store, now, settings.tracker.stale_after)
    told = as_of(found, now, zone(settings))
    tell(told, fg="red" if found.is_stale else None, dim=not found.is_stale)


def as_of(found: Freshness, now: int, place: tzinfo) -> str:
    """Say when the last good scan was; ``now`` in milliseconds UTC, like all moments."""
    if found.good_until is None:
        return "No scan has read everything yet: this says nothing. `tracker status` says more."
    scan = f"As of the scan {rough(now - found.good_until)} ago"
    if not found.is_stale:
        return f"{scan}."
    at = local(found.good_until, place)
    return f"{scan} ({at}): this is old, and may have changed since. `tracker status` says more."


def nothing(query: RegisterQuery, place: tzinfo) -> str:
    """Say what was looked for in vain."""
    told = "No alert is open" if query.state is State.OPEN else "No alert is in the register"
    told += _of(query.filter)
    if query.since > 0:
        told += f", opened since {local(query.since, place)}"
    if query.until < LATEST:
        told += f", opened until {local(query.until, place)}"
    return f"{told}."


def no_notification(wanted: Filter) -> str:
    """Say the same of notifications."""
    return f"No notification is there{_of(wanted)}."


def _of(wanted: Filter) -> str:
    return "" if wanted.everything else f" for {wanted.in_words}"
