"""One account's own value for an alarm, or none at all: made and ended on a page."""

import pytest

from events_tracker.base.times import DAY
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite
from tests.support.world import CONDOMINIO, Tracker, open_alert
from tests.web.conftest import ANA, Site, text_of

PAGE = "/alarms/default/exceptions"
SCHOOL = {"account": "1950", "value": "200", "until": "2026-12-20", "reason": "escola"}


def test_an_exception_is_made_seen_and_ended(ana: Site, web: Tracker, segware: Simulator) -> None:
    open_alert(web, segware)
    other = open_alert(web, segware, CONDOMINIO)
    made = ana.post(PAGE, SCHOOL)
    assert (made.status_code, made.headers["Location"]) == (303, PAGE)
    page = text_of(ana.get(PAGE))
    assert "A exceção vale a partir da próxima leitura." in page
    assert f"1950 Padaria São José Em vez da regra: 200 20/12 23:59 escola {ANA} há 0 s" in page
    assert "1950 Padaria São José Em vez da regra: 200" in text_of(ana.get("/alarms/default"))
    (listed,) = web("alarms", "except", "default", "--format", "json").json
    assert (listed["value"], listed["reason"], listed["by"]) == (200, "escola", ANA)
    assert listed["until"] == "2026-12-21T02:59:59.999Z"
    still = {entry["register_id"] for entry in web.history("--open")}
    assert still == {other}, "what is compared with another value now is closed"
    reasons = {entry["account_code"]: entry["clear_reason"] for entry in web.history()}
    assert reasons == {"1950": "redefined", "2207": None}
    assert web.scan()["opened"] == []
    assert ana.post(PAGE, {"end": "1950"}).status_code == 303
    assert "A exceção terminou." in text_of(ana.get(PAGE))
    (opened,) = web.scan()["opened"]
    assert opened["account_code"] == "1950"
    again = ana.post(PAGE, {"end": "1950"})
    assert (again.status_code, "Já terminou." in text_of(again)) == (422, True)


@on_sqlite
def test_an_account_may_not_be_counted_at_all(ana: Site, web: Tracker, segware: Simulator) -> None:
    form = {"account": "2207", "never": "on", "reason": "em obras"}
    assert ana.post(PAGE, form).status_code == 303
    page = text_of(ana.get(PAGE))
    assert "2207" in page
    assert "não é contada" in page
    segware.add_events(web.clock.now(), CONDOMINIO, "E130", count=60)
    assert web.scan()["opened"] == []


@on_sqlite
@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"account": ""}, "Escreva o código de uma conta."),
        ({"account": "1" * 33}, "Escreva o código de uma conta."),
        ({"reason": " "}, "Diga por quê: fica com a exceção."),
        ({"value": ""}, "Escreva um valor, ou escolha não contar."),
        ({"never": "on"}, "Escreva um valor, ou escolha não contar."),
        ({"value": "muitos"}, "Escreva um número inteiro de 0 a"),
        ({"value": "9" * 400}, "Escreva um número inteiro de 0 a"),
        ({"value": "0"}, "comparar"),
        ({"until": "logo"}, "Escreva um dia ou um horário que ainda virá"),
        ({"until": "2026-11-20"}, "Escreva um dia ou um horário que ainda virá"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_lost(
    ana: Site, web: Tracker, changed: dict[str, str], told: str
) -> None:
    page = ana.post(PAGE, SCHOOL | changed)
    assert page.status_code == 422
    if told != "comparar":
        assert told in text_of(page)
    assert 'aria-invalid="true"' in page.text
    assert 'value="2026-12-20"' in page.text or "until" in changed
    assert web("alarms", "except", "default", "--format", "json").json == []


@on_sqlite
def test_an_account_that_nobody_knows_is_taken_with_a_doubt(ana: Site, web: Tracker) -> None:
    assert ana.post(PAGE, SCHOOL | {"account": "1951"}).status_code == 303
    assert "Confira: nenhuma conta" in text_of(ana.get(PAGE))


@on_sqlite
def test_an_exception_is_over_by_itself(ana: Site, web: Tracker) -> None:
    assert ana.post(PAGE, SCHOOL | {"until": "2026-11-22"}).status_code == 303
    web.clock.advance(2 * DAY)
    assert ana.sign_in().status_code == 303
    assert "Nenhuma: a regra é a mesma para todas as contas." in text_of(ana.get(PAGE))


@on_sqlite
def test_there_are_none_of_an_alarm_that_there_is_not(ana: Site, web: Tracker) -> None:
    assert ana.get("/alarms/none/exceptions").status_code == 404
    assert ana.post("/alarms/none/exceptions", SCHOOL).status_code == 404
    assert web("alarms", "create", "a/exceptions", "--codes", "E401").exit_code == 0
    assert ana.get("/alarms/a%2Fexceptions").status_code == 200
    assert ana.get("/alarms/a%2Fexceptions/exceptions").status_code == 200
