"""`/alarms/NAME/exceptions`: accounts with a value of their own for an alarm, or none at all."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from msgspec import Struct, field
from werkzeug.wrappers import Response

from events_tracker.app import editing
from events_tracker.app.app import zone
from events_tracker.base.errors import Refused, UsageError
from events_tracker.base.parsing import number_between
from events_tracker.base.problems import Unreadable
from events_tracker.base.text import ACCOUNT_CODE_WIDTH, REASON_WIDTH
from events_tracker.base.times import Instant, parse_span
from events_tracker.decisions.alarms.rules import LARGEST
from events_tracker.reports import exceptions
from events_tracker.web.alarm_forms import by_field, clean
from events_tracker.web.alarm_names import named
from events_tracker.web.context import here
from events_tracker.web.pages.people_only import pages

blueprint: Blueprint = pages("alarm_exceptions", __name__)
_FIELDS = ("account", "value", "until", "reason")


class Form(Struct, frozen=True):
    """What was typed of one exception; ``wrong`` has the words beside each field."""

    typed: Mapping[str, str] = field(default_factory=dict)
    never: bool = False
    wrong: Mapping[str, str] = field(default_factory=dict)


class Wanted(Struct, frozen=True):
    """One exception as it was typed; ``value`` None: the account is not counted."""

    account: str
    value: int | None
    ends_at: Instant | None
    reason: str


@blueprint.get("/alarms/<alarm:name>/exceptions")
def show(name: str) -> str:
    """List the exceptions in force, with the form of another one."""
    return _page(name, Form())


@blueprint.post("/alarms/<alarm:name>/exceptions")
def make(name: str) -> Response | tuple[str, int]:
    """Make one in place of any that the account has; or, with ``end``, end that of an account."""
    context = here()
    store = context.store()
    alarm = named(store, name).alarm
    editor = editing.exception_editor(context.app, context.settings, by=g.person)
    if "end" in request.form:
        try:
            editor.end(store, alarm.name, request.form["end"])
        except UsageError:
            return _page(name, Form(wrong={"": g.locale.gettext("It has ended already.")})), 422
        flash(g.locale.gettext("The exception has ended."))
        return _to(alarm.name)
    form = _sent()
    wanted = None if form.wrong else _wanted(form)
    if not isinstance(wanted, Wanted):
        return _page(name, wanted or form), 422
    try:
        editor.make(store, alarm.name, wanted.account, wanted.value, wanted.ends_at, wanted.reason)
    except Refused as refused:
        words = {name: " ".join(of) for name, of in by_field(refused.problems, g.locale).items()}
        return _page(name, Form(form.typed, form.never, words)), 422
    flash(g.locale.gettext("The exception holds from the next scan on."))
    if exceptions.doubt(store, alarm, wanted.account):
        flash(g.locale.gettext("Look again: nobody has such a code, or the alarm is not for it."))
    return _to(alarm.name)


def _sent() -> Form:
    """Read the form, and find what is missing or too long."""
    say = g.locale.gettext
    typed = {name: clean(request.form.get(name, "")) for name in _FIELDS}
    never = "never" in request.form
    wrong = {}
    if not typed["account"] or len(typed["account"]) > ACCOUNT_CODE_WIDTH:
        wrong["account"] = say("Write the code of one account.")
    if not typed["reason"] or len(typed["reason"]) > REASON_WIDTH:
        wrong["reason"] = say("Say why: it is kept with the exception.")
    if never == bool(typed["value"]):
        wrong["value"] = say("Write a value, or choose not to count it.")
    return Form(typed, never, wrong)


def _wanted(form: Form) -> Wanted | Form:
    """Read what was typed; the form with what is wrong where it cannot be read."""
    typed, context = form.typed, here()
    value = ends_at = None
    try:
        if not form.never:
            value = number_between(0, LARGEST)(typed["value"])
    except Unreadable as wrong:
        (words,) = by_field([wrong.of("value", typed["value"])], g.locale)["value"]
        return Form(typed, form.never, {"value": words})
    try:
        if typed["until"]:
            ends_at = parse_span(typed["until"], context.now, zone(context.settings)).end + 1
    except ValueError:
        ends_at = 0
    if ends_at is not None and ends_at <= context.now:
        words = g.locale.gettext("Write a day or a time to come: 2026-12-20, 2026-12-20T18:00.")
        return Form(typed, form.never, {"until": words})
    return Wanted(typed["account"], value, ends_at, typed["reason"])


def _page(name: str, form: Form) -> str:
    context = here()
    store = context.store()
    alarm = named(store, name).alarm
    shown: dict[str, Any] = {
        "alarm": alarm,
        "form": form,
        "exceptions": exceptions.of_alarm(store, alarm.name, context.now),
    }
    return render_template("alarm_exceptions.html", **shown)


def _to(name: str) -> Response:
    return redirect(url_for("alarm_exceptions.show", name=name), 303)
