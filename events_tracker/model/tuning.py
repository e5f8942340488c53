"""What `tracker tune` finds: the alerts that a rule would have opened."""

from typing import NamedTuple

from events_tracker.base.times import Instant
from events_tracker.model.groups import Group


class Episode(NamedTuple):
    """An alert as it would have lived: opened by one scan, over at another, or open yet.

    ``quantity``: what was counted when it opened.
    """

    group: Group
    opened_at: Instant
    quantity: int
    ended_at: Instant | None
