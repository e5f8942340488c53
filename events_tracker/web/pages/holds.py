"""`/holds`: of whom nobody is told for a while. A hold is made once it was seen what it does."""

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from events_tracker.app import holds as holding
from events_tracker.app.redaction import redacted
from events_tracker.base.errors import NotFound, SegwareError, UsageError
from events_tracker.reports import alarms
from events_tracker.reports.holds import holds
from events_tracker.settings import secrets
from events_tracker.web.context import here
from events_tracker.web.hold_forms import HoldForm, asked, meant, not_made, sent
from events_tracker.web.pages.people_only import pages

if TYPE_CHECKING:
    from events_tracker.passes.hold import Summary

blueprint: Blueprint = pages("holds", __name__)


@blueprint.get("/holds")
def listed() -> str:
    """List the holds that are active, or all there ever were, with the form of another one."""
    return _page(asked())


@blueprint.post("/holds")
def make() -> Response | tuple[str, int]:
    """Say what the hold would do; make it, if that was seen of the same form."""
    form, context = sent(), here()
    wanted = meant(form)
    if isinstance(wanted, HoldForm):
        return _page(wanted), 422
    seen = request.form.get("seen") == form.mark
    try:
        summary = holding.make(context.app, context.settings, wanted, by=g.person, dry_run=not seen)
    except (UsageError, SegwareError) as error:
        told = redacted(str(error), secrets(context.settings))
        if isinstance(error, SegwareError):
            return _page(HoldForm(form.typed, form.is_long, {"": told})), 503
        return _page(not_made(form, error, told)), 422
    if not seen:
        return _page(form, summary), 200
    flash(g.locale.gettext("Nobody is told of it until then."))
    return redirect("/holds", 303)


@blueprint.post("/holds/<register_id:id_>/end")
def end(id_: str) -> Response | tuple[str, int]:
    """End a hold in the person's name."""
    context, say = here(), g.locale.gettext
    try:
        holding.end(context.app, context.settings, id_, by=g.person)
    except NotFound:
        abort(404)
    except UsageError:
        return _page(HoldForm(wrong={"ended": say("It has ended already.")})), 422
    flash(say("The hold is over: what it kept back is told now."))
    return redirect("/holds", 303)


def _page(form: HoldForm, summary: "Summary | None" = None) -> str:
    context = here()
    store, state = context.store(), request.args.get("state")
    return render_template(
        "holds.html",
        form=form,
        summary=summary,
        every=state == "all",
        holds=holds(store, context.now, ended=state == "all"),
        alarms=alarms.listed(store).names.values(),
    )
