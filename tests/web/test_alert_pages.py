"""The alerts list and one alert, as a person sees them."""

import csv
import io
import re

import pytest
import requests

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms
from tests.support.engines import on_sqlite, sql
from tests.support.world import CONDOMINIO, FARMACIA, PADARIA, Tracker, open_alert, open_alerts
from tests.web.conftest import ANA, Site, text_of


def rows(page: requests.Response) -> list[str]:
    """The ids of the alerts in a list, in their order."""
    return re.findall(r'<tr class="\w+" data-id="(\w{32})">', page.text)


def test_the_list_shows_what_is_open_and_how_old_that_is(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    first = open_alert(web, segware)
    web.clock.advance(3 * MINUTE)
    second = open_alert(web, segware, CONDOMINIO, "E131")
    web.clock.advance(MINUTE)
    page = ana.get("/alerts")
    assert (page.status_code, rows(page)) == (200, [second, first])
    said = text_of(page)
    assert "Última leitura completa há 1 min · 2 abertos" in said
    assert "1950 Padaria São José Sentinela Monitoramento default média" in said
    assert "E130 arrombamento · ALR 60 ≥ 50 aberto" in said
    assert ana.get("/").headers["Location"] == "/alerts"


@on_sqlite
def test_the_state_of_things_is_said_where_the_list_is_empty(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    assert "Nada foi lido ainda" in text_of(ana.get("/alerts"))
    web.scan()
    assert "Tudo calmo. Nenhuma conta acima do limite." in text_of(ana.get("/alerts"))
    web.clock.advance(25 * MINUTE)
    stale = text_of(ana.get("/alerts"))
    assert "Sem leitura completa há 25 min: o que falta aqui não quer dizer" in stale
    assert "Tudo calmo" not in stale


def test_every_filter_is_in_the_address(ana: Site, web: Tracker, segware: Simulator) -> None:
    padaria = open_alert(web, segware)
    web.clock.advance(HOUR)
    condominio = open_alert(web, segware, CONDOMINIO, "E131")
    for query, expected in {
        "account=1950": [padaria],
        "name=Padaria*": [padaria],
        "company=Vigia*": [condominio],
        "group=Rede Boa Mesa": [padaria],
        "code=E131": [condominio],
        "cuc=ALR": [condominio, padaria],
        "alarm=default&priority=medium": [condominio, padaria],
        "priority=high": [],
        "since=30m": [condominio],
        "until=30m": [padaria],
        "state=closed": [],
        "state=all": [condominio, padaria],
        "account=&name=": [condominio, padaria],
    }.items():
        page = ana.get(f"/alerts?{query}")
        assert (page.status_code, rows(page)) == (200, expected), query
        lines = list(csv.DictReader(io.StringIO(ana.get(f"/alerts.csv?{query}").text)))
        assert [line["register_id"] for line in lines] == expected, query


@on_sqlite
@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("since=soon", "Isto não é um horário"),
        ("priority=urgent", "Escreva um destes: low, medium, high"),
        ("state=shut", "Escreva um destes: open, closed, all"),
        ("before=1", "Isto não é um cursor"),
        ("before=99999999999999999999-" + "0" * 32, "Isto não é um cursor"),
        ("since=1d&until=2d", "“Até” vem antes de “Desde”"),
    ],
)
def test_a_query_that_cannot_be_read_is_400(ana: Site, query: str, wrong: str) -> None:
    page = ana.get(f"/alerts?{query}")
    assert page.status_code == 400
    assert wrong in text_of(page)
    table = ana.get(f"/alerts.csv?{query}")
    assert (table.status_code, wrong in text_of(table)) == (400, True)


