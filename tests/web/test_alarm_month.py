"""The preview beside the editor where counts are kept: what the rule would have opened in them."""

import re
from typing import Any

from events_tracker.base.times import DAY, HOUR
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms
from tests.support.engines import connected, on_sqlite
from tests.support.kept_counts import keep
from tests.support.world import NOON, PADARIA, Tracker
from tests.web.conftest import Site, text_of
from tests.web.forms import form_of, new_form

pytestmark = on_sqlite

IN_ENGLISH = {"Accept-Language": "en"}


def said(ana: Site, language: str = "en", **rule: Any) -> str:
    page = ana.post("/alarms/preview", new_form(ana, **rule), headers={"Accept-Language": language})
    assert page.status_code == 200
    return text_of(page)


def test_a_month_tells_alerts_a_day_and_accounts_by_the_value_and_asks_nobody(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    keep(web, 32)
    asked = len(segware.requests)
    told = said(ana, value="40")
    assert (
        "In the last 30 days this rule would have opened 100.0 alerts a day · 100 accounts" in told
    )
    assert "More than one an hour: this will annoy." in told
    assert "100.0 100" in told
    for value, number in (("20", 200), ("27", 148), ("60", 66), ("120", 33)):
        assert re.search(rf"\b{value} [a-z ]*{number}\.\d {number} ", told), value
    assert "manageable" in told
    assert "Green: what one operator can handle" in told
    in_portuguese = said(ana, "pt-BR", value="40")
    assert (
        "Nos últimos 30 dias esta regra teria aberto 100,0 alertas por dia · 100 contas"
        in in_portuguese
    )
    assert len(segware.requests) == asked


def test_the_value_in_force_is_marked_beside_the_one_that_is_typed(ana: Site, web: Tracker) -> None:
    keep(web, 3)
    alarms(web, "create bursts --codes E130 --value 50")
    form = {**form_of(ana.get("/alarms/bursts").text), "value": "80", "preview": "1"}
    page = ana.post("/alarms/preview", form, headers=IN_ENGLISH)
    told = text_of(page)
    assert "In the last 2.9 days this rule would have opened 50." in told
    assert "From 30 days on" in told
    assert re.search(r"\b50 in force 7\d\.\d 80 ", told)
    assert re.search(r"\b80 as typed 5\d\.\d 50 ", told)
    assert page.text.count('class="mark before"') == 1
    assert 'class="band"' not in page.text  # no grades below 30 days


def test_what_cannot_be_replayed_keeps_the_last_day_and_says_why(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    segware.add_events(NOON - HOUR - 1, PADARIA, "E130", count=50)
    assert "1 alert in the last 24 h" in said(ana, value="50")
    keep(web, 3, openings=5)
    told = said(ana, value="51")
    assert "0 alerts in the last 24 h" in told
    assert "Openings and closings were kept by the hour" in told
    assert "alerts a day" in said(ana, value="51", codes="E130")
    told = said(ana, value="51", condition="unique", field="occurrence")
    assert "Kept counts do not tell occurrences apart" in told
    assert "in the last 24 h" in told


def test_a_time_before_the_scans_is_told_as_if_there_had_been_one_a_minute(
    ana: Site, web: Tracker
) -> None:
    keep(web, 3)
    assert "as if there had been one a minute" not in said(ana, value="40")
    with connected(web.environ["DATABASE_URL"]) as connection:
        connection.cursor().execute("DELETE FROM runs WHERE started_at < ?", (NOON - DAY,))
    told = said(ana, value="41")
    assert "No scan from before 2026-11-20 09:00:00 is known: until then as if there" in told
    with connected(web.environ["DATABASE_URL"]) as connection:
        connection.cursor().execute("DELETE FROM runs")
    assert "No scan of this time is known: it is told as if there" in said(ana, value="42")
    in_portuguese = said(ana, "pt-BR", value="43")
    assert "Nenhuma leitura desse tempo é conhecida" in in_portuguese


def test_an_alarm_over_detections_is_replayed_and_what_is_not_known_of_accounts_is_said(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    keep(web, 3)
    alarms(web, "create bursts --codes E130 --value 50")
    told = said(ana, source="detections", of="bursts", value="2", window="1d", group_by=["account"])
    assert "In the last 1.9 days this rule would have opened 79.8 alerts a day" in told
    # Of one account the scan that opens its alert knows the company.
    segware.add_events(NOON, PADARIA, "E130", count=60)
    assert web.scan()["opened"]
    told = said(ana, value="40", group_by=["account", "company"])
    assert "In the last 2.9 days this rule would have opened 1.0 alerts a day · 1 account" in told
    assert "399 accounts are left out: too little is known of them yet." in told
    assert "Accounts and their companies are taken as they are today." in told
