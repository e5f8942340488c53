"""The web site: its pages and its API put together, and what holds for each request."""

import logging

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest
from werkzeug.routing import BaseConverter

from events_tracker.app.app import App
from events_tracker.base import limits
from events_tracker.settings import Settings
from events_tracker.web import context, errors, guard, languages, paths, sessions, views
from events_tracker.web.alarm_names import AlarmName
from events_tracker.web.api.blueprints import BLUEPRINTS
from events_tracker.web.context import here
from events_tracker.web.pages import (
    account,
    alarm,
    alarm_changes,
    alarm_editor,
    alarm_exceptions,
    alarms,
    alert,
    alerts,
    health,
    holds,
    language,
    metrics,
    report,
    sign_in,
)

_log = logging.getLogger(__name__)


class RegisterId(BaseConverter):
    """An id of the register in an address; what is none leads nowhere."""

    regex = "[0-9a-f]{32}"


def make_site(app: App, settings: Settings) -> Flask:
    """Make the site that serves these settings' database."""
    site = Flask("events_tracker.web")
    site.config.update(
        MAX_CONTENT_LENGTH=limits.PAGE_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=limits.PAGE_BODY_BYTES,
        MAX_FORM_PARTS=limits.PAGE_FORM_PARTS,
    )
    site.url_map.converters["register_id"] = RegisterId
    site.url_map.converters["name"] = paths.Name
    site.url_map.converters["alarm"] = AlarmName
    site.wsgi_app = paths.ApartFromSlashes(site.wsgi_app)  # type: ignore[method-assign]
    sessions.configure(site, settings.web)
    context.register(site, context.Context(app, settings))
    views.prepare(site)
    errors.register(site)
    site.before_request(_begin)
    site.after_request(guard.protect)
    site.after_request(_log_answer)
    for subject in (
        health,
        language,
        sign_in,
        alerts,
        alert,
        account,
        report,
        alarms,
        alarm,
        alarm_editor,
        alarm_changes,
        alarm_exceptions,
        holds,
    ):
        site.register_blueprint(subject.blueprint)
    if settings.web.metrics:
        site.register_blueprint(metrics.blueprint)
    for blueprint in BLUEPRINTS:
        site.register_blueprint(blueprint)
    site.register_blueprint(alarm_editor.previewing)
    return site


def _begin() -> None:
    """Choose the language, and refuse who does not call us by our name. Raises BadRequest."""
    settings, g.began = here().settings, here().monotonic()
    tracker = settings.tracker
    language = languages.wanted_language(request, tracker.language)
    g.locale = languages.locale(language, tracker.timezone)
    if not guard.is_our_host(request, settings.web.url):
        raise BadRequest(g.locale.gettext("This server is not called so: WEB_URL names it."))


def _log_answer(response: Response) -> Response:
    """Log who asked for what, with -v. Of the address the path alone: a query may hold anything."""
    seconds = here().monotonic() - g.get("began", here().monotonic())
    who = g.get("person") or "-"
    _log.debug(
        "%s %s: %d, %.0f ms, %s",
        request.method,
        request.path,
        response.status_code,
        1_000 * seconds,
        who,
    )
    return response
