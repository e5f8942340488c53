"""`GET /health`: whether the pages show what is true, for whoever watches the server."""

from flask import Blueprint, Response, jsonify

from events_tracker.base.errors import TrackerError
from events_tracker.reports.freshness import freshness
from events_tracker.web.context import here

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> tuple[Response, int]:
    """Tell without any detail whether the database answers and the last good scan is recent."""
    context = here()
    try:
        stale_after = context.settings.tracker.stale_after
        found = freshness(context.store(), context.now, stale_after)
    except TrackerError:
        return jsonify(status="unavailable"), 503
    if found.is_stale:
        return jsonify(status="stale"), 503
    return jsonify(status="ok"), 200
