"""What went wrong, as a page for people and as `application/problem+json` for programs."""

import logging
import math
from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException, TooManyRequests
from werkzeug.http import HTTP_STATUS_CODES

from events_tracker.app.redaction import redacted, report
from events_tracker.base.errors import (
    Changed,
    NotFound,
    Refused,
    SetupError,
    StorageError,
    TrackerError,
    UsageError,
)
from events_tracker.base.problems import ENGLISH, words
from events_tracker.formats.alarm_input import json_name
from events_tracker.formats.cells import json_text
from events_tracker.settings import secrets
from events_tracker.web.context import here
from events_tracker.web.queries import BadQuery
from events_tracker.web.returning import page_left

API = "/api/"
_DETAILS = {
    404: "there is nothing at this address",
    405: "this address is not for this method",
    413: "the body is larger than 64 kB",
    429: "too many changes in a minute: wait a moment, then try again",
}
"""What programs are told where the library has nothing of its own to say."""
_log = logging.getLogger(__name__)


def register(site: Flask) -> None:
    """Let the site answer every error itself, in the form that fits who asks."""
    site.register_error_handler(HTTPException, _http)
    site.register_error_handler(TrackerError, _ours)
    site.register_error_handler(BadQuery, _bad_query)
    site.register_error_handler(Exception, _unforeseen)


def problem(
    status: int, detail: str, errors: Sequence[dict[str, str]] = (), **headers: str
) -> Response:
    """Make a problem document (RFC 9457) with our own list of wrong fields."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES.get(status, "Error"),
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = list(errors)
    return Response(
        json_text(body).encode("utf-8", "backslashreplace"),
        status,
        {name.replace("_", "-"): value for name, value in headers.items()},
        content_type="application/problem+json",
    )


def field_errors(refused: Refused) -> list[dict[str, str]]:
    """List what is wrong by field, in English: programs speak the words of the contract."""
    return [
        {"field": json_name(problem.field), "text": words(problem, ENGLISH, json_name)}
        for problem in refused.problems
    ]


def _http(error: HTTPException) -> Response | Any:
    if error.response is not None:
        return error.response
    status, detail = error.code or 500, error.description or ""
    headers = {name: value for name, value in error.get_headers() if name.lower() != "content-type"}
    if request.path.startswith(API):
        own = detail != (type(error).description or "")
        made = problem(status, detail if own else _DETAILS.get(status, detail))
    else:
        made = _page(status, _explained(status, detail))
    made.headers.extend(headers)
    return made


def _ours(error: TrackerError) -> Response:
    """Answer an error that says itself what is wrong: the database's, or of what was asked."""
    text = redacted(str(error), secrets(here().settings))
    away = isinstance(error, StorageError | SetupError)
    if away:
        _log.warning("%s %s: %s", request.method, request.path, text)
    status = _status(error)
    if request.path.startswith(API):
        if away:
            return problem(status, text, Retry_After="5")
        if isinstance(error, Refused):
            fields = field_errors(error)
            text = "; ".join(
                f"{e['field']}: {e['text']}" if e["field"] else e["text"] for e in fields
            )
            return problem(status, text, fields)
        return problem(status, text)
    if away:
        return _page(status, g.locale.gettext("The database does not answer."), text)
    return _page(status, text)


def _status(error: TrackerError) -> int:
    """Return the status that says whose matter an error is."""
    match error:
        case NotFound():
            return 404
        case Changed():
            return 409
        case Refused(problems=problems) if all(one.key == "name_taken" for one in problems):
            return 409
        case UsageError():
            return 422
        case _:
            return 503


def _bad_query(error: BadQuery) -> Response:
    if request.path.startswith(API):
        return problem(400, str(error), [{"field": error.field, "text": error.text}])
    words = g.locale.problem(error.problem)
    return _page(400, f"{words[:1].upper()}{words[1:]}.")


def _unforeseen(error: Exception) -> Response:
    """Answer a bug of ours: what it says is for the log, without secrets."""
    lines = "\n".join(report(error, secrets(here().settings)))
    _log.error("%s %s: %s", request.method, request.path, lines.removeprefix("error: "))
    if current_app.testing:
        raise error
    if request.path.startswith(API):
        return problem(500, "an unexpected error; the server's log has more")
    return _page(500, g.locale.gettext("An unexpected error; the server's log has more."))


def _page(status: int, text: str, detail: str = "") -> Response:
    sent = request.method not in ("GET", "HEAD")
    page = render_template(
        "error.html", status=status, text=text, detail=detail, left=page_left() if sent else None
    )
    return Response(page, status, content_type="text/html; charset=utf-8")


def _explained(status: int, detail: str) -> str:
    """Say in the person's language what became of the request."""
    say = g.locale.gettext
    known = {
        403: say("This was not sent from a page of ours, so nothing was done."),
        404: say("There is nothing at this address."),
        405: say("This address is not for that."),
        413: say("That is too much at once."),
        429: say("Too often: wait a moment, then try again."),
    }
    found: str = known.get(status, detail)
    return found


def too_often(seconds: float) -> TooManyRequests:
    """Make the answer to who does something more often than anybody needs to."""
    return TooManyRequests(retry_after=math.ceil(seconds))
