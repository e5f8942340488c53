"""The alerts list: what is open, what is over, by every filter; closing those that are chosen."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from events_tracker.app import passes
from events_tracker.app.app import zone
from events_tracker.base import limits
from events_tracker.formats.alert import ALERT_FIELDS, alert_object
from events_tracker.formats.cells import csv_lines
from events_tracker.formats.cursor import cursor_text
from events_tracker.model.alarms import Priority
from events_tracker.model.alerts import Alert
from events_tracker.model.filters import Filter, State
from events_tracker.reports import alarms, history
from events_tracker.reports.freshness import freshness
from events_tracker.reports.history import Slice
from events_tracker.reports.holds import keepers
from events_tracker.reports.known import unknown
from events_tracker.storage import Store
from events_tracker.web.context import here
from events_tracker.web.pages.people_only import pages
from events_tracker.web.queries import NAMES, AlertQuery, BadQuery, read_query

blueprint = pages("alerts", __name__)


@blueprint.get("/")
def home() -> AnyResponse:
    """Go to what everybody wants to see first."""
    return redirect("/alerts", 303)


@blueprint.get("/alerts")
def listed() -> tuple[str, int]:
    """Show the list, or with ``X-Fragment: list`` the part of it that is asked for again."""
    try:
        query = _query()
    except BadQuery as wrong:
        return _page(None, wrong=wrong, told=_told(wrong)), 400
    if request.headers.get("X-Fragment") == "list":
        return render_template("alerts_list.html", **_listing(query)), 200
    return _page(query), 200


@blueprint.get("/alerts.csv")
def as_csv() -> Response:
    """Send the same filter whole, as it is read."""
    query = _query()
    context = here()
    store = context.app.store(context.settings, context.app.deadline(limits.HISTORY_SECONDS))
    entries = _muted(store, query) if query.only_muted else history.entries(store, query.register)
    found = (alert_object(alert) for alert in entries)
    lines = csv_lines(ALERT_FIELDS, found)
    first = next(lines)

    def rest() -> Iterator[str]:
        yield first
        yield from lines

    name = {"Content-Disposition": "attachment; filename=alerts.csv"}
    return Response(rest(), 200, name, content_type="text/csv; charset=utf-8")


@blueprint.post("/alerts/close")
def close() -> AnyResponse | tuple[str, int]:
    """Close by hand those that were chosen, signed with the person's name."""
    ids = request.form.getlist("ids")
    reason = request.form.get("reason", "").strip()
    back = request.form.get("back", "")
    say = g.locale.gettext
    problems = {}
    if not ids:
        problems["ids"] = say("Choose the alerts first.")
    if not reason:
        problems["reason"] = say("Say why: it is kept in the register.")
    if problems:
        return _page(_query_of(back), chosen=ids, problems=problems, reason=reason), 422
    context = here()
    summary = passes.clear(
        context.app,
        context.settings,
        Filter(),
        ids=ids,
        forced=reason,
        by=g.person,
    )
    _tell(summary.closed, len(set(ids)) - summary.closed)
    return redirect(f"/alerts?{back}" if back else "/alerts", 303)


def _tell(closed: int, before: int) -> None:
    """Say on the next page how many were closed, and how many were over already."""
    ngettext = g.locale.ngettext
    if closed:
        flash(ngettext("%(num)d alert closed.", "%(num)d alerts closed.", closed) % {"num": closed})
    if before:
        text = ngettext("%(num)d was over already.", "%(num)d were over already.", before)
        flash(text % {"num": before}, "doubt")


def _told(wrong: BadQuery) -> str:
    """Say in the page's language what is wrong."""
    words: str = g.locale.problem(wrong.problem)
    return f"{words[:1].upper()}{words[1:]}."


def _query(given: Mapping[str, str] | None = None) -> AlertQuery:
    context = here()
    place = zone(context.settings)
    asked = request.args if given is None else given
    return read_query(asked, context.now, place, for_page=True)


def _query_of(back: str) -> AlertQuery:
    """Read the query of the page that a form came from; the plain list if that cannot be read."""
    try:
        return _query(dict(parse_qsl(back)))
    except BadQuery:
        return _query({})


def _page(query: AlertQuery | None, **more: Any) -> str:
    """Show the whole page; without a query that can be read, an empty list that says so."""
    listing = {} if query is None else _listing(query)
    names = {"alarms": alarms.listed(here().store()).names.values(), "priorities": Priority}
    typed = request.args if query is None else query.typed
    return render_template("alerts.html", **{**listing, **names, "typed": typed, **more})


def _listing(query: AlertQuery) -> dict[str, Any]:
    """Read one page of the list, and what can be said of the rest."""
    context = here()
    store = context.store()
    if query.only_muted:
        found = Slice(_muted(store, query), None)
    else:
        found = history.slice_of(store, query.register, limits.PAGE_ROWS)
    state = {"state": query.asked_state} if query.state != State.OPEN else {}
    asked = {**query.typed, **state}
    return {
        "query": query,
        "states": list(State),
        "asked": asked,
        "link": lambda **changes: _link({**asked, **changes}),
        "back": urlencode(asked),
        "alerts": found.alerts,
        "situations": history.situations(store, found.alerts),
        "held": keepers(store, found.alerts, context.now),
        "older": cursor_text(found.next),
        "muted": [] if query.state == State.CLOSED else history.muted(store, query.register.filter),
        "unknown": [] if found.alerts else unknown(store, query.register.filter),
        "names": NAMES,
        "fresh": freshness(store, context.now, context.settings.tracker.stale_after),
        "refreshed": context.now,
    }


def _muted(store: Store, query: AlertQuery) -> list[Alert]:
    """Read what is silent, of what the query asks for: it is little, and on one page."""
    asked = query.register
    return history.muted(store, asked.filter, asked.since, asked.until)


def _link(asked: Mapping[str, str | None]) -> str:
    """Write the address of a list; what is None is left out."""
    query = urlencode({name: text for name, text in asked.items() if text is not None})
    return f"/alerts?{query}" if query else "/alerts"
