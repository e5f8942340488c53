"""The door to the API: a bearer token, never the cookie; and who writes signs with its name."""

from flask import Blueprint, Response, g, request

from events_tracker.model.people import Scope
from events_tracker.web.context import here
from events_tracker.web.errors import problem, too_often
from events_tracker.web.tokens import InvalidToken, bearer

PREFIX = "/api/v1"
_READING = {"GET", "HEAD", "OPTIONS"}


def routes(name: str, import_name: str, *, only_read: bool = False) -> Blueprint:
    """Make a blueprint whose routes only who has a token gets to use.

    ``only_read``: none of them writes, whatever its method.
    """
    made = Blueprint(f"api_{name}", import_name, url_prefix=PREFIX)
    made.before_request(_admit)
    if not only_read:
        made.before_request(_admit_writer)
    return made


def _admit() -> Response | None:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    context = here()
    secret = context.settings.web.secret or ""
    try:
        if scheme.lower() != "bearer":
            raise InvalidToken
        g.token = bearer(text.strip(), secret, context.store(), context.now)
    except InvalidToken:
        detail = "send a valid token as `Authorization: Bearer`: `tracker token` makes one"
        return problem(401, detail, WWW_Authenticate="Bearer")
    g.person = g.token.name
    return None


def _admit_writer() -> Response | None:
    """Let write who may, and no more often than anybody needs to. Raises TooManyRequests."""
    if request.method in _READING:
        return None
    if g.token.scope is not Scope.READ_WRITE:
        return problem(403, "this token is for reading only: `tracker token` makes others")
    if seconds := here().count_write(g.person):
        raise too_often(seconds)
    return None
