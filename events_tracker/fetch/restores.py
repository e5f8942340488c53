"""Which accounts send restores, by what is kept of the past."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from events_tracker.base.times import DAY, Duration, Span
from events_tracker.decisions.causes import is_restore

if TYPE_CHECKING:
    from events_tracker.base.times import Instant
    from events_tracker.storage import Rows

LOOK_BACK: Duration = 30 * DAY


def senders_of_restores(
    rows: "Rows", source: str, accounts: Collection[int], until: "Instant"
) -> frozenset[int]:
    """Choose the accounts of which a restore of an alarm was kept in the 30 days before."""
    kept = rows.hours.read(source, Span(until - LOOK_BACK, until), accounts)
    return frozenset(line.account_id for line in kept.lines() if is_restore(line.code))
