"""Queue that something opened or ended, in the transaction in which it does: the one way to.

Ids follow from what is told, so that a transaction that is repeated makes the same ones again.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from events_tracker.base.ids import id_of
from events_tracker.base.times import Instant
from events_tracker.decisions.delivery.routing import destinations
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Alert, Notification
from events_tracker.model.deliveries import CLEARED, OPENED, Delivery, Destination

if TYPE_CHECKING:
    from events_tracker.storage import Rows

Addressed = tuple[str, Destination]
"""A register id, and where that alert is told."""


def opened(
    rows: "Rows",
    openings: Iterable[tuple[Alarm, Alert]],
    switched_on: Mapping[str, Destination],
    now: Instant,
    bundle: str | None = None,
) -> list[Addressed]:
    """Queue that these alerts of these alarms opened, on the channels that are on.

    ``bundle``: the mark of what travels as one digest. Returns where they will be told.
    """
    told: list[Addressed] = []
    register_ids: list[str] = []
    for alarm, alert in openings:
        register_ids.append(alert.register_id)
        told += [(alert.register_id, to) for to in destinations(alarm, switched_on)]
    _queue(rows, OPENED, register_ids, told, now, bundle)
    return told


def ended(
    rows: "Rows",
    register_ids: Sequence[str],
    to_follow: Iterable[Addressed],
    now: Instant,
    bundle: str | None = None,
) -> None:
    """Queue that these alerts are over, where they were told that they opened."""
    ids = set(register_ids)
    told = [(register_id, to) for register_id, to in to_follow if register_id in ids]
    _queue(rows, CLEARED, register_ids, told, now, bundle)


def _queue(
    rows: "Rows",
    kind: str,
    register_ids: Sequence[str],
    told: Sequence[Addressed],
    now: Instant,
    bundle: str | None,
) -> None:
    notices = {
        register_id: Notification(id_of(now, register_id, kind), register_id, kind, now)
        for register_id in register_ids
    }
    deliveries = [
        Delivery(
            id_of(now, register_id, kind, to.channel, to.key),
            notices[register_id].id,
            register_id,
            kind,
            to,
            now,
            bundle,
        )
        for register_id, to in told
    ]
    rows.notifications.add(list(notices.values()))
    rows.deliveries.add(deliveries)
