"""`GET /health`: whether the pages show what is true, for whoever watches the server."""

from flask import Blueprint, Response, jsonify

from events_tracker.base.errors import TrackerError
from events_tracker.web.context import here

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> tuple[Response, int]:
    """Tell without any detail whether the database answers and the last good scan is recent."""
    context = here()
    try:
        good_until = context.store().read(lambda rows: rows.runs.scans()).good_until
    except TrackerError:
        return jsonify(status="unavailable"), 503
    if good_until is None or good_until < context.now - context.settings.tracker.stale_after:
        return jsonify(status="stale"), 503
    return jsonify(status="ok"), 200
