"""One alert with all that is known of it. Reads only."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.model.alerts import Alert, Situation
from events_tracker.model.deliveries import DeliveryState
from events_tracker.model.notes import Note

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Told(Struct, frozen=True):
    """An alert, how it stands, who was told what of it, and what people wrote."""

    alert: Alert
    situation: Situation
    deliveries: Sequence[DeliveryState]
    notes: Sequence[Note]


def told(store: "Store", register_id: str) -> Told | None:
    """Tell all there is to tell of the alert with this id; None if the register has no such one."""
    return store.read(lambda rows: _told(rows, register_id))


def _told(rows: "Rows", register_id: str) -> Told | None:
    alert = rows.register.entry(register_id)
    if alert is None:
        return None
    situations = rows.register.situations([register_id])
    return Told(
        alert,
        situations.get(register_id, Situation(register_id)),
        rows.deliveries.of_entry(register_id),
        rows.notes.of(register_id),
    )
