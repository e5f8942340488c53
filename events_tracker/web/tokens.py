"""Bearer tokens of the HTTP API: JWTs signed with WEB_SECRET, each of them on record.

What the signature alone says is not enough: a token can be revoked, and its person removed.
"""

from typing import TYPE_CHECKING, Literal

import jwt
import msgspec
from msgspec import Struct

from events_tracker.base.times import SECOND, Instant
from events_tracker.model.people import Scope, Token, TokenStatus

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store

_ALGORITHM = "HS256"
_AUDIENCE: Literal["api"] = "api"


class InvalidToken(Exception):
    """A text that opens nothing: none of our tokens, or one that is not worth anything now."""


class Claims(Struct, frozen=True):
    """What a token says of itself; times in seconds, as JWT has them."""

    sub: str
    jti: str
    iat: int
    exp: int
    aud: Literal["api"]
    scope: Scope


def issue(token: Token, secret: str) -> str:
    """Write a token as the text that its holder sends."""
    claims = Claims(
        sub=token.name,
        jti=token.id,
        iat=token.issued_at // SECOND,
        exp=token.expires_at // SECOND,
        aud=_AUDIENCE,
        scope=token.scope,
    )
    return jwt.encode(msgspec.to_builtins(claims), secret, _ALGORITHM)


def verify(text: str, secret: str, now: Instant) -> Claims:
    """Read a text's claims; raises InvalidToken unless it is signed, complete and in its time."""
    try:
        payload = jwt.decode(
            text,
            secret,
            [_ALGORITHM],
            # Times are for the clock that the rest goes by; see below.
            {"verify_exp": False, "verify_iat": False, "require": list(Claims.__struct_fields__)},
            audience=_AUDIENCE,
        )
        claims = msgspec.convert(payload, Claims)
    # The library lets through what is no UTF-8, and JSON that is nested without end.
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise InvalidToken from None
    if claims.exp * SECOND <= now:
        raise InvalidToken
    return claims


def bearer(text: str, secret: str, store: "Store", now: Instant) -> Token:
    """Return the token on record that a request's text is; its name signs what it changes.

    Raises InvalidToken unless it is valid now.
    """
    claims = verify(text, secret, now)
    token = store.read(lambda rows: _on_record(claims, rows, now))
    if token is None:
        raise InvalidToken
    return token


def _on_record(claims: Claims, rows: "Rows", now: Instant) -> Token | None:
    token = rows.tokens.get(claims.jti)
    if token is None or token.name != claims.sub or token.status(now) != TokenStatus.VALID:
        return None
    if not token.service and rows.people.named(token.name) is None:
        return None
    return token
