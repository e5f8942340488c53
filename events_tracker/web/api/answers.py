"""Answers of the API: JSON as the commands print it."""

from typing import Any

from flask import Response

from events_tracker.formats.cells import json_text


def answer(value: Any, status: int = 200, **headers: str) -> Response:
    """Answer with JSON."""
    return Response(json_text(value), status, headers, content_type="application/json")
