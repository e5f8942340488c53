"""`GET /api/v1/openapi.json`: what the API is, for programs that make programs."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from flask import Response

from events_tracker import __version__
from events_tracker.web.api import reading
from events_tracker.web.api.access import routes
from events_tracker.web.api.answers import answer

blueprint = routes("openapi", __name__)


@blueprint.get("/openapi.json")
def shown() -> Response:
    """Show the document of this version."""
    reading.query()
    return answer(document())


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document, with the program's version."""
    text = files(__package__).joinpath("openapi.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    found["info"]["version"] = __version__
    return found
