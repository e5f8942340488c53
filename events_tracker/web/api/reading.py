"""What programs send, read strictly: a part that nobody understands is told, never passed over."""

import json
from collections.abc import Collection, Mapping
from typing import Any, NoReturn

from flask import abort, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from events_tracker.app.app import zone
from events_tracker.base.errors import Refused
from events_tracker.base.parsing import number_between
from events_tracker.base.problems import Problem, Unreadable
from events_tracker.base.text import COMMENT_WIDTH, did_you_mean, is_storable, shortened
from events_tracker.base.times import Instant, parse_span
from events_tracker.model.filters import Filter
from events_tracker.reports.known import unknown
from events_tracker.storage import Store
from events_tracker.web.context import here
from events_tracker.web.errors import problem
from events_tracker.web.queries import NAMES

LIMIT, HIGHEST_LIMIT = 100, 1_000


def query(*known: str) -> Mapping[str, str]:
    """Return what the address asks for, each part once; answers 400 for any other part."""
    for name, texts in request.args.lists():
        if name not in known:
            there_are = f"there are {', '.join(known)}" if known else "there are none here"
            refuse(name, f"there is no such parameter: {there_are}")
        if len(texts) > 1:
            refuse(name, "write it once")
    return request.args.to_dict()


def limit(given: Mapping[str, str]) -> int:
    """Return how many items are asked for; answers 400 if that is no number in its bounds."""
    try:
        return number_between(1, HIGHEST_LIMIT)(given.get("limit", str(LIMIT)))
    except Unreadable as wrong:
        refuse("limit", str(wrong))


def since(given: Mapping[str, str]) -> Instant:
    """Return the moment from which on something is asked for; answers 400 if it names none."""
    if "since" not in given:
        return 0
    context = here()
    try:
        return parse_span(given["since"], context.now, zone(context.settings)).start
    except ValueError as wrong:
        refuse("since", str(wrong))


def refuse(parameter: str, text: str) -> NoReturn:
    """Answer 400: this parameter of the address cannot be so."""
    abort(problem(400, f"{parameter}: {text}", [{"field": parameter, "text": text}]))


def refuse_unknown(store: Store, wanted: Filter) -> None:
    """Answer 400 if a filter names what nobody here knows: an empty list would look as if well."""
    errors = []
    for one in unknown(store, wanted):
        text = f"nobody here knows {shortened(one.given)!r}{did_you_mean(one.nearest)}"
        errors.append({"field": NAMES[one.field], "text": text})
    if errors:
        abort(problem(400, "; ".join(f"{e['field']}: {e['text']}" for e in errors), errors))


def body(*, optional: bool = False) -> dict[str, Any]:
    """Read the JSON object that was sent; ``optional``: nothing is as good as an empty one.

    Raises UnsupportedMediaType, BadRequest and, if it is too large, RequestEntityTooLarge.
    """
    sent = request.get_data(cache=False)
    if optional and not sent:
        return {}
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("send JSON, with `Content-Type: application/json`")
    try:
        found = json.loads(
            sent.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"the body is not JSON that can be read: {_why(error)}") from None
    if not isinstance(found, dict):
        raise BadRequest("the body must be a JSON object")
    return found


def comment(fields: dict[str, Any]) -> str | None:
    """Take the comment out of what was sent. Raises Refused."""
    found = text(fields, "comment", COMMENT_WIDTH)
    return found or None


def text(fields: dict[str, Any], field: str, width: int) -> str:
    """Take a text out of what was sent, empty if it is not there. Raises Refused."""
    found = fields.pop(field, None)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise Refused([Problem(field, "json_text")])
    if not is_storable(found):
        raise Refused([Problem(field, "json_unicode")])
    if len(found) > width:
        raise Refused([Problem(field, "too_long", {"most": width})])
    return found


def flag(fields: dict[str, Any], field: str) -> bool:
    """Take what is true or false out of what was sent, false if it is not there. Raises Refused."""
    found = fields.pop(field, False)
    if not isinstance(found, bool):
        raise Refused([Problem(field, "json_flag")])
    return found


def refuse_others(fields: Mapping[str, Any]) -> None:
    """Raise Refused if anything is left of what was sent."""
    if fields:
        raise Refused([Problem(field, "unknown_field") for field in fields])


def _object(pairs: Collection[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{shortened(twice)!r} is there twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not in UTF-8"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error)
