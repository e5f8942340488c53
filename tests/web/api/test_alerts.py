"""Alerts by the API: listed by every filter, one with all that is known of it, closed, noted."""

from events_tracker.base.times import HOUR, iso
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite
from tests.support.world import CONDOMINIO, Tracker, let_it_be_over, open_alert, open_alerts
from tests.web.api.conftest import Api, errors, refused
from tests.web.conftest import ANA

NOBODY = "0" * 32


def test_the_json_is_that_of_the_command(api: Api, web: Tracker, segware: Simulator) -> None:
    open_alerts(web, segware, 5)
    let_it_be_over(web, segware)
    open_alert(web, segware, CONDOMINIO)
    assert api.json("/alerts") == {"alerts": web.history("--open"), "next": None}
    assert api.json("/alerts?state=all") == {"alerts": web.history(), "next": None}
    closed = [alert for alert in web.history() if alert["cleared_at"]]
    assert api.json("/alerts?state=closed") == {"alerts": closed, "next": None}


def test_pages_join_without_a_gap(api: Api, web: Tracker, segware: Simulator) -> None:
    open_alerts(web, segware, 7)
    found, before = [], ""
    for expected in (3, 3, 1):
        page = api.json(f"/alerts?limit=3{before}")
        assert len(page["alerts"]) == expected
        found += page["alerts"]
        before = f"&before={page['next']}"
    assert page["next"] is None
    assert found == web.history()


def test_every_filter_is_that_of_the_command(api: Api, web: Tracker, segware: Simulator) -> None:
    open_alert(web, segware)
    web.clock.advance(HOUR)
    open_alert(web, segware, CONDOMINIO, "E131")
    for parameters, options in (
        ({"account": "1950"}, ("--account", "1950")),
        ({"name": "Padaria*"}, ("--name", "Padaria*")),
        ({"company": "Vigia Sul Segurança Eletrônica"}, ("--company", "Vigia Sul*")),
        ({"group": "Rede Boa Mesa"}, ("--group", "Rede Boa Mesa")),
        ({"code": "E131"}, ("--code", "E131")),
        ({"cuc": "*"}, ("--cuc", "*")),
        ({"alarm": "default", "priority": "HIGH,medium"}, ("--alarm", "default")),
        ({"since": iso(web.clock.now())}, ("--since", iso(web.clock.now()))),
        ({"until": "30m"}, ("--until", "30m")),
        ({"since": "2026-11-21", "until": "today"}, ("--since", "2026-11-21")),
    ):
        answer = api.site.get(
            "/api/v1/alerts", params=parameters, headers={"Authorization": f"Bearer {api.token}"}
        )
        expected = web.history("--open", *options)
        assert answer.json() == {"alerts": expected, "next": None}
        assert expected


@on_sqlite
def test_a_query_that_cannot_be_answered_is_refused(
    api: Api, web: Tracker, segware: Simulator
) -> None:
    open_alert(web, segware)
    for query, text in (
        ("colour=red", "there is no such parameter: there are account, name, company, group"),
        ("account=1&account=2", "write it once"),
        ("limit=0", "write a whole number from 1 to 1000"),
        ("limit=1001", "write a whole number from 1 to 1000"),
        ("limit=", "write a whole number from 1 to 1000"),
        ("limit=1e2", "write a whole number from 1 to 1000"),
        ("limit=" + "9" * 5_000, "write a whole number from 1 to 1000"),
        ("before=x", "this is no cursor: take the one that the page before it gave"),
        ("before=" + "9" * 15 + "-" + NOBODY, "this is no cursor: take the one that the page"),
        ("state=openish", "write one of open, closed, all"),
        ("priority=high,urgent", "write one of low, medium, high"),
        ("since=soon", "'soon' is not a time: write 2026-11-21T09:00, 2026-11-21, 2026-11,"),
        ("until=%00", "is not a time: write 2026-11-21T09:00"),
        ("since=1d&until=2d", "it is before `since`: nothing can lie between"),
        ("account=1951", "nobody here knows '1951'; did you mean '1950'?"),
        ("alarm=Defalt", "nobody here knows 'Defalt'; did you mean 'default'?"),
        ("company=sentinela", "nobody here knows 'sentinela'; did you mean 'Sentinela Monit"),
        ("account=1950,1951", "nobody here knows '1951'; did you mean '1950'?"),
        ("code=E999", "nobody here knows 'E999'"),
        ("group=xyz", "nobody here knows 'xyz'"),
        ("name=Padaria%20S%C3%A3o%20Jos%C3%A9e", "did you mean 'Padaria São José'?"),
        ("account=%ff%00", "nobody here knows"),
    ):
        ((field, told),) = errors(api.get(f"/alerts?{query}"), 400).items()
        assert field == query.rpartition("&")[2].partition("=")[0]
        assert text in told


