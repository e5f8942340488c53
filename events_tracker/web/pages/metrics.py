"""`GET /metrics`: the numbers of `status --metrics`, for Prometheus, where WEB_METRICS is on."""

from flask import Blueprint, Response

from events_tracker.app import reports
from events_tracker.base.errors import TrackerError
from events_tracker.formats.metrics import CONTENT_TYPE
from events_tracker.web.context import here

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Tell the numbers without sign-in; no error says more than that there are none just now."""
    context = here()
    try:
        text = reports.metrics(context.settings, context.store(), context.now)
    except TrackerError:
        return Response("unavailable\n", 503, content_type=CONTENT_TYPE)
    return Response(text, content_type=CONTENT_TYPE)
