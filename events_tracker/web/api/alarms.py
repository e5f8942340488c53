"""The alarms: read, made and changed as on the command line; every answer of one has an ETag."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Response, abort, g, request

from events_tracker.app import editing
from events_tracker.base.errors import Changed, Refused
from events_tracker.base.problems import Problem
from events_tracker.decisions.alarms.names import find
from events_tracker.formats.alarm import alarm_object
from events_tracker.formats.alarm_input import given_alarm
from events_tracker.formats.summaries import versions_object
from events_tracker.model.alarms import Alarm
from events_tracker.passes.alarms import Change, Editor
from events_tracker.reports import alarms
from events_tracker.storage import Store
from events_tracker.web.api import reading
from events_tracker.web.api.access import PREFIX, routes
from events_tracker.web.api.answers import answer
from events_tracker.web.context import here
from events_tracker.web.errors import problem

blueprint = routes("alarms", __name__)


@blueprint.get("/alarms")
def listed() -> Response:
    """List the living alarms, `default` among them."""
    reading.query()
    living = alarms.listed(here().store())
    return answer({"alarms": [alarm_object(alarm, living.names) for alarm in living.alarms]})


@blueprint.post("/alarms")
def create() -> Response:
    """Make an alarm of the fields that are given; the rest is as `alarms create` has it."""
    fields, comment = _body()
    if "name" not in fields:
        raise Refused([Problem("name", "missing")])
    store = here().store()
    alarm = _editor(comment).create(store, given_alarm(fields))
    place = f"{PREFIX}/alarms/{quote(alarm.name, safe='')}"
    return _one(store, alarm, 201, Location=place)


@blueprint.get("/alarms/<name:name>")
def shown(name: str) -> Response:
    """Show one alarm."""
    reading.query()
    store = here().store()
    return _one(store, find(alarms.listed(store).alarms, name))


@blueprint.get("/alarms/<name:name>/versions")
def versions(name: str) -> Response:
    """List what the alarm was after each change, newest first."""
    reading.query()
    return answer(versions_object(alarms.versions(here().store(), name)))


@blueprint.patch("/alarms/<name:name>")
def edit(name: str) -> Response:
    """Change the fields that are given."""
    fields, comment = _body()
    given = given_alarm(fields)
    return _change(name, comment, lambda e, s, v: e.edit(s, name, given, v), must_match=True)


@blueprint.delete("/alarms/<name:name>")
def delete(name: str) -> Response:
    """End the alarm: its register stays, its name is free again."""
    _change(name, _comment(), lambda e, s, v: e.delete(s, name, v), must_match=True)
    return Response(status=204)


@blueprint.post("/alarms/<name:name>/enable")
def enable(name: str) -> Response:
    """Let scans evaluate it again."""
    return _change(name, _comment(), lambda e, s, v: e.enable(s, name, v))


@blueprint.post("/alarms/<name:name>/disable")
def disable(name: str) -> Response:
    """Stop evaluating it."""
    return _change(name, _comment(), lambda e, s, v: e.disable(s, name, v))


@blueprint.post("/alarms/<name:name>/close")
def close(name: str) -> Response:
    """Mark that people are done with it."""
    return _change(name, _comment(), lambda e, s, v: e.follow_up(s, name, "closed", v))


@blueprint.post("/alarms/<name:name>/reopen")
def reopen(name: str) -> Response:
    """Mark that people are at it again."""
    return _change(name, _comment(), lambda e, s, v: e.follow_up(s, name, "open", v))


def _change(
    name: str,
    comment: str | None,
    act: Callable[[Editor, Store, int | None], Change],
    *,
    must_match: bool = False,
) -> Response:
    """Change an alarm, if it still is what who asks has read."""
    store = here().store()
    version = _version_read(store, name, must_match=must_match)
    try:
        change = act(_editor(comment), store, version)
    except Changed as changed:
        if version is None:
            raise
        abort(problem(412, str(changed)))
    return _one(store, change.alarm)


def _version_read(store: Store, name: str, *, must_match: bool) -> int | None:
    """Return the version that `If-Match` names; None: whichever it is by now."""
    if "If-Match" not in request.headers:
        if must_match:
            abort(problem(428, "send the alarm's ETag as `If-Match`: another may have changed it"))
        return None
    alarm = find(alarms.listed(store).alarms, name)
    if not request.if_match.contains(_tag(alarm)):
        abort(problem(412, str(Changed(name, *alarm.last_signed))))
    return None if request.if_match.star_tag else alarm.version


def _body() -> tuple[dict[str, Any], str | None]:
    """Read the fields of an alarm, and the comment beside them."""
    fields = reading.body()
    return fields, reading.comment(fields)


def _comment() -> str | None:
    """Read the comment, where there may be nothing else."""
    fields = reading.body(optional=True)
    comment = reading.comment(fields)
    reading.refuse_others(fields)
    return comment


def _editor(comment: str | None) -> Editor:
    context = here()
    return editing.editor(context.app, context.settings, by=g.person, comment=comment)


def _one(store: Store, alarm: Alarm, status: int = 200, **headers: str) -> Response:
    made = answer(alarm_object(alarm, alarms.listed(store).names), status, **headers)
    made.set_etag(_tag(alarm))
    return made


def _tag(alarm: Alarm) -> str:
    """Tell versions of an alarm apart, and from those of another one of its name."""
    return f"{alarm.id}-{alarm.version}"
