"""people: everybody who may sign in, and what is valid in their names."""

from typing import TYPE_CHECKING

from events_tracker.base.times import Instant
from events_tracker.model.people import People

if TYPE_CHECKING:
    from events_tracker.storage import Store


def names(store: "Store") -> list[str]:
    """Read the names of everybody who may sign in."""
    return store.read(lambda rows: [person.name for person in rows.people.all()])


def listed(store: "Store", now: Instant) -> People:
    """Read everybody, by name, with the numbers of their valid tokens."""
    return store.read(lambda rows: People(rows.people.all(), rows.tokens.valid(now)))
