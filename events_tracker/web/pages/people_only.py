"""The door to the pages: nobody in who does not belong, nothing changed by another site."""

from urllib.parse import urlencode

from flask import Blueprint, abort, g, redirect, request
from werkzeug.wrappers import Response

from events_tracker.web import guard, sessions
from events_tracker.web.context import here
from events_tracker.web.errors import too_often
from events_tracker.web.returning import page_left


def pages(name: str, import_name: str, *, writes: bool = True) -> Blueprint:
    """Make a blueprint whose pages only who is signed in gets to see.

    Not ``writes``: what is posted to it changes nothing, and may come as often as one types.
    """
    made = Blueprint(name, import_name)
    made.before_request(_admit)
    if writes:
        made.before_request(_slow_down)
    return made


def who() -> str | None:
    """Return the name of who is signed in, by the proxy or by the cookie."""
    context = here()
    web = context.settings.web
    by_proxy = sessions.named_by_proxy(request, web)
    if by_proxy is not None:
        return by_proxy
    # What a page asks for by itself is no sign of life.
    by_person = "X-Fragment" not in request.headers
    return sessions.signed_in(web, context.store, context.now, counts_as_use=by_person)


def _admit() -> Response | None:
    g.person = who()
    if g.person is None:
        return redirect(f"/sign-in?{urlencode({'next': _back()})}", 303)
    if guard.is_forged(request, here().settings.web.url):
        abort(403)
    return None


def _back() -> str:
    """Return where to go on after signing in: here, or to the page that was left."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    return page_left()


def _slow_down() -> None:
    if request.method == "POST" and (seconds := here().count_write(g.person)):
        raise too_often(seconds)
