"""One alert with what was told and written of it, as programs read it."""

from typing import TYPE_CHECKING, Any

from events_tracker.base.times import iso
from events_tracker.formats.alert import alert_object
from events_tracker.formats.masked import masked_destination, masked_error
from events_tracker.model.deliveries import DeliveryState
from events_tracker.model.notes import Note

if TYPE_CHECKING:
    from events_tracker.reports.alert import Told


def told_object(told: "Told") -> dict[str, Any]:
    """Write ALERT with its deliveries and its notes."""
    return {
        **alert_object(told.alert),
        "deliveries": [delivery_object(delivery) for delivery in told.deliveries],
        "notes": [note_object(note) for note in told.notes],
    }


def delivery_object(delivery: DeliveryState) -> dict[str, Any]:
    """Write a delivery, its addresses masked."""
    return {
        "channel": delivery.channel,
        "kind": delivery.kind,
        "destination": masked_destination(delivery.destination),
        "status": delivery.status,
        "attempts": delivery.attempts,
        "error": masked_error(delivery.error, delivery.destination),
        "sent_at": None if delivery.sent_at is None else iso(delivery.sent_at),
        "provider_id": delivery.provider_id,
    }


def note_object(note: Note) -> dict[str, Any]:
    """Write a note: when, who, what, and whether the alert is theirs since."""
    return {
        "at": iso(note.written_at),
        "by": note.written_by,
        "text": note.text,
        "acknowledge": note.acknowledge,
    }
