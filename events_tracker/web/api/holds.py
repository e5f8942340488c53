"""Holds: of whom nobody is told for a while; what one would do, making one, and ending it."""

from typing import Any

from flask import Response, abort, g

from events_tracker.app import holds as holding
from events_tracker.base.errors import NotFound, Refused, UsageError
from events_tracker.base.problems import Problem, Unreadable
from events_tracker.base.text import (
    ACCOUNT_CODE_WIDTH,
    ALARM_NAME_WIDTH,
    CODE_WIDTH,
    CUC_WIDTH,
    NAME_WIDTH,
    REASON_WIDTH,
)
from events_tracker.formats.alert import alert_object
from events_tracker.formats.hold import hold_object
from events_tracker.model.holds import Listed
from events_tracker.passes.client import SharedCode
from events_tracker.passes.hold import Summary, Wanted
from events_tracker.reports.holds import holds
from events_tracker.web.api import reading
from events_tracker.web.api.access import routes
from events_tracker.web.api.answers import answer
from events_tracker.web.context import here
from events_tracker.web.errors import problem
from events_tracker.web.hold_forms import end_of, wanted

STATES = ("active", "all")
blueprint = routes("holds", __name__)
previewing = routes("hold_previews", __name__, only_read=True)
_TIME_WIDTH = 40


@blueprint.get("/holds")
def listed() -> Response:
    """List the holds that are active, or all there ever were."""
    state = reading.query("state").get("state", "active")
    if state not in STATES:
        reading.refuse("state", f"write one of {', '.join(STATES)}")
    context = here()
    found = holds(context.store(), context.now, ended=state == "all")
    return answer({"holds": [hold_object(one, context.now) for one in found]})


@blueprint.post("/holds")
def make() -> Response:
    """Hold back what would be told of an account, from now on."""
    made = _asked(dry_run=False).hold
    return answer(hold_object(Listed(made, 0), here().now), 201)


@previewing.post("/holds/preview")
def preview() -> Response:
    """Tell what a hold would do. It writes nothing, though it is a POST."""
    found = _asked(dry_run=True)
    foreseen = {**hold_object(Listed(found.hold, 0), here().now), "id": None}
    return answer(
        {
            "hold": foreseen,
            "open": [alert_object(alert) for alert in found.open],
            "lately": found.lately,
            "not_held": list(found.not_held),
        }
    )


@blueprint.post("/holds/<register_id:id_>/end")
def end(id_: str) -> Response:
    """End one by hand; 409 if it is over already."""
    reading.refuse_others(reading.body(optional=True))
    context = here()
    try:
        ended = holding.end(context.app, context.settings, id_, by=g.person)
    except NotFound:
        abort(problem(404, "there is no such hold"))
    except UsageError as over:
        abort(problem(409, str(over)))
    return answer(hold_object(ended, context.now))


def _asked(*, dry_run: bool) -> Summary:
    """Make the hold that was sent, or only foresee it. Raises UsageError and SegwareError."""
    context, meant = here(), _meant(reading.body())
    try:
        return holding.make(context.app, context.settings, meant, by=g.person, dry_run=dry_run)
    except SharedCode as shared:
        text = str(shared).replace("--company", "the company")
        abort(problem(422, text, [{"field": "company", "text": text}]))


def _meant(fields: dict[str, Any]) -> Wanted:
    """Read what was sent. Raises Refused."""
    texts = {
        field: reading.text(fields, field, width).strip()
        for field, width in (
            ("account_code", ACCOUNT_CODE_WIDTH),
            ("company", NAME_WIDTH),
            ("cuc", CUC_WIDTH),
            ("code", CODE_WIDTH),
            ("alarm", ALARM_NAME_WIDTH),
            ("for", _TIME_WIDTH),
            ("until", _TIME_WIDTH),
            ("reason", REASON_WIDTH),
        )
    }
    is_long = reading.flag(fields, "long")
    reading.refuse_others(fields)
    if missing := [name for name in ("account_code", "reason") if not texts[name]]:
        raise Refused([Problem(name, "missing") for name in missing])
    try:
        ends_at = end_of(texts["for"], texts["until"])
    except Unreadable as wrong:
        place = "for" if texts["for"] else "until"
        raise Refused([wrong.of(place, texts[place])]) from None
    return wanted(texts["account_code"], ends_at, texts, is_long=is_long)
