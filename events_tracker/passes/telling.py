"""Queue that something opened or ended, in the transaction in which it does: the one way to.

Ids follow from what is told, so that a transaction that is repeated makes the same ones again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from events_tracker.base.ids import id_of
from events_tracker.base.times import Instant
from events_tracker.decisions.delivery.restoring import DOUBT
from events_tracker.decisions.delivery.routing import destinations
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Alert, Notification
from events_tracker.model.deliveries import CLEARED, OPENED, SEGWARE, Delivery, Destination

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
    doubted: Collection[str] = (),
) -> list[Addressed]:
    """Queue that these alerts of these alarms opened, on the channels that are on.

    What has a ``hold_id`` is kept back until that hold is over. ``bundle``: the mark of what
    travels as one digest. ``doubted``: the ids of alarms whose alerts may have been injected
    before. Returns where they will be told.
    """
    told: list[Addressed] = []
    register_ids: list[str] = []
    in_doubt: set[str] = set()
    held: dict[str, str] = {}
    for alarm, alert in openings:
        register_ids.append(alert.register_id)
        if alert.hold_id is not None:
            held[alert.register_id] = alert.hold_id
        if alarm.id in doubted:
            in_doubt.add(alert.register_id)
        told += [(alert.register_id, to) for to in destinations(alarm, switched_on)]
    _queue(rows, OPENED, register_ids, told, now, bundle, held, in_doubt)
    return told


def ended(
    rows: "Rows",
    register_ids: Sequence[str],
    to_follow: Iterable[Addressed],
    now: Instant,
    held: Mapping[str, str],
    bundle: str | None = None,
) -> None:
    """Queue that these alerts are over, where they were told that they opened.

    ``held``: the ids of the holds that keep that back, by register id.
    """
    ids = set(register_ids)
    told = [(register_id, to) for register_id, to in to_follow if register_id in ids]
    _queue(rows, CLEARED, register_ids, told, now, bundle, held)


def _queue(
    rows: "Rows",
    kind: str,
    register_ids: Sequence[str],
    told: Sequence[Addressed],
    now: Instant,
    bundle: str | None,
    held: Mapping[str, str],
    in_doubt: Collection[str] = (),
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
            DOUBT if to.channel == SEGWARE and register_id in in_doubt else None,
            held.get(register_id),
        )
        for register_id, to in told
    ]
    rows.notifications.add(list(notices.values()))
    rows.deliveries.add(deliveries)
