"""A hold, made on a page once it was seen what it does; ended there; and seen where people look."""

import re
from typing import Any

from events_tracker.base.times import DAY, HOUR
from events_tracker.simulator.simulator import Simulator
from tests.support.channels import texts, whatsapp
from tests.support.engines import on_sqlite
from tests.support.world import CONDOMINIO, Tracker, open_alert
from tests.web.conftest import ANA, Site, text_of

pytestmark = on_sqlite

VISIT = {"account": "1950", "for": "4h", "reason": "técnico no local"}


def seen(page: Any) -> str:
    """The mark of what was previewed, as the form sends it back."""
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page.text)
    assert found, text_of(page)
    return found[1]


def held(web: Tracker, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = web("hold", *options, "--format", "json").json
    return found


def test_a_hold_is_made_once_it_was_seen_what_it_does(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    web.environ |= whatsapp(segware)
    before = open_alert(web, segware)
    assert (
        web("alarms", "create", "street", "--codes", "E301", "--group-by", "company").exit_code == 0
    )
    page = ana.post("/holds", VISIT)
    assert page.status_code == 200
    said = text_of(page)
    assert "Ninguém seria avisado de 1950 Padaria São José até 13:00." in said
    assert "Abertos agora, cujo fim esperaria: 1" in said
    assert "Abertos nos últimos 7 dias, que teriam esperado: 1" in said
    assert "contam por aquilo que se quer segurar: street ." in said
    assert held(web) == [], "nothing is made before it was seen"
    changed = ana.post("/holds", VISIT | {"for": "5h", "seen": seen(page)})
    assert "até 14:00." in text_of(changed)
    assert held(web) == [], "another one was seen"
    assert ana.post("/holds", VISIT | {"for": "5h", "seen": seen(changed)}).status_code == 303
    (hold,) = held(web)
    assert (hold["by"], hold["reason"]) == (ANA, "técnico no local")
    assert hold["until"] == "2026-11-21T17:00:00.000Z"
    during = open_alert(web, segware, code="E131")
    web.notify()
    said = text_of(ana.get("/holds"))
    assert "1950 Padaria São José tudo até 14:00 faltam 5 h" in said
    assert f"Retidos: 1 técnico no local {ANA} há 0 s" in said
    assert text_of(ana.get("/alerts")).count("em espera até 14:00") == 2
    for id_ in (before, during):
        assert "em espera até 14:00" in text_of(ana.get(f"/alerts/{id_}"))
    account = ana.get("/accounts/1950")
    assert f"Ninguém é avisado até 14:00 (técnico no local, {ANA})." in text_of(account)
    assert 'href="/holds?account=1950#new"' in account.text


def test_a_hold_is_ended_in_the_persons_name(ana: Site, web: Tracker, segware: Simulator) -> None:
    web.environ |= whatsapp(segware)
    assert (
        web(
            "hold", "--account", "1950", "--for", "4h", "--reason", "visita", "--by", "Rui"
        ).exit_code
        == 0
    )
    open_alert(web, segware)
    (hold,) = held(web)
    path = f"/holds/{hold['id']}/end"
    assert ana.post(path).status_code == 303
    assert "avisado agora" in text_of(ana.get("/holds"))
    assert "Nada está em espera." in text_of(ana.get("/holds"))
    assert f"encerrada por {ANA}" in text_of(ana.get("/holds?state=all"))
    assert held(web, "--all")[0]["ended_by"] == ANA
    assert "em espera" not in text_of(ana.get("/alerts"))
    web.notify()
    assert len(texts(segware)) == 1
    again = ana.post(path)
    assert (again.status_code, "Já terminou." in text_of(again)) == (422, True)
    assert ana.post(f"/holds/{'0' * 32}/end").status_code == 404


def test_a_hold_is_over_by_itself(ana: Site, web: Tracker, segware: Simulator) -> None:
    assert web("hold", "--account", "1950", "--for", "1h", "--reason", "visita").exit_code == 0
    open_alert(web, segware)
    web.clock.advance(HOUR)
    assert "em espera" not in text_of(ana.get("/alerts"))
    page = ana.get("/holds?state=all")
    assert "terminou 10:00" in text_of(page)
    assert "/end" not in page.text


def test_the_form_comes_filled_in_from_an_alert(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    id_ = open_alert(web, segware, CONDOMINIO)
    link = re.search(r'href="(/holds\?[^"]*)#new">Segurar avisos', ana.get(f"/alerts/{id_}").text)
    assert link
    page = ana.get(link[1].replace("&amp;", "&")).text
    assert 'name="account" maxlength="32" value="2207"' in page
    assert "<details open>" in page, "the company is said, which tells whose code it is"


WRONG = (
    ({"account": ""}, "account", "Escreva o código de uma conta."),
    ({"account": "1951"}, "account", "Nada aqui se chama “1951”. Você quis dizer 1950?"),
    ({"account": "77*"}, "account", "Nada aqui se chama “77*”."),
    ({"company": "Outra"}, "company", "Nenhuma conta com este código e empresa é conhecida."),
    ({"code": "E13O"}, "code", "Nada aqui se chama “E13O”"),
    ({"code": "<b>"}, "code", "Nada aqui se chama “<b>”"),
    ({"cuc": "a-b"}, "cuc", "Escreva um código de 1 a 32 letras e algarismos"),
    ({"alarm": "none"}, "alarm", "Nada aqui se chama “none”"),
    ({"for": ""}, "until", "Diga por quanto tempo ou até quando, um dos dois."),
    ({"until": "18:00"}, "until", "Diga por quanto tempo ou até quando, um dos dois."),
    ({"for": "muito"}, "for", "Escreva um número inteiro e s, m, h ou d (2h)."),
    ({"for": "0h"}, "for", "Escreva um horário que ainda virá"),
    ({"for": "", "until": "ontem"}, "until", "Escreva um horário que ainda virá"),
    ({"for": "", "until": "2026-11-20"}, "until", "Escreva um horário que ainda virá"),
    ({"for": "25h"}, "for", "até 7 dias com Mais de 24 horas."),
    ({"for": "8d", "long": "1"}, "for", "Uma espera dura no máximo 7 dias"),
    ({"for": "9" * 400}, "for", "Escreva um número inteiro"),
    ({"reason": " "}, "reason", "Diga por quê: vai na mensagem do fim."),
)
"""What is typed otherwise than in VISIT, the field that it is told beside, and how."""


def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_lost(
    ana: Site, web: Tracker
) -> None:
    for changed, field, told in WRONG:
        page = ana.post("/holds", VISIT | changed)
        assert page.status_code == 422, changed
        assert f'id="wrong-{field}"' in page.text, changed
        assert told in text_of(page).replace("&lt;", "<").replace("&gt;", ">"), changed
        assert 'name="seen"' not in page.text, changed
        kept = {**VISIT, **changed}
        typed = [kept[name] for name in ("account", "for") if kept[name]]
        assert all(f'value="{text}"' in page.text for text in typed), changed
    assert held(web) == []


def test_longer_than_a_day_has_to_be_meant(ana: Site, web: Tracker) -> None:
    week = VISIT | {"for": "7d", "long": "1"}
    assert ana.post("/holds", week | {"seen": seen(ana.post("/holds", week))}).status_code == 303
    assert held(web)[0]["until"] == "2026-11-28T12:00:00.000Z"


def test_a_code_of_several_clients_takes_the_company(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    segware.add_account(900, "1950", "Padaria Central", 14, None)
    web.clock.advance(DAY)
    assert ana.sign_in().status_code == 303
    page = ana.post("/holds", VISIT)
    assert page.status_code == 422
    said = text_of(page)
    assert "Vários clientes têm este código: diga a empresa." in said
    assert "Padaria Central" in said
    assert "Padaria São José" in said


def test_without_segware_an_unknown_account_is_told_so(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    segware.stop()
    page = ana.post("/holds", VISIT)
    assert page.status_code == 503
    assert "cannot be reached" in text_of(page)
    assert 'value="técnico no local"' in page.text
