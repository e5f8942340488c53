"""Signing in with name and password, and signing out."""

from flask import Blueprint, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response

from events_tracker.base.text import plain_name
from events_tracker.web import guard, passwords, sessions
from events_tracker.web.context import here
from events_tracker.web.errors import too_often
from events_tracker.web.pages.people_only import who

blueprint = Blueprint("sign_in", __name__)


@blueprint.before_request
def _refuse_forgeries() -> None:
    if guard.is_forged(request, here().settings.web.url):
        abort(403)


@blueprint.get("/sign-in")
def form() -> str | Response:
    """Show the form; who is signed in already goes on."""
    going_to = guard.own_path(request.args.get("next"))
    g.person = who()
    if g.person is not None:
        return redirect(going_to or "/alerts", 303)
    return render_template("sign_in.html", going_to=going_to, name="", failed=False)


@blueprint.post("/sign-in")
def sign_in() -> tuple[str, int] | Response:
    """Sign in, or show the form again; the same words whether name or password is wrong."""
    context = here()
    address = request.remote_addr or ""
    if (seconds := context.failed_sign_ins.wait(address, context.monotonic())) > 0:
        raise too_often(seconds)
    going_to = guard.own_path(request.form.get("next"))
    name, password = plain_name(request.form.get("name", "")), request.form.get("password", "")
    person = context.store().read(lambda rows: rows.people.named(name))
    if not passwords.check(password, person) or person is None:
        context.failed_sign_ins.count(address, context.monotonic())
        page = render_template("sign_in.html", going_to=going_to, name=name, failed=True)
        return page, 401
    sessions.sign_in(person, context.now)
    return redirect(going_to or "/alerts", 303)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """Sign out in this browser."""
    sessions.sign_out()
    return redirect("/sign-in", 303)
