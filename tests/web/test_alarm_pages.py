"""The pages of alarms: the list, one alarm, and what is done to it as a whole."""

import re
from urllib.parse import quote

import pytest

from tests.support.engines import on_sqlite
from tests.support.world import Tracker
from tests.web.conftest import Site, text_of
from tests.web.forms import shown

pytestmark = on_sqlite

HOSTILE = [
    "a/b",
    "a/enable",
    "../x",
    "..",
    "new",
    "preview",
    "50% off?",
    "a%2Fb",
    '"><script>alert(1)</script>',
    "it's #1 & more",
    "noite  calma",
    "Pânico São José ção",
]


@pytest.fixture
def doors(web: Tracker) -> str:
    """An alarm made on the command line; its name."""
    made = web(
        "alarms", "create", "doors", "--codes", "E401", "--value", "20", "--window", "30m",
        "--by", "Rui", "--comment", "first try",
    )  # fmt: skip
    assert made.exit_code == 0, made.stderr
    return "doors"


def test_the_list_tells_of_every_alarm_what_it_looks_for(ana: Site, doors: str) -> None:
    page = ana.get("/alarms")
    assert page.status_code == 200
    said = text_of(page)
    assert "20 ou mais eventos de um código e CUC em 30m, por conta" in said
    assert "só os códigos E401" in said
    assert "50 ou mais eventos" in said
    assert 'href="/alarms/doors"' in page.text
    assert "Rui" in said


def test_nobody_sees_alarms_without_signing_in(site: Site) -> None:
    for path in ("/alarms", "/alarms/new", "/alarms/default", "/alarms/default/delete"):
        away = site.get(path)
        assert (away.status_code, away.headers["Location"]) == (
            303,
            f"/sign-in?next={quote(path, safe='')}",
        )


def test_an_alarm_shows_what_it_found_and_its_versions(ana: Site, web: Tracker, doors: str) -> None:
    edited = web("alarms", "edit", doors, "--value", "30", "--by", "Bia", "--comment", "too many")
    assert edited.exit_code == 0
    said = text_of(ana.get("/alarms/doors"))
    assert "30 ou mais eventos de um código e CUC em 30m, por conta" in said
    assert re.search(r"2 · Bia · .* too many .*: 20 → 30", said)
    assert re.search(r"1 · Rui", said)


def test_the_rule_of_default_is_shown_with_where_it_is_changed(ana: Site) -> None:
    page = ana.get("/alarms/default")
    said = text_of(page)
    assert "50 ou mais eventos de um código e CUC em 2h, por conta" in said
    assert "Eventos vigiados demais de uma conta, CUC e código" in said
    assert "TRACKER_THRESHOLD" in said
    assert "tracker init" in said
    assert 'name="value"' not in page.text
    assert "/alarms/default/delete" not in page.text


def test_a_name_that_nobody_has_leads_to_the_nearest(ana: Site, doors: str) -> None:
    page = ana.get("/alarms/door")
    assert page.status_code == 404
    assert 'href="/alarms/doors"' in page.text
    assert ana.get("/alarms/" + "x" * 3_000).status_code == 404
    for path in ("enable", "delete", "restore"):
        assert ana.post(f"/alarms/door/{path}", {"version": "1"}).status_code == 404


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_is_text_and_its_links_lead_to_it(ana: Site, web: Tracker, name: str) -> None:
    assert web("alarms", "create", "--value", "7", "--", name).exit_code == 0
    listed = ana.get("/alarms")
    assert "<script>alert" not in listed.text
    links = re.findall(r'<td class="edge alarm"><a href="([^"]+)">', listed.text)
    (link,) = [link for link in links if link != "/alarms/default"]
    page = ana.get(link)
    assert page.status_code == 200
    assert "7 ou mais eventos" in text_of(page)
    (disable,) = re.findall(r'formaction="([^"]+/disable)"', page.text)
    done = ana.post(disable, {"comment": "quieto"})
    assert done.status_code == 303
    assert ana.get(done.headers["Location"]).status_code == 200
    alarm = next(
        one for one in web("alarms", "list", "--format", "json").json if one["name"] == name
    )
    assert (alarm["enabled"], alarm["changed_by"], alarm["comment"]) == (
        False,
        "Ana Lima",
        "quieto",
    )


@pytest.mark.parametrize("name", ["a/b", "Pânico São José"])
def test_a_name_that_somebody_encoded_by_hand_leads_to_it_too(
    ana: Site, web: Tracker, name: str
) -> None:
    assert web("alarms", "create", name).exit_code == 0
    assert ana.get(f"/alarms/{quote(name, safe='')}").status_code == 200
    assert ana.get(f"/alarms/{quote(name, safe='')}/delete").status_code == 200


