"""People and tokens as programs read them; never a password, a hash or a key."""

from typing import Any

from events_tracker.base.times import Instant, iso
from events_tracker.model.people import Person, Token

PERSON_FIELDS = ("name", "added_at", "password_at", "tokens")
PERSON_TIMES = ("added_at", "password_at")
TOKEN_FIELDS = (
    "jti",
    "name",
    "service",
    "scope",
    "status",
    "issued_at",
    "expires_at",
    "revoked_at",
)
TOKEN_TIMES = ("issued_at", "expires_at", "revoked_at")


def person_object(person: Person, tokens: int) -> dict[str, Any]:
    """Write a person, with the number of their valid tokens."""
    return {
        "name": person.name,
        "added_at": iso(person.added_at),
        "password_at": iso(person.password_at),
        "tokens": tokens,
    }


def token_object(token: Token, now: Instant) -> dict[str, Any]:
    """Write what is kept of a token, and what it is worth now."""
    return {
        "jti": token.id,
        "name": token.name,
        "service": token.service,
        "scope": token.scope.value,
        "status": token.status(now).value,
        "issued_at": iso(token.issued_at),
        "expires_at": iso(token.expires_at),
        "revoked_at": None if token.revoked_at is None else iso(token.revoked_at),
    }
