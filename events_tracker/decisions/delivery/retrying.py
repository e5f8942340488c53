"""What becomes of a delivery whose attempt failed: when it is due again, and who has it already."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base import limits
from events_tracker.base.errors import DeliveryError, PartlySent, Retry
from events_tracker.base.times import Instant
from events_tracker.model.deliveries import (
    CLEARED,
    OPENED,
    SEGWARE,
    DeliveryStatus,
    DueDelivery,
    Parcel,
    Rest,
)


class Verdict(Struct, frozen=True):
    """The status that a failed attempt leaves; ``due_at`` matters while it is pending."""

    status: DeliveryStatus
    due_at: Instant


def verdict(
    item: DueDelivery,
    again: Retry,
    attempts: int,
    now: Instant,
    max_attempts: int,
    *,
    awaited: bool,
) -> Verdict:
    """Decide if a delivery that just failed is given up, left uncertain, or due again, and when.

    ``attempts`` is the highest among the deliveries that travelled together, so that they stay
    together. What may have been taken is repeated on every channel but the one where it would
    raise a second alarm. What some recipients have counts as sent once the others are given up;
    ``awaited`` says that somebody waits for that.
    """
    if again is Retry.UNKNOWN and item.destination.channel == SEGWARE:
        return Verdict(DeliveryStatus.UNCERTAIN, now)
    given_up = again is Retry.NEVER or item.last_chance or awaited
    most = min(max_attempts, limits.BRIEF_ATTEMPTS) if again is Retry.BRIEFLY else max_attempts
    if given_up or item.attempts >= most:
        return Verdict(DeliveryStatus.FAILED if item.rest is None else DeliveryStatus.SENT, now)
    pause = limits.RETRY_AFTER[min(attempts, len(limits.RETRY_AFTER)) - 1]
    return Verdict(DeliveryStatus.PENDING, now + pause)


def reached(parcel: Parcel, error: DeliveryError) -> Parcel:
    """Note in a parcel who is left of its recipients, where a failure was not everybody's."""
    if not isinstance(error, PartlySent):
        return parcel
    before = parcel.items[0].rest
    lost = [text for text in (before.lost if before else None, error.lost) if text]
    rest = Rest(error.left, "; ".join(lost) or None, error.provider_id)
    return replace(parcel, items=tuple(replace(item, rest=rest) for item in parcel.items))


def known_so_far(before: Rest | None, error: DeliveryError) -> str:
    """Write the error of a delivery, with what earlier attempts lost for good."""
    if before is None:
        return str(error)
    told = str(error)
    if not isinstance(error, PartlySent):
        told = f"{told}; {', '.join(before.left)} cannot be told, the others have the message"
    return f"{before.lost}; {told}" if before.lost else told


def is_awaited(item: DueDelivery, parcel: Parcel) -> bool:
    """Tell if those who know of an alert wait for this delivery to the rest to hear of its end.

    Its end is told after its opening: in a message of its own, unless both travel together or it
    was over when it was detected.
    """
    if item.rest is None or item.alert.cleared_at is None:
        return False
    if item.bundle is not None and item.kept is None:
        return False
    return not any(
        i.kind == CLEARED and i.alert.register_id == item.alert.register_id for i in parcel.items
    )


def orphans(parcel: Parcel, failed: Iterable[DueDelivery]) -> set[str]:
    """Find the `cleared` deliveries whose `opened` one, in the same parcel, was just given up."""
    given_up = {item.alert.id for item in failed if item.kind == OPENED}
    return {item.id for item in parcel.items if item.kind == CLEARED and item.alert.id in given_up}
