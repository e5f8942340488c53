"""How alerts end, inside whatever writing transaction ends them."""

from typing import TYPE_CHECKING

from events_tracker.model.alerts import Alert, Notification
from events_tracker.model.ids import new_id
from events_tracker.model.times import Instant

if TYPE_CHECKING:
    from events_tracker.storage import Store


def close_marked(store: "Store", pass_id: str, now: Instant, reason: str) -> list[Alert]:
    """Close the alerts whose triggers this pass marked; returns those that somebody is told of.

    Their entries are completed, a `cleared` notification is queued, their triggers are deleted:
    the last is the closing act. A muted one was completed and told when it was closed by hand.
    """
    closed = [alert for alert, muted in store.triggers.closing(pass_id) if not muted]
    store.outbox.add(
        [Notification(new_id(now), alert.id or "", "cleared", now) for alert in closed]
    )
    store.register.complete(pass_id, now, reason)
    store.triggers.close(pass_id)
    return closed
