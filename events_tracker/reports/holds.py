"""The holds, with what each kept back. Reads only."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from events_tracker.base.times import Instant
from events_tracker.decisions.delivery.holding import keeper
from events_tracker.model.alerts import Alert
from events_tracker.model.holds import Hold, Listed

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


def holds(store: "Store", now: Instant, *, ended: bool = False) -> Sequence[Listed]:
    """List those that are active, the first to end first; or all there ever were, newest first."""

    def look(rows: "Rows") -> list[Listed]:
        if ended:
            return rows.holds.listed(rows.holds.all())
        return rows.holds.listed([one for one in rows.holds.standing() if one.is_active(now)])

    return store.read(look)


def keepers(store: "Store", alerts: Sequence[Alert], now: Instant) -> Mapping[str, Hold]:
    """Find the holds that keep the news of these alerts back now, by the alerts' ids.

    Of what is open that is any news to come; of what is over, what was not told yet.
    """
    standing = store.read(lambda rows: rows.holds.standing())
    active = {hold.id: hold for hold in standing if hold.is_active(now)}
    found = {}
    for alert in alerts if active else ():
        is_open = alert.cleared_at is None
        own = active.get(alert.hold_id or "")
        if hold := keeper(active.values(), alert, now) if is_open else own:
            found[alert.register_id] = hold
    return found
