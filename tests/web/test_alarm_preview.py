"""The preview beside the editor: what the rule as typed would open, before anything is stored."""

import re

import pytest

from events_tracker.base.times import HOUR
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import fail_events_before
from tests.support.engines import on_sqlite
from tests.support.world import FARMACIA, NOON, PADARIA, Tracker
from tests.web.conftest import Site, text_of
from tests.web.forms import form_of, new_form, shown

pytestmark = on_sqlite


@pytest.fixture(autouse=True)
def _in_english(ana: Site) -> None:
    ana.browser.headers["Accept-Language"] = "en"


@pytest.fixture(autouse=True)
def _events(segware: Simulator) -> None:
    """One burst that is over after two hours, and one that is still there."""
    segware.add_events(NOON - 10 * HOUR - 1, PADARIA, "E130", count=60)
    segware.add_events(NOON - HOUR - 1, PADARIA, "E130", count=50)
    segware.add_events(NOON - HOUR - 1, FARMACIA, "1130", count=49)


def test_it_says_how_many_alerts_whose_and_draws_when(ana: Site, web: Tracker) -> None:
    page = ana.post("/alarms/preview", new_form(ana, value="50"))
    assert page.status_code == 200
    said = text_of(page)
    assert "2 alerts in the last 24 h · 1 open now" in said
    assert "1950 · Sentinela Monitoramento · E130 · ALR 60 2" in said
    assert "3046" not in said  # which would not have opened
    # Two hours of quarters, both ends included, and the hour that is not over yet.
    assert page.text.count('class="over"') == 9 + 4
    assert 'class="hole"' not in page.text
    assert "At most 60; compared with ≥ 50." in said
    assert " style=" not in page.text  # the content policy forbids it
    assert web.history("--archived") == []


def test_where_nobody_would_open_it_says_who_came_nearest(ana: Site) -> None:
    said = text_of(ana.post("/alarms/preview", new_form(ana, value="70")))
    assert "0 alerts in the last 24 h" in said
    assert "Who came nearest" in said
    assert "1950 · Sentinela Monitoramento · E130 · ALR 60 0" in said


def test_what_nobody_has_ever_seen_is_told_in_the_language_of_the_page(
    ana: Site, web: Tracker
) -> None:
    web.scan()
    form = new_form(ana, codes="E13O, E120", cucs="ALX")
    told = text_of(ana.post("/alarms/preview", form))
    assert "nobody has ever sent E13O; did you mean E130?" in told
    told = text_of(ana.post("/alarms/preview", form, headers={"Accept-Language": "pt-BR"}))
    assert "ninguém nunca enviou E13O; você quis dizer E130?" in told
    assert "ninguém nunca enviou o CUC ALX; você quis dizer ALR?" in told
    assert "ninguém nunca enviou E120, pelo que está guardado" in told


def test_what_would_annoy_is_told(ana: Site, segware: Simulator) -> None:
    for number in range(25):
        segware.add_account(200 + number, str(6000 + number), "Cliente", 11)
        segware.add_events(NOON - HOUR, 200 + number, "E401", count=3)
    told = text_of(ana.post("/alarms/preview", new_form(ana, value="3", codes="E401")))
    assert "25 alerts" in told
    assert "More than one an hour: this will annoy." in told
    assert "annoy" not in text_of(ana.post("/alarms/preview", new_form(ana, value="50")))


def test_what_could_not_be_read_is_a_hole(ana: Site, segware: Simulator) -> None:
    fail_events_before(segware, NOON - 2 * HOUR)
    page = ana.post("/alarms/preview", new_form(ana, value="50"))
    assert page.status_code == 200
    assert 'class="hole"' in page.text
    assert "holes in the chart" in text_of(page)


def test_over_detections_there_is_none_and_it_says_so(ana: Site) -> None:
    form = new_form(ana, source="detections", of="default", value="3", group_by=["account"])
    said = text_of(ana.post("/alarms/preview", form))
    assert "3 or more detections of default in 2h, by account" in said
    assert "No preview:" in said


def test_typing_is_not_counted_as_writing(ana: Site) -> None:
    form = new_form(ana, window="x")
    for _ in range(70):
        assert ana.post("/alarms/preview", form).status_code == 200


def test_without_scripts_the_button_shows_it_in_the_form(ana: Site, web: Tracker) -> None:
    assert web("alarms", "create", "doors", "--value", "70").exit_code == 0
    form = {**form_of(ana.get("/alarms/doors").text), "value": "50", "preview": "1"}
    page = ana.post("/alarms/doors", form)
    assert page.status_code == 200
    assert re.search(r"2 alerts in the last 24 h", text_of(page))
    assert "begins revision 2" in text_of(page)
    assert form_of(page.text)["value"] == "50"
    assert shown(web, "doors")["value"] == 70


def test_the_list_counts_what_is_open_and_was_found(ana: Site, web: Tracker) -> None:
    web.scan()
    page = ana.get("/alarms")
    assert 'Open now: </span><a href="/alerts?alarm=default"><strong>1<' in page.text
    assert "In 7 days: </span>1<" in page.text


def test_exceptions_in_force_are_shown(ana: Site, web: Tracker) -> None:
    made = web(
        "alarms", "except", "default", "--account", "1950", "--value", "200",
        "--reason", "escola <férias>", "--by", "Bia",
    )  # fmt: skip
    assert made.exit_code == 0, made.stderr
    page = ana.get("/alarms/default")
    assert re.search(r"1950 .*200 .*escola &lt;férias&gt; .*Bia", text_of(page))
