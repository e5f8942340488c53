"""Notifications and status: what the commands print."""

from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite
from tests.support.world import CONDOMINIO, Tracker, open_alert
from tests.web.api.conftest import Api, errors


def test_status_is_that_of_the_command(api: Api, web: Tracker) -> None:
    assert api.json("/status") == web("status", "--format", "json").json
    web.scan()
    assert api.json("/status") == web("status", "--format", "json").json


def test_notifications_are_those_of_the_command(api: Api, web: Tracker, segware: Simulator) -> None:
    open_alert(web, segware)
    open_alert(web, segware, CONDOMINIO)
    assert api.json("/notifications") == web.notifications()
    for query, options in (
        ("account=1950", ("--account", "1950")),
        ("alarm=def*&since=1d", ("--alarm", "default")),
        ("limit=1", ("--limit", "1")),
        ("since=2026-11-22", ("--since", "2026-11-22")),
    ):
        assert api.json(f"/notifications?{query}") == web.notifications(*options)


@on_sqlite
def test_a_query_that_cannot_be_answered_is_refused(api: Api) -> None:
    for path, field, text in (
        ("/notifications?limit=0", "limit", "write a whole number from 1 to 1000"),
        ("/notifications?since=x", "since", "'x' is not a time: write"),
        ("/notifications?until=1d", "until", "there is no such parameter: there are alarm, acc"),
        ("/notifications?alarm=defaul", "alarm", "nobody here knows 'defaul'; did you mean 'def"),
        ("/status?x=1", "x", "there is no such parameter: there are none here"),
    ):
        told = errors(api.get(path), 400)
        assert list(told) == [field]
        assert told[field].startswith(text)
