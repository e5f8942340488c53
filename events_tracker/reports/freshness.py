"""How old what the lists of open alerts say is: without it nobody could trust an empty one."""

from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.times import Duration, Instant

if TYPE_CHECKING:
    from events_tracker.storage import Store


class Freshness(Struct, frozen=True):
    """The end of the last window that was read whole (None: there was none), and what is open."""

    good_until: Instant | None
    is_open: int
    is_stale: bool


def freshness(store: "Store", now: Instant, stale_after: Duration) -> Freshness:
    """Tell when a scan was last good, and how many alerts are open."""
    state, is_open = store.read(lambda rows: (rows.runs.scans(), rows.triggers.count()))
    until = state.good_until
    return Freshness(until, is_open, until is None or until < now - stale_after)
