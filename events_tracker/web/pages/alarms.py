"""`GET /alarms`: every alarm, what it looks for, and how it is doing."""

from flask import Blueprint, g, render_template, request
from msgspec import Struct

from events_tracker.base.times import DAY, Duration
from events_tracker.decisions.alarms.templates import TEMPLATES
from events_tracker.model.alarms import Alarm
from events_tracker.reports import alarms
from events_tracker.reports.alarms import Activity
from events_tracker.web.alarm_words import DONE, EXPLANATIONS
from events_tracker.web.context import here
from events_tracker.web.editor import Rule, choices, said
from events_tracker.web.pages.people_only import pages

blueprint: Blueprint = pages("alarms", __name__)

_LATELY: Duration = 7 * DAY


class Row(Struct, frozen=True):
    """An alarm in the list."""

    alarm: Alarm
    rule: Rule
    activity: Activity


@blueprint.get("/alarms")
def list_() -> str:
    """Show the list, and what new alarms may start from."""
    store = here().store()
    living = alarms.listed(store)
    activity = alarms.activity(store, here().now - _LATELY)
    return render_template(
        "alarms.html",
        rows=[
            Row(
                alarm,
                said(alarm, living.names),
                activity.get(alarm.id, Activity(0, 0)),
            )
            for alarm in living.alarms
        ],
        ready={name: g.locale.gettext(EXPLANATIONS[name]) for name in TEMPLATES},
        priorities=choices()["priority"],
        done=DONE.get(request.args.get("done", "")),
    )