def test_each_verb_does_it_once_and_says_so(ana: Site, web: Tracker, doors: str) -> None:
    for verb, field, value in (
        ("disable", "enabled", False),
        ("enable", "enabled", True),
        ("close", "status", "closed"),
        ("reopen", "status", "open"),
    ):
        done = ana.post(f"/alarms/doors/{verb}", {"comment": f"why {verb}"})
        assert done.status_code == 303
        alarm = shown(web, "doors")
        assert (alarm[field], alarm["comment"]) == (value, f"why {verb}")
        again = ana.post(f"/alarms/doors/{verb}", {"comment": "again"})
        assert "unchanged" in again.headers["Location"]
        assert shown(web, "doors")["comment"] == f"why {verb}"


def test_restoring_goes_back_as_a_new_version(ana: Site, web: Tracker, doors: str) -> None:
    assert web("alarms", "edit", doors, "--value", "30").exit_code == 0
    done = ana.post("/alarms/doors/restore", {"version": "1", "comment": "it was better"})
    assert done.status_code == 303
    alarm = shown(web, "doors")
    assert (alarm["value"], alarm["comment"], alarm["changed_by"]) == (
        20,
        "it was better",
        "Ana Lima",
    )
    assert "it was better" in text_of(ana.get(done.headers["Location"]))


@pytest.mark.parametrize(
    ("version", "status"), [("", 400), ("x", 400), ("-1", 400), ("9" * 30, 400), ("7", 422)]
)
def test_a_version_that_is_none_restores_nothing(
    ana: Site, web: Tracker, doors: str, version: str, status: int
) -> None:
    assert ana.post("/alarms/doors/restore", {"version": version}).status_code == status
    assert shown(web, "doors")["comment"] == "first try"


def test_what_cannot_hold_again_is_told(ana: Site, web: Tracker, doors: str) -> None:
    assert web("alarms", "edit", doors, "--source", "detections", "--of", "default").exit_code == 0
    assert web("alarms", "create", "base").exit_code == 0
    assert web("alarms", "edit", doors, "--of", "base").exit_code == 0
    assert web("alarms", "edit", doors, "--source", "events").exit_code == 0
    assert web("alarms", "delete", "base").exit_code == 0
    refused = ana.post("/alarms/doors/restore", {"version": "3"})
    assert refused.status_code == 422
    assert "o alarme cujas detecções contam não existe" in text_of(refused).lower()


def test_deleting_asks_first(ana: Site, web: Tracker, doors: str) -> None:
    assert web(
        "alarms", "create", "thrice", "--source", "detections", "--of", doors
    ).exit_code == 0  # fmt: skip
    question = ana.get("/alarms/doors/delete")
    assert question.status_code == 200
    assert "thrice" in text_of(question)
    for form in ({}, {"confirm": "other"}, {"confirm": ""}):
        asked = ana.post("/alarms/doors/delete", {**form, "comment": "no use"})
        assert asked.status_code == 422
        assert 'name="confirm" value="doors"' in asked.text
        assert 'value="no use"' in asked.text
    assert shown(web, "doors")["name"] == "doors"
    done = ana.post("/alarms/doors/delete", {"confirm": "doors", "comment": "no use"})
    assert done.status_code == 303
    assert ana.get(done.headers["Location"]).status_code == 200
    assert ana.get("/alarms/doors").status_code == 404


def test_default_is_never_deleted(ana: Site, web: Tracker) -> None:
    assert "tracker init" not in text_of(ana.get("/alarms/default/delete"))
    refused = ana.post("/alarms/default/delete", {"confirm": "default"})
    assert refused.status_code == 422
    assert shown(web, "default")["enabled"] is True


def test_what_another_site_sends_changes_no_alarm(ana: Site, web: Tracker, doors: str) -> None:
    for path in ("", "/enable", "/disable", "/close", "/reopen", "/restore", "/delete"):
        data = {"confirm": "doors", "version": "1", "value": "1"}
        sent = ana.ask("POST", f"/alarms/doors{path}", data=data)
        assert sent.status_code == 403
    for path in ("/alarms/new", "/alarms/preview"):
        assert ana.ask("POST", path, data={"name": "x"}).status_code == 403
    assert shown(web, "doors")["comment"] == "first try"


def test_an_alarm_in_error_says_what_is_wrong(ana: Site, web: Tracker) -> None:
    assert web("alarms", "create", "lost", "--accounts", "no<such>").exit_code == 0
    web.scan(exit_code=1)
    for path in ("/alarms", "/alarms/lost"):
        page = ana.get(path)
        assert "erro" in text_of(page) or "error" in text_of(page)
        assert "no&lt;such&gt;" in page.text


def test_a_code_that_no_scan_counts_is_told(ana: Site, web: Tracker) -> None:
    assert web("alarms", "create", "own", "--codes", "E702,E130").exit_code == 0
    assert "E702 " in re.findall(r'<p class="notice doubt">([^<]*)', ana.get("/alarms/own").text)[0]
