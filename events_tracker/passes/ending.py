"""How alerts end, inside whatever writing transaction ends them."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from events_tracker.base.times import Instant
from events_tracker.decisions.detection.clearing import BY_HAND_IN_DATABASE, DISABLED, REDEFINED
from events_tracker.passes import holding, telling

if TYPE_CHECKING:
    from events_tracker.storage import Rows


def close_marked(
    rows: "Rows", pass_id: str, now: Instant, reason: str, switched_on: Collection[str]
) -> list[str]:
    """Close the alerts whose triggers this pass marked; return the register ids of those told.

    ``switched_on`` are the channels that are on now. A muted alert was completed and told when it
    was closed by hand; it goes without a word.
    """
    closed = tell_over(rows, pass_id, now, reason, switched_on)
    # The closing act: without its trigger an alert is over.
    rows.triggers.close(pass_id)
    return closed


def close_disabled(
    rows: "Rows", alarm_id: str, pass_id: str, now: Instant, switched_on: Collection[str]
) -> int:
    """Close what a disabled alarm still has open, before scans evaluate it again; return how many.

    ``switched_on`` as above.
    """
    if not rows.triggers.mark_alarm(alarm_id, pass_id):
        return 0
    return len(close_marked(rows, pass_id, now, DISABLED, switched_on))


def close_outdated(rows: "Rows", pass_id: str, now: Instant, switched_on: Collection[str]) -> int:
    """Close what earlier revisions of alarms have open; return how many."""
    if not rows.triggers.mark_outdated(pass_id):
        return 0
    return len(close_marked(rows, pass_id, now, REDEFINED, switched_on))


def close_lost(rows: "Rows", pass_id: str, now: Instant, switched_on: Collection[str]) -> list[str]:
    """Complete and tell of the alerts that ended because somebody deleted their triggers."""
    if not rows.triggers.restore_lost(pass_id):
        return []
    return close_marked(rows, pass_id, now, BY_HAND_IN_DATABASE, switched_on)


def tell_over(
    rows: "Rows", pass_id: str, now: Instant, reason: str, switched_on: Collection[str]
) -> list[str]:
    """Complete the marked alerts' entries and queue what is to be told; their triggers stay."""
    closed = rows.triggers.closing(pass_id)
    told = [
        one for one in rows.deliveries.to_follow(pass_id) if one.destination.channel in switched_on
    ]
    to_follow = [(one.register_id, one.destination) for one in told]
    held = holding.keep_ends_back(rows, pass_id, told, now)
    telling.ended(rows, closed, to_follow, now, held)
    rows.deliveries.withdraw(pass_id)
    rows.register.complete(pass_id, now, reason)
    return closed
