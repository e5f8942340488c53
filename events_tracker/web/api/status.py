"""`GET /api/v1/notifications` and `GET /api/v1/status`: what the commands of these names print."""

from flask import Response

from events_tracker.app import reports
from events_tracker.formats.notification import notification_object
from events_tracker.formats.status import check_object
from events_tracker.model.filters import Filter
from events_tracker.reports import notifications
from events_tracker.web.api import reading
from events_tracker.web.api.access import routes
from events_tracker.web.api.answers import answer
from events_tracker.web.context import here

blueprint = routes("status", __name__)


@blueprint.get("/status")
def status() -> Response:
    """Check everything that a pass needs; 200 whatever is found."""
    reading.query()
    context = here()
    checks = reports.status(context.app, context.settings)
    return answer([check_object(check) for check in checks])


@blueprint.get("/notifications")
def listed() -> Response:
    """List what was to be told, newest first, and what became of it."""
    given = reading.query("alarm", "account", "since", "limit")
    since, limit = reading.since(given), reading.limit(given)
    alarm, account = given.get("alarm"), given.get("account")
    store = here().store()
    reading.refuse_unknown(store, Filter(account=account, alarm=alarm))
    notices = notifications.listed(store, since, alarm, account, limit)
    return answer([notification_object(notice) for notice in notices])
