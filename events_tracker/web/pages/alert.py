"""One alert, for ever: what was counted, who was told, what people wrote, how it ended."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from events_tracker.app import editing
from events_tracker.base.text import NOTE_WIDTH
from events_tracker.formats.masked import masked_destination, masked_error
from events_tracker.reports.alert import Told, told
from events_tracker.web.context import here
from events_tracker.web.pages.people_only import pages

blueprint = pages("alert", __name__)


@blueprint.get("/alerts/<register_id:id_>")
def show(id_: str) -> str:
    """Show one alert."""
    return _page(_found(id_))


@blueprint.post("/alerts/<register_id:id_>/notes")
def write_note(id_: str) -> Response | tuple[str, int]:
    """Write a note; with ``acknowledge`` the alert is theirs from now on."""
    found = _found(id_)
    text = request.form.get("text", "").strip()
    acknowledge = bool(request.form.get("acknowledge"))
    say = g.locale.gettext
    problem = None
    if not text and acknowledge:
        text = say("Taken over.")
    if not text:
        problem = say("Write something first.")
    elif len(text) > NOTE_WIDTH:
        problem = say("That is too long: at most %(most)d characters.") % {"most": NOTE_WIDTH}
    if problem:
        return _page(found, typed=text, problem=problem), 422
    context = here()
    editing.note(context.app, context.settings, id_, text, acknowledge=acknowledge, by=g.person)
    flash(say("The note is written down."))
    return redirect(f"/alerts/{id_}", 303)


def _found(id_: str) -> Told:
    found = told(here().store(), id_)
    if found is None:
        abort(404)
    return found


def _page(found: Told, **more: Any) -> str:
    return render_template(
        "alert.html",
        alert=found.alert,
        stands=found.situation,
        deliveries=found.deliveries,
        notes=found.notes,
        masked_destination=masked_destination,
        masked_error=masked_error,
        most=NOTE_WIDTH,
        **more,
    )
