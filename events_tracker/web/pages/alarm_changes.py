"""What is done to an alarm as a whole: on, off, dealt with, back to a version, deleted."""

from collections.abc import Callable

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from events_tracker.app import editing
from events_tracker.base.errors import Refused
from events_tracker.model.alarms import DEFAULT_ALARM, Alarm
from events_tracker.passes.alarms import Change, Editor
from events_tracker.storage import Store
from events_tracker.web.alarm_forms import by_field, clean
from events_tracker.web.alarm_names import named
from events_tracker.web.context import here
from events_tracker.web.pages.people_only import pages

blueprint: Blueprint = pages("alarm_changes", __name__)

Act = Callable[[Editor, Store, str], Change]


def _verb(path: str, done: str, act: Act) -> None:
    """Make an address that does one thing to one alarm."""

    def do(name: str) -> Response:
        return _done(name, done, act)

    blueprint.add_url_rule(f"/alarms/<alarm:name>/{path}", path, do, methods=["POST"])


_verb("enable", "enabled", lambda editor, store, name: editor.enable(store, name))
_verb("disable", "disabled", lambda editor, store, name: editor.disable(store, name))
_verb("close", "closed", lambda editor, store, name: editor.follow_up(store, name, "closed"))
_verb("reopen", "reopened", lambda editor, store, name: editor.follow_up(store, name, "open"))


@blueprint.post("/alarms/<alarm:name>/restore")
def restore(name: str) -> Response | tuple[str, int]:
    """Go back to what was set in an earlier version."""
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        abort(400)
    try:
        return _done(
            name, "restored", lambda editor, store, name: editor.restore(store, name, int(text))
        )
    except Refused as refused:
        said = by_field(refused.problems, g.locale)
        page = render_template("not_restored.html", name=name, version=text, wrong=said)
        return page, 422


@blueprint.get("/alarms/<alarm:name>/delete")
def ask(name: str) -> str:
    """Ask whether it is to be deleted, and say what that means."""
    return _question(name)


@blueprint.post("/alarms/<alarm:name>/delete")
def delete(name: str) -> Response | tuple[str, int]:
    """Delete it, if its name was confirmed; else ask."""
    store = here().store()
    alarm = named(store, name).alarm
    if alarm.id == DEFAULT_ALARM or request.form.get("confirm") != name:
        return _question(name), 422
    _editor().delete(store, name)
    return redirect(url_for("alarms.list_", done="deleted"), 303)


def _question(name: str) -> str:
    alarm, living = named(here().store(), name)
    counting = [one.name for one in living.alarms if one.definition.source_alarm_id == alarm.id]
    is_default = alarm.id == DEFAULT_ALARM
    return render_template(
        "delete_alarm.html",
        alarm=alarm,
        counting=counting,
        is_default=is_default,
        comment=clean(request.form.get("comment", "")),
    )


def _done(name: str, done: str, act: Act) -> Response:
    store = here().store()
    named(store, name)
    change = act(_editor(), store, name)
    return _to(change.alarm, done if change.changed else "unchanged")


def _editor() -> Editor:
    context = here()
    comment = clean(request.form.get("comment", "")) or None
    return editing.editor(context.app, context.settings, by=g.person, comment=comment)


def _to(alarm: Alarm, done: str) -> Response:
    return redirect(url_for("alarm.show", name=alarm.name, done=done), 303)
