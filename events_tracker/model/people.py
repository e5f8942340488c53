"""A person who may sign in to the pages."""

from msgspec import Struct

from events_tracker.base.times import Instant

PERSON_NAME_WIDTH = 80


class Person(Struct, frozen=True):
    """``password`` is a hash; ``session_key`` is another one with every password."""

    name: str
    password: str
    session_key: str
    added_at: Instant
    password_at: Instant
