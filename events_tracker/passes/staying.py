"""What a clear leaves open, with why it is not over: for its dry run."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.base.times import Instant
from events_tracker.decisions.detection.staying import why_it_stays
from events_tracker.model.alarms import Clearing
from events_tracker.model.alerts import Alert, OpenAlert
from events_tracker.model.explanations import Reason

if TYPE_CHECKING:
    from events_tracker.storage import Rows


class Staying(Struct, frozen=True):
    """An alert that `clear` leaves open, its last count, and why it is not over."""

    alert: Alert
    quantity: int
    reason: Reason


def why_they_stay(
    rows: "Rows", stays: Sequence[OpenAlert], clearing: Clearing, now: Instant
) -> list[Staying]:
    """Say of alerts that are not over why; ``clearing`` is the settings'."""
    if not stays:
        return []
    # What lies further ahead was written by a clock that was wrong.
    horizon = now + limits.SKEW
    moments = [standing.observed_at for standing in rows.triggers.standings()]
    newest = max((at for at in moments if at <= horizon), default=0)
    return [Staying(one.alert, one.quantity, why_it_stays(one, clearing, newest)) for one in stays]
