"""The report as a page: what a shift hands over, in the words of whoever reads it."""

import re

import pytest

from events_tracker.base.times import DAY, HOUR, MINUTE, Span
from events_tracker.model.hours import Hour
from events_tracker.simulator.simulator import Simulator
from tests.support.channels import whatsapp
from tests.support.engines import on_sqlite
from tests.support.hours import keep
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Tracker, open_alert
from tests.web.conftest import Site, text_of

pytestmark = on_sqlite


def test_a_shift_is_handed_over_in_portuguese(ana: Site, web: Tracker, segware: Simulator) -> None:
    web.environ |= whatsapp(segware)
    id_ = open_alert(web, segware)
    web.notify()
    web.clock.advance(2 * HOUR + 1)
    segware.add_events(web.clock.now(), PADARIA, "E602")
    web.scan()
    web.clear()
    open_alert(web, segware, CONDOMINIO, "1130")
    web.clock.advance(5 * MINUTE)
    closing = ("--force", "--account", "2207", "--reason", "técnico", "--by", "Rui", "--yes")
    assert web("clear", *closing).exit_code == 0
    web.clock.advance(5 * MINUTE)
    open_alert(web, segware, FARMACIA, "E131")
    page = ana.get("/report")
    said = text_of(page)
    for expected in (
        "Abertos no fim 1",
        "Abriram 3",
        "Encerrados 2",
        "Mensagens 1 máximo em dez minutos: 1",
        "2207 1130 arrombamento · ALR · default: encerrado à mão há 5 min por Rui: técnico; não "
        "normalizou desde",
        "nenhuma leitura completa de 09:00 a 11:00",
        "3046 Farmácia Santa Luzia E131",
        "WhatsApp aguardando",
        "durou 2 h 1950 Padaria São José E130 arrombamento default 60",
        "1950 Padaria São José 1 33% 0 +1",
    ):
        assert expected in said, expected
    assert f'href="/alerts/{id_}"' in page.text
    assert '<rect class="bar"' in page.text, "the messages of each ten minutes"
    assert "style=" not in page.text
    narrowed = text_of(ana.get("/report?company=vigia*&by=company"))
    assert "1950" not in narrowed
    assert "Vigia Sul Segurança Eletrônica 1 100% 0 +1" in narrowed
    # Printed, there is no form that says so.
    assert " · Empresa: vigia*" in narrowed
    assert "Horários de America/Sao_Paulo." in narrowed
    past = text_of(ana.get("/report?until=08:00"))
    assert "Nada estava aberto, nada abriu e nada foi avisado." in past
    assert "Não há registro de leituras desse período." in past


def test_what_was_never_read_or_is_called_otherwise_is_said(ana: Site, web: Tracker) -> None:
    assert "Nada foi lido ainda" in text_of(ana.get("/report"))
    web.clock.advance(HOUR)
    assert "Nada aqui se chama “Vigia”" in text_of(ana.get("/report?company=Vigia"))


WRONG = {
    "since=2030-01-01": "Isso está no futuro",
    "since=08:00&until=07:00": "“Até” não vem depois de “Desde”",
    "since=200d": "Um relatório abrange 92 dias no máximo.",
    "since=7d&month=2026-11": "Um mês vai sem",
    "month=11": "Isto não é um mês",
    "until=never": "Isto não é um horário",
}


@pytest.mark.parametrize(("query", "told"), WRONG.items())
def test_a_span_that_cannot_be_is_said_beside_what_was_typed(
    ana: Site, query: str, told: str
) -> None:
    page = ana.get(f"/report?{query}")
    assert page.status_code == 400
    assert told in text_of(page)
    if "month" not in query:
        assert re.search(r'aria-invalid="true"', page.text)


def test_an_account_that_may_be_dead_is_named_and_its_page_says_so(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    minutes = [Span(n * MINUTE, (n + 1) * MINUTE - 1) for n in range(60)]
    keep(
        web,
        (
            Hour(
                start, [Span(start + one.start, start + one.end) for one in minutes],
                [("TST", "E602")], [PADARIA], [0], [30], [1],
            )
            for start in range(NOON - 15 * DAY, NOON - 2 * HOUR, HOUR)
        ),
    )  # fmt: skip
    open_alert(web, segware)
    for _ in range(4 * 12):
        web.clock.advance(5 * MINUTE)
        web.scan()
    web.clear()
    page = ana.get("/report")
    said = "em sinal desde 09:00, depois do alerta; maior silêncio em 30 dias: 2 h; morto? ligue"
    assert f"1950 s{said}" in text_of(page)
    assert '<a href="/accounts/1950">1950</a></strong> sem sinal' in page.text
    assert f"S{said}." in text_of(ana.get("/accounts/1950"))
    told = web("explain", "1950").stdout
    assert "Silent since 09:00, after its alert; longest silence in 30 days 2 h: dead?" in told
    web.clock.advance(5 * MINUTE)
    segware.add_events(web.clock.now(), PADARIA, "E602")
    web.clock.advance(10 * MINUTE)
    web.scan()
    assert "depois do alerta; maior silêncio" not in text_of(ana.get("/report"))
    assert "Deu sinal depois que o último alerta acabou." in text_of(ana.get("/accounts/1950"))
