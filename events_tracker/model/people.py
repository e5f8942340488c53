"""People who may sign in to the pages, and the tokens that open the HTTP API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct

from events_tracker.base.times import Instant

PERSON_NAME_WIDTH = 80


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in; their name stands under what they change."""

    name: str
    password: str = field(repr=False)
    """A salted hash, never the password itself."""
    session_key: str
    """Another one with every password: sessions that name an earlier one are over."""
    added_at: Instant
    password_at: Instant


class Scope(StrEnum):
    """What a token allows, as its claim ``scope`` has it."""

    READ = "read"
    READ_WRITE = "read write"


class TokenStatus(StrEnum):
    """What a token is worth at some moment."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Token(Struct, frozen=True):
    """A token that was issued: all that is kept of it, for the text that opens the API is not.

    ``id`` is its claim ``jti``; ``service``: it is a program's, which needs no person of this name.
    """

    id: str
    name: str
    service: bool
    scope: Scope
    issued_at: Instant
    expires_at: Instant
    revoked_at: Instant | None = None

    def status(self, now: Instant) -> TokenStatus:
        """Tell what it is worth at a moment; the first one that is too late is ``expires_at``."""
        if self.revoked_at is not None:
            return TokenStatus.REVOKED
        return TokenStatus.EXPIRED if self.expires_at <= now else TokenStatus.VALID


class People(Struct, frozen=True):
    """Everybody who may sign in, by name, and how many tokens of each name are valid."""

    all: list[Person]
    tokens: Mapping[str, int]
