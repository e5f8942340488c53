"""The alerts: by the filters of the page, one with all that is known of it, closed, written on."""

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, g

from events_tracker.app import editing, passes
from events_tracker.app.app import zone
from events_tracker.base.errors import Refused
from events_tracker.base.problems import ENGLISH, Problem, words
from events_tracker.base.text import NOTE_WIDTH, REASON_WIDTH
from events_tracker.formats.alert import alert_object
from events_tracker.formats.cursor import cursor_text
from events_tracker.formats.told import note_object, told_object
from events_tracker.model.filters import Filter, RegisterQuery
from events_tracker.passes.clear import NO_ENTRY
from events_tracker.reports import history
from events_tracker.reports.alert import Told, told
from events_tracker.web.api import reading
from events_tracker.web.api.access import routes
from events_tracker.web.api.answers import answer
from events_tracker.web.context import here
from events_tracker.web.errors import problem
from events_tracker.web.queries import TEXTS, TIMES, BadQuery, read_query

PARAMETERS = (*TEXTS, *TIMES, "state", "before", "limit")
blueprint = routes("alerts", __name__)


@blueprint.get("/alerts")
def listed() -> Response:
    """List some alerts, newest first, and where the next ones begin."""
    given = reading.query(*PARAMETERS)
    limit, query = reading.limit(given), _query(given)
    store = here().store()
    reading.refuse_unknown(store, query.filter)
    found = history.slice_of(store, query, limit)
    alerts = [alert_object(alert) for alert in found.alerts]
    return answer({"alerts": alerts, "next": cursor_text(found.next)})


@blueprint.get("/alerts/<register_id:id_>")
def shown(id_: str) -> Response:
    """Show one alert, with who was told and what people wrote."""
    reading.query()
    return answer(told_object(_found(id_)))


@blueprint.post("/alerts/<register_id:id_>/close")
def close(id_: str) -> Response:
    """Close one by hand; 409 if there is nothing to close."""
    fields = reading.body()
    reason = _needed(fields, "reason", REASON_WIDTH)
    reading.refuse_others(fields)
    context = here()
    closed = passes.clear(
        context.app, context.settings, Filter(), forced=reason, ids=[id_], by=g.person
    )
    for why in closed.not_closed:
        abort(problem(404 if why.key == NO_ENTRY else 409, words(why, ENGLISH, str)))
    return answer(alert_object(_found(id_).alert))


@blueprint.post("/alerts/<register_id:id_>/notes")
def write(id_: str) -> Response:
    """Write a note; with ``acknowledge`` the alert is its writer's from now on."""
    fields = reading.body()
    text = _needed(fields, "text", NOTE_WIDTH)
    acknowledge = reading.flag(fields, "acknowledge")
    reading.refuse_others(fields)
    _found(id_)
    context = here()
    note = editing.note(
        context.app, context.settings, id_, text, acknowledge=acknowledge, by=g.person
    )
    return answer(note_object(note), 201)


def _query(given: Mapping[str, str]) -> RegisterQuery:
    context = here()
    try:
        return read_query(given, context.now, zone(context.settings)).register
    except BadQuery as wrong:
        reading.refuse(wrong.field, wrong.text)


def _needed(fields: dict[str, Any], field: str, width: int) -> str:
    found = reading.text(fields, field, width).strip()
    if not found:
        raise Refused([Problem(field, "missing")])
    return found


def _found(id_: str) -> Told:
    found = told(here().store(), id_)
    if found is None:
        abort(problem(404, "the register has no such entry"))
    return found
