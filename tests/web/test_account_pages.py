"""The page of one account: why it is open or not, as a person sees it."""

import re

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms
from tests.support.engines import on_sqlite
from tests.support.world import NOON, PADARIA, Tracker, open_alert
from tests.web.conftest import Site, text_of

pytestmark = on_sqlite


def test_an_account_is_explained_with_the_chart_of_its_window(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    segware.add_events(NOON - 30 * MINUTE, PADARIA, "R130", count=40)
    id_ = open_alert(web, segware)
    alerts = ana.get("/alerts").text
    (link,) = set(re.findall(r'href="(/accounts/1950\?company=[^"]+)"', alerts))
    assert link in ana.get(f"/alerts/{id_}").text
    page = ana.get(link)
    said = text_of(page)
    assert "1950 Padaria São José" in said
    assert "ALR: 60 · aberto desde 09:00" in said
    assert "não acabou: 60 ≥ 50" in said
    assert "Abaixo da linha de encerramento não antes de" in said
    assert "40 R130 arrombamento, restauração · ALR: o alarme não conta este código" in said
    assert "100 eventos desta conta = 60 contados + 40 não." in said
    assert (
        "A maioria dos disparos é seguida da restauração; nenhum outro problema. Em geral, contato "
        "oscilando ou movimento em área armada. Últimos 30 dias: abriu uma vez." in said
    )
    assert len(re.findall('<rect class="ahead"', page.text)) == 48
    assert '<rect class="over"' in page.text


def test_what_is_open_has_its_clear_line_and_says_where_nobody_knows_its_end(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    alarms(web, "create half --codes E130 --value 40 --clear-below 50%")
    alarms(web, "create codes --condition unique --field code --group-by account --value 1")
    segware.add_events(NOON, PADARIA, "E130", count=60)
    web.scan()
    page = ana.get("/accounts/1950")
    (line,) = re.findall(r'<line class="line clear" [^>]*y1="([0-9.]+)"', page.text)
    assert float(line) > 16
    assert "A linha de baixo é a de encerramento: 50% de 40." in text_of(page)
    assert page.text.count('<svg class="chart"') == 2
    assert "Ainda não se sabe" not in text_of(page)
    alarms(web, "create few --group-by account --accounts 1950 --operator '<=' --value 90")
    web.scan()
    assert "Ainda não se sabe quando pode acabar." in text_of(ana.get("/accounts/1950"))


def test_an_account_that_nobody_knows_or_several_have_is_asked_for(
    ana: Site, segware: Simulator
) -> None:
    assert "Nenhuma conta" in text_of(ana.get("/accounts/9999"))
    assert ana.get("/accounts/9999").status_code == 404
    segware.add_account(77, "1950", "Bar do Zé", 14)
    shared = ana.get("/accounts/1950")
    assert shared.status_code == 404
    assert "Vários clientes usam este código" in text_of(shared)
    _, vigia = re.findall(r'href="(/accounts/1950\?company=[^"]+)"', shared.text)
    assert "1950 Bar do Zé" in text_of(ana.get(vigia))
    nobody = text_of(ana.get("/accounts/1950?company=Coruja"))
    assert "Nenhuma conta com este código e empresa" in nobody
