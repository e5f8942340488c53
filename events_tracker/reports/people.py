"""people: everybody who may sign in, and the tokens that were issued."""

from typing import TYPE_CHECKING

from events_tracker.base.times import Instant
from events_tracker.model.people import People, Token

if TYPE_CHECKING:
    from events_tracker.storage import Store


def names(store: "Store") -> list[str]:
    """Read the names of everybody who may sign in."""
    return store.read(lambda rows: [person.name for person in rows.people.all()])


def listed(store: "Store", now: Instant) -> People:
    """Read everybody, by name, with the numbers of their valid tokens."""
    return store.read(lambda rows: People(rows.people.all(), rows.tokens.valid(now)))


def tokens(store: "Store") -> list[Token]:
    """Read every token on record, the newest first."""
    return store.read(lambda rows: rows.tokens.all())
