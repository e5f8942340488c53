"""`GET /alarms/NAME`: what one alarm found, what it was, and the form that changes it."""

from flask import Blueprint, g, render_template, request

from events_tracker.base import limits
from events_tracker.model.alarms import Alarm
from events_tracker.reports import alarms
from events_tracker.web.alarm_forms import stored_form
from events_tracker.web.alarm_names import named
from events_tracker.web.alarm_versions import told_versions
from events_tracker.web.alarm_words import DONE, OF_DEFAULT
from events_tracker.web.context import here
from events_tracker.web.editor import page_of
from events_tracker.web.pages.people_only import pages

blueprint: Blueprint = pages("alarm", __name__)


@blueprint.get("/alarms/<alarm:name>")
def show(name: str) -> str:
    """Show one alarm; without one of that name, a page that names the nearest."""
    store = here().store()
    alarm, living = named(store, name)
    story = alarms.story(store, alarm.name, here().now)
    return render_template(
        "alarm.html",
        alarm=alarm,
        description=_description(alarm),
        most=limits.RECENT_DETECTIONS,
        exceptions=story.exceptions,
        is_open=story.is_open,
        over=[alert for alert in story.recent if alert.cleared_at is not None],
        versions=told_versions(story.versions),
        done=DONE.get(request.args.get("done", "")),
        **page_of(stored_form(alarm, living.names), living, store),
    )


def _description(alarm: Alarm) -> str:
    """Return what an alarm is for: in the page's language where the words are the program's."""
    ours = alarm.description == OF_DEFAULT
    return g.locale.gettext(alarm.description) if ours else alarm.description