@on_sqlite
def test_a_filter_that_nobody_knows_is_told_with_the_nearest(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    open_alert(web, segware)
    for query, nearest in {
        "account=1951": "account=1950",
        "name=Padaria Sao Josee": "name=Padaria+S%C3%A3o+Jos%C3%A9",
        "code=E13O": "code=E130",
        "company=sentinela": "company=Sentinela+Monitoramento",
        "alarm=defualt": "alarm=default",
    }.items():
        page = ana.get(f"/alerts?{query}")
        assert "O filtro cita algo que não existe aqui." in text_of(page), query
        assert f'href="/alerts?{nearest}"' in page.text, query
    known = text_of(ana.get("/alerts?account=1950&code=E120"))
    assert "Nenhum alerta passa por estes filtros." in known
    low = text_of(ana.get("/alerts?priority=low"))
    assert ("Prioridade: baixa" in low, "Sem baixa" in low) == (True, True)


@on_sqlite
def test_older_ones_are_on_the_next_page(ana: Site, web: Tracker, segware: Simulator) -> None:
    ids = set(open_alerts(web, segware, 53))
    first = ana.get("/alerts")
    (older,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    second = ana.get(older.replace("&amp;", "&"))
    assert (len(rows(first)), len(rows(second))) == (50, 3)
    assert {*rows(first), *rows(second)} == ids
    assert 'rel="next"' not in second.text


@on_sqlite
def test_the_table_alone_is_what_a_live_page_asks_for(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    id_ = open_alert(web, segware)
    part = ana.get("/alerts?account=1950", headers={"X-Fragment": "list"})
    assert rows(part) == [id_]
    assert "<html" not in part.text
    web.clock.advance(11 * HOUR)
    ana.get("/alerts", headers={"X-Fragment": "list"})
    web.clock.advance(HOUR + 1)
    assert ana.get("/alerts").status_code == 303, "what a page asks for by itself is no use of it"


def test_those_chosen_are_closed_with_a_reason_and_a_name(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    one, two = open_alert(web, segware), open_alert(web, segware, CONDOMINIO)
    three = open_alert(web, segware, FARMACIA)
    form = {"ids": [one, two], "reason": "técnico chamado", "back": "code=E130"}
    closed = ana.post("/alerts/close", form)
    assert (closed.status_code, closed.headers["Location"]) == (303, "/alerts?code=E130")
    page = ana.get("/alerts")
    assert "2 alertas encerrados." in text_of(page)
    assert rows(page) == [three]
    told = {entry["register_id"]: entry["clear_reason"] for entry in web.history()}
    reason = f"forced: técnico chamado (by {ANA})"
    assert told == {one: reason, two: reason, three: None}
    assert f"encerrado por {ANA}: técnico chamado" in text_of(ana.get("/alerts?state=closed"))
    muted = "Encerrados manualmente, em silêncio até normalizar uma vez:"
    assert muted in text_of(page)
    said = f"ALR default desde 09:00 (encerrado por {ANA}: técnico chamado)"
    assert all(f"{account} E130 {said}" in text_of(page) for account in ("1950", "2207"))
    assert muted not in text_of(ana.get("/alerts?account=3046"))
    assert muted not in text_of(ana.get("/alerts?state=closed"))
    only = ana.get("/alerts?state=muted")
    assert sorted(rows(only)) == sorted((one, two))
    assert muted not in text_of(only)
    assert rows(ana.get("/alerts?state=muted&account=2207&since=1h")) == [two]
    lines = list(csv.DictReader(io.StringIO(ana.get("/alerts.csv?state=muted&account=1950").text)))
    assert [line["register_id"] for line in lines] == [one]
    assert rows(ana.get("/alerts?state=muted&until=yesterday")) == []
    assert "silenciado" in text_of(ana.get(f"/alerts/{one}"))
    assert "silenciado" not in text_of(ana.get(f"/alerts/{three}"))


@on_sqlite
def test_a_silence_is_ended_in_a_persons_name_and_the_next_scan_opens_what_still_holds(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    first = open_alert(web, segware)
    unmute = f"/alerts/{first}/unmute"
    assert f'action="{unmute}"' not in ana.get(f"/alerts/{first}").text
    web.clear("--force", "--account", "1950", "--reason", "técnico")
    for page in (f"/alerts/{first}", "/accounts/1950"):
        assert f'action="{unmute}"' in ana.get(page).text, page
    assert (
        ana.post(unmute, {"reason": "saiu"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code
        == 403
    )
    ended = ana.post(unmute, {"reason": "saiu"})
    assert (ended.status_code, ended.headers["Location"]) == (303, f"/alerts/{first}")
    said = text_of(ana.get(f"/alerts/{first}"))
    assert "Não está mais em silêncio: se ainda valer, a próxima leitura abre de novo." in said
    assert re.search(rf"{ANA} \S.* silêncio encerrado: saiu", said)
    again = ana.post(unmute)
    assert (again.status_code, "Já não está em silêncio." in text_of(again)) == (422, True)
    assert ana.post(f"/alerts/{'0' * 32}/unmute").status_code == 404
    web.clock.advance(MINUTE)
    assert len(web.scan()["opened"]) == 1


@on_sqlite
def test_without_a_reason_nothing_is_closed_and_nothing_is_lost(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    id_ = open_alert(web, segware)
    page = ana.post("/alerts/close", {"ids": [id_], "reason": " "})
    assert page.status_code == 422
    assert "Diga por quê: fica no registro." in text_of(page)
    assert re.search(rf'value="{id_}"[^>]* checked', page.text)
    none = ana.post("/alerts/close", {"reason": "engano"})
    assert (none.status_code, 'value="engano"' in none.text) == (422, True)
    assert ana.post("/alerts/close", {"ids": ["x" * 32, "1"], "reason": "x"}).status_code == 303
    assert web.history()[0]["cleared_at"] is None


def test_one_alert_tells_everything(ana: Site, web: Tracker, segware: Simulator) -> None:
    id_ = open_alert(web, segware)
    page = ana.get(f"/alerts/{id_}")
    said = text_of(page)
    for part in (
        "1950 Padaria São José",
        "E130 arrombamento · ALR: 60 ≥ 50 em 2 h",
        "Contado de 21/11/2026 07:00:00",
        "revisão 1",
        "Ninguém: nenhum canal estava ligado",
    ):
        assert part in said, part
    assert "Talvez" not in said
    sql(web.environ["DATABASE_URL"], "UPDATE register_entries SET cause = 'swinger'")
    guess = "Em geral, contato oscilando ou movimento em área armada. Um palpite, pelas contagens."
    assert f"Talvez zona oscilante {guess}" in text_of(ana.get(f"/alerts/{id_}"))
    assert "E130 arrombamento default · talvez zona oscilante" in text_of(ana.get("/report"))
    assert ana.get(f"/alerts/{'0' * 32}").status_code == 404
    for none in ("1", "0" * 33, "0" * 5_000, "%00", "' OR 1=1"):
        assert ana.get(f"/alerts/{none}").status_code == 404


@on_sqlite
def test_what_is_of_no_single_account_goes_by_its_company(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    alarms(web, "create doors --codes E401 --value 2 --group-by company")
    alarms(web, "create any --codes E402 --value 2 --group-by code")
    segware.add_events(web.clock.now(), PADARIA, "E401", count=2)
    segware.add_events(web.clock.now(), PADARIA, "E402", count=2)
    web.scan()
    company = "Sentinela Monitoramento"
    listed = ana.get("/alerts")
    assert f'<td class="account"><strong>{company}</strong></td>' in listed.text
    assert f'aria-label="Escolher o alerta da conta {company}"' in listed.text
    assert '<td class="account"><strong>–</strong></td>' in listed.text, "of no company either"
    headings = [text_of(ana.get(f"/alerts/{id_}")) for id_ in rows(listed)]
    assert sum(f"Alertas {company} aberto" in said for said in headings) == 1
    report = ana.get("/report").text
    assert f'<td class="account"><strong>{company}</strong></td>' in report
    assert '<td class="account"><strong>–</strong></td>' in report
    assert re.search(rf"doors +{company} +{company} ", web("report").stdout)


def test_a_note_is_written_and_an_alert_taken_over(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    id_ = open_alert(web, segware)
    assert ana.post(f"/alerts/{id_}/notes", {"text": " \n"}).status_code == 422
    assert ana.post(f"/alerts/{id_}/notes", {"text": "x" * 2_001}).status_code == 422
    hostile = "<b>liguei</b>\n\u202evai \u0000ser visto"
    assert ana.post(f"/alerts/{id_}/notes", {"text": hostile}).status_code == 303
    assert ana.post(f"/alerts/{id_}/notes", {"text": "", "acknowledge": "1"}).status_code == 303
    page = ana.get(f"/alerts/{id_}")
    assert "A anotação foi gravada." in text_of(page)
    assert "&lt;b&gt;liguei&lt;/b&gt;\n\\u202evai" in page.text
    assert f"{ANA} há 0 s assumiu Assumido." in text_of(page)
    assert f"assumido por {ANA}" in text_of(ana.get("/alerts"))
    assert ana.post(f"/alerts/{'0' * 32}/notes", {"text": "x"}).status_code == 404


@on_sqlite
def test_names_from_segware_are_text(ana: Site, web: Tracker, segware: Simulator) -> None:
    segware.add_account(66, "66", "<script>alert(1)</script>\u202e'\"", 11)
    id_ = open_alert(web, segware, 66)
    for path in ("/alerts", f"/alerts/{id_}", "/alerts?name=<script>alert(2)</script>"):
        page = ana.get(path).text
        assert "<script>alert" not in page
        assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\u202e" in ana.get("/alerts").text


@on_sqlite
@pytest.mark.parametrize("path", ["/", "/alerts", "/alerts.csv", f"/alerts/{'0' * 32}"])
def test_nobody_sees_nothing(site: Site, path: str) -> None:
    away = site.get(f"{path}?account=1950")
    assert away.status_code == 303
    assert away.headers["Location"].startswith("/sign-in?next=%2F")
    assert "1950" in away.headers["Location"]


@on_sqlite
def test_nobody_changes_nothing(site: Site, web: Tracker, segware: Simulator) -> None:
    id_ = open_alert(web, segware)
    for path, form in {
        "/alerts/close": {"ids": id_, "reason": "x"},
        f"/alerts/{id_}/notes": {"text": "x"},
    }.items():
        away = site.post(path, form)
        assert (away.status_code, away.headers["Location"]) == (303, "/sign-in?next=%2Falerts")
    assert web.history()[0]["cleared_at"] is None


@on_sqlite
@pytest.mark.parametrize(
    ("left", "back"),
    [
        (f"/alerts/{'0' * 32}", f"%2Falerts%2F{'0' * 32}"),
        ("/holds?account=1950", "%2Fholds%3Faccount%3D1950"),
        ("/alerts/close", "%2Falerts"),
        ("//elsewhere.example", "%2Falerts"),
    ],
)
def test_whose_session_was_over_comes_back_to_the_page_that_was_left(
    site: Site, left: str, back: str
) -> None:
    away = site.post("/holds", {"account": "1950"}, headers={"Referer": site.url + left})
    assert (away.status_code, away.headers["Location"]) == (303, f"/sign-in?next={back}")


@on_sqlite
def test_what_is_over_already_is_not_said_to_be_closed(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    ids = open_alerts(web, segware, 2)
    ana.post("/alerts/close", {"ids": ids[0], "reason": "visita"})
    assert "1 alerta encerrado." in text_of(ana.get("/alerts"))
    ana.post("/alerts/close", {"ids": ids, "reason": "visita"})
    said = text_of(ana.get("/alerts"))
    assert "1 alerta encerrado. 1 já estava encerrado." in said
    ana.post("/alerts/close", {"ids": ids, "reason": "visita"})
    said = text_of(ana.get("/alerts"))
    assert ("2 já estavam encerrados." in said, "0 alerta" in said) == (True, False)


@on_sqlite
def test_sixty_changes_a_minute_are_enough(ana: Site, web: Tracker, segware: Simulator) -> None:
    id_ = open_alert(web, segware)
    answers = [ana.post(f"/alerts/{id_}/notes", {"text": "x"}).status_code for _ in range(61)]
    assert answers == [303] * 60 + [429]


@on_sqlite
def test_what_goes_on_below_its_value_is_said_to_be_above_its_line(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    open_alert(web, segware)
    for count, said in ((45, "45 (≥ 50) aberto ainda acima da linha"), (39, "39 (≥ 50) abaixo do")):
        segware.clear_events()
        segware.add_events(web.clock.now(), PADARIA, "E130", count=count)
        web.scan("--full", TRACKER_CLEAR_BELOW="80%")
        assert said in text_of(ana.get("/alerts"))