@on_sqlite
def test_what_is_known_may_have_nothing_open(api: Api, web: Tracker, segware: Simulator) -> None:
    open_alert(web, segware)
    for query in ("account=1950&state=closed", "code=e120", "account=19*9", "alarm=tracker"):
        assert api.json(f"/alerts?{query}") == {"alerts": [], "next": None}


def test_one_alert_says_who_was_told_and_what_was_written(
    api: Api, web: Tracker, segware: Simulator
) -> None:
    id_ = open_alert(web, segware)
    (alert,) = web.history()
    assert api.json(f"/alerts/{id_}") == {**alert, "deliveries": [], "notes": []}
    answer = api.post(f"/alerts/{id_}/notes", {"text": " ligamos\n", "acknowledge": True})
    assert answer.status_code == 201
    note = {"at": iso(web.clock.now()), "by": ANA, "text": "ligamos", "acknowledge": True}
    assert answer.json() == note
    assert api.json(f"/alerts/{id_}") == {**alert, "deliveries": [], "notes": [note]}


def test_closing_by_hand_is_signed_and_once(api: Api, web: Tracker, segware: Simulator) -> None:
    id_ = open_alert(web, segware)
    answer = api.post(f"/alerts/{id_}/close", {"reason": "panel replaced"})
    assert answer.status_code == 200
    (alert,) = web.history()
    assert answer.json() == alert
    assert alert["clear_reason"] == f"forced: panel replaced (by {ANA})"
    again = api.post(f"/alerts/{id_}/close", {"reason": "panel replaced"})
    assert refused(again, 409)["detail"] == "it is over already"
    assert web.history() == [alert]


@on_sqlite
def test_what_is_missing_is_told(api: Api, web: Tracker, segware: Simulator) -> None:
    id_ = open_alert(web, segware)
    for path, field in (("close", "reason"), ("notes", "text")):
        for body in ({}, {field: ""}, {field: " \n"}, {field: None}):
            assert errors(api.post(f"/alerts/{id_}/{path}", body)) == {field: "it is missing"}
        wrong = errors(api.post(f"/alerts/{id_}/{path}", {field: "x", "by": "Rui"}))
        assert wrong == {"by": "there is no such field"}
        wrong = errors(api.post(f"/alerts/{id_}/{path}", {field: 5}))
        assert wrong == {field: "write a text"}
        wrong = errors(api.post(f"/alerts/{id_}/{path}", {field: "x" * 2001}))
        assert wrong[field].startswith("write at most")
    wrong = errors(api.post(f"/alerts/{id_}/notes", {"text": "x", "acknowledge": 1}))
    assert wrong == {"acknowledge": "write true or false"}
    assert api.json(f"/alerts/{id_}")["cleared_at"] is None


@on_sqlite
def test_an_id_that_is_none_leads_nowhere(api: Api) -> None:
    for id_ in (NOBODY, "1", "x" * 32, "9" * 5_000, "%00", "A" * 32):
        refused(api.get(f"/alerts/{id_}"), 404)
        refused(api.post(f"/alerts/{id_}/close", {"reason": "x"}), 404)
        refused(api.post(f"/alerts/{id_}/notes", {"text": "x"}), 404)
