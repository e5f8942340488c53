"""`POST /api/v1/alarms/preview`: what a rule would open. It writes nothing, though it is a POST."""

from flask import Response

from events_tracker.base.problems import ENGLISH
from events_tracker.formats.alarm_input import given_alarm
from events_tracker.formats.preview import preview_object
from events_tracker.messages.unseen import unseen_texts
from events_tracker.web.api import reading
from events_tracker.web.api.access import routes
from events_tracker.web.api.answers import answer
from events_tracker.web.context import here

blueprint = routes("previews", __name__, only_read=True)


@blueprint.post("/alarms/preview")
def preview() -> Response:
    """Tell what a new alarm of these fields opens now, and would have opened in the last day."""
    fields = reading.body()
    reading.comment(fields)
    context = here()
    found = context.previews.preview(context.app, context.settings, given_alarm(fields))
    return answer(preview_object(found, unseen_texts(found.unseen, ENGLISH)))
