"""`POST /language`: the person's own choice, kept in a cookie."""

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from events_tracker.web import guard
from events_tracker.web.context import here
from events_tracker.web.languages import COOKIE, LANGUAGES
from events_tracker.web.returning import page_left

blueprint = Blueprint("language", __name__)
_YEAR_SECONDS = 366 * 24 * 3_600


@blueprint.post("/language")
def choose() -> Response:
    """Set the language, and go back to where that was asked."""
    web = here().settings.web
    if guard.is_forged(request, web.url):
        abort(403)
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        abort(400, "language is one of: " + ", ".join(LANGUAGES))
    response = redirect(page_left(), 303)
    response.set_cookie(
        COOKIE,
        language,
        max_age=_YEAR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=(web.url or "").startswith("https://"),
    )
    return response
