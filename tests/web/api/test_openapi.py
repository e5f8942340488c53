"""The OpenAPI document is true: of the program's routes, fields and parameters."""

import re

import pytest

from events_tracker import __version__
from events_tracker.app.app import App
from events_tracker.formats.alarm import ALARM_FIELDS
from events_tracker.formats.alert import ALERT_FIELDS
from events_tracker.formats.notification import NOTIFICATION_FIELDS
from events_tracker.model.versions import CONTENT_FIELDS, OWN_FIELDS
from events_tracker.web.api.alerts import PARAMETERS
from events_tracker.web.api.openapi import document
from events_tracker.web.site import make_site
from tests.support.engines import on_sqlite
from tests.support.world import Tracker
from tests.web.api.conftest import PREFIX, Api


@on_sqlite
def test_the_document_is_served_with_the_programs_version(api: Api) -> None:
    served = api.json("/openapi.json")
    assert served == document()
    assert served["info"]["version"] == __version__


@on_sqlite
def test_it_has_every_route_and_no_other(web: Tracker) -> None:
    app = App(environ=web.environ, folder=web.folder, shared_env_file=None)
    served = {
        (method, re.sub(r"<\w+:(\w+?)_?>", r"{\1}", rule.rule).removeprefix(PREFIX))
        for rule in make_site(app, app.settings()).url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    documented = {
        (method.upper(), path)
        for path, operations in document()["paths"].items()
        for method in operations
    }
    assert documented == served


@pytest.mark.parametrize(
    ("schema", "fields"),
    [("Alert", ALERT_FIELDS), ("Alarm", ALARM_FIELDS), ("AlarmContent", CONTENT_FIELDS)],
)
def test_its_objects_have_the_fields_of_the_commands(schema: str, fields: tuple[str, ...]) -> None:
    described = document()["components"]["schemas"][schema]
    own = () if schema == "Alert" else OWN_FIELDS
    assert tuple(described["properties"]) == (*fields, *own)
    assert tuple(described["required"]) == fields


def test_a_notification_and_a_query_have_all_their_parts() -> None:
    notification = document()["components"]["schemas"]["Notifications"]["items"]
    assert tuple(notification["properties"]) == NOTIFICATION_FIELDS
    known = document()["components"]["parameters"]
    parameters = [
        known[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for one in document()["paths"]["/alerts"]["get"]["parameters"]
    ]
    assert {one["name"] for one in parameters} == set(PARAMETERS)
