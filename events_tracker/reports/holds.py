"""The holds, with what each kept back. Reads only."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from events_tracker.base.times import Instant
from events_tracker.model.holds import Hold, Listed

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


def holds(store: "Store", now: Instant, *, ended: bool = False) -> Sequence[Listed]:
    """List those that are active, the first to end first; or all there ever were, newest first."""

    def look(rows: "Rows") -> list[Listed]:
        if ended:
            return listed(rows, rows.holds.all())
        return listed(rows, [hold for hold in rows.holds.standing() if hold.is_active(now)])

    return store.read(look)


def listed(rows: "Rows", found: Sequence[Hold]) -> list[Listed]:
    """Put beside these holds how much each kept back."""
    held = rows.holds.held([hold.id for hold in found])
    return [Listed(hold, held.get(hold.id, 0)) for hold in found]
