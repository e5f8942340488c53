"""The editor of alarms: `/alarms/new`, `POST /alarms/NAME`, and the preview of what is typed."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from msgspec.structs import replace
from werkzeug.wrappers import Response

from events_tracker.app import editing
from events_tracker.base.errors import Changed, Refused
from events_tracker.base.problems import Problem
from events_tracker.base.text import COMMENT_WIDTH
from events_tracker.decisions.alarms.templates import TEMPLATES
from events_tracker.decisions.alarms.texts import as_texts
from events_tracker.model.alarms import Alarm
from events_tracker.passes.alarms import Editor
from events_tracker.reports import alarms
from events_tracker.reports.alarms import Listed
from events_tracker.storage import Store
from events_tracker.web.alarm_forms import Form, by_field, clean, given, meant, typed
from events_tracker.web.alarm_names import called, named
from events_tracker.web.alarm_versions import differences
from events_tracker.web.alarm_words import EXPLANATIONS
from events_tracker.web.context import here
from events_tracker.web.editor import blank, page_of, previewed
from events_tracker.web.pages.people_only import pages

blueprint: Blueprint = pages("alarm_editor", __name__)
previewing: Blueprint = pages("alarm_preview", __name__, writes=False)


@blueprint.get("/alarms/new")
def new() -> str | tuple[str, int]:
    """Show the form of a new alarm: from a ready-made one, like another one, or plain."""
    living = alarms.listed(here().store())
    return _page(Form(_beginning(living)), living)


@blueprint.post("/alarms/new")
def create() -> str | tuple[str, int] | Response:
    """Make an alarm of what was typed, or show the form again with what cannot be."""
    store = here().store()
    living = alarms.listed(store)
    form = _sent(None, living)
    if _asks_for_preview():
        return _previewed(form, living)
    if form.wrong:
        return _page(form, living, 422)
    try:
        alarm = _editor(form).create(store, given(form))
    except Refused as refused:
        return _page(_refused(form, refused), living, 422)
    return _to(alarm, "created")


@blueprint.post("/alarms/<alarm:name>")
def edit(name: str) -> str | tuple[str, int] | Response:
    """Change an alarm by what was typed, unless it cannot be so or somebody else was first."""
    store = here().store()
    living = alarms.listed(store)
    alarm = called(name, living)
    if alarm is None:
        return _gone(store, name)
    form = _sent(alarm, living)
    version = _version_read()
    if _asks_for_preview():
        return _previewed(form, living, version_read=version)
    if form.wrong:
        return _page(form, living, 422, version_read=version)
    try:
        change = _editor(form).edit(store, name, given(form), version)
    except Changed:
        return _overtaken(form, name)
    except Refused as refused:
        return _page(_refused(form, refused), living, 422, version_read=version)
    if not change.changed:
        return _to(change.alarm, "unchanged")
    revised = change.alarm.revision != change.before.revision
    return _to(change.alarm, "revised" if revised else "saved")


@previewing.post("/alarms/preview")
def preview() -> str:
    """Tell what the rule would do as it is typed: the fragment of the page alone."""
    living = alarms.listed(here().store())
    form = _sent(called(request.form.get("alarm"), living), living)
    return render_template("preview.html", **previewed(form, living))


def _beginning(living: Listed) -> dict[str, str | bool]:
    """Return the texts that a new alarm's form begins with."""
    first = blank()
    if copied := request.args.get("copy"):
        first = replace(named(here().store(), copied).alarm, name="")
    elif template := request.args.get("template"):
        if template not in TEMPLATES:
            abort(404)
        first = replace(
            TEMPLATES[template].begun(first),
            description=g.locale.gettext(EXPLANATIONS[template]),
        )
    return as_texts(first, living.names)


def _sent(alarm: Alarm | None, living: Listed) -> Form:
    """Read the form that was sent; what it lacks is as it is stored."""
    comment = clean(request.form.get("comment", ""))
    stored = as_texts(blank() if alarm is None else alarm, living.names)
    form = Form({**stored, **typed(request.form)}, alarm, comment)
    if len(comment) > COMMENT_WIDTH:
        problem = Problem("comment", "too_long", {"most": COMMENT_WIDTH})
        return replace(form, wrong=by_field([problem], g.locale))
    return form


def _version_read() -> int:
    """Return the version that the form began with. Ends the request where it was not sent."""
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        abort(400, g.locale.gettext("The form was not sent whole: load the page again."))
    return int(text)


def _asks_for_preview() -> bool:
    return "preview" in request.form


def _editor(form: Form) -> Editor:
    context = here()
    return editing.editor(context.app, context.settings, by=g.person, comment=form.comment or None)


def _refused(form: Form, refused: Refused) -> Form:
    return form.refused(refused.problems, g.locale)


def _overtaken(form: Form, name: str) -> tuple[str, int]:
    """Show the form again, with who was first, and where what is stored is not what was typed."""
    store = here().store()
    living = alarms.listed(store)
    alarm = called(name, living)
    if alarm is None:
        return _gone(store, name)
    latest = alarms.versions(store, name).steps[0].version
    conflict = {
        "by": latest.changed_by,
        "at": latest.changed_at,
        "comment": latest.comment,
        "differences": differences(as_texts(alarm, living.names), meant(form.typed)),
    }
    return _page(replace(form, alarm=alarm), living, 409, conflict=conflict)


def _gone(store: Store, name: str) -> tuple[str, int]:
    """Show the form of a new alarm with what was typed for one that is gone meanwhile."""
    if "version" not in request.form:
        named(store, name)
    living = alarms.listed(store)
    return _page(_sent(None, living), living, 409, conflict={"gone": name})


def _previewed(form: Form, living: Listed, **more: Any) -> tuple[str, int]:
    """Show the form with the preview of what was typed; nothing is stored."""
    shown = previewed(form, living)
    return _page(shown.pop("form"), living, **shown, **more)


def _page(form: Form, living: Listed, status: int = 200, **more: Any) -> tuple[str, int]:
    page = render_template("alarm_form.html", **{**page_of(form, living, here().store()), **more})
    return page, status


def _to(alarm: Alarm, done: str) -> Response:
    return redirect(url_for("alarm.show", name=alarm.name, done=done), 303)
