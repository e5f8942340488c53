"""The editor of alarms: what is typed is never lost, what cannot be is told beside its field."""

import re

import pytest

from tests.support.engines import on_sqlite
from tests.support.world import Tracker
from tests.web.conftest import Site, text_of
from tests.web.forms import form_of, new_form, shown

pytestmark = on_sqlite

ENGLISH = {"Accept-Language": "en"}


def names(web: Tracker) -> list[str]:
    return [alarm["name"] for alarm in web("alarms", "list", "--format", "json").json]


@pytest.mark.parametrize(
    "template", ["power-failure", "missing-test", "repeat-offender", "slow-runaway", "panic-storm"]
)
def test_a_ready_made_alarm_is_the_same_as_from_the_command_line(
    ana: Site, web: Tracker, template: str
) -> None:
    accounts = ("--accounts", "1950") if template == "missing-test" else ()
    assert web("alarms", "create", "one", "--template", template, *accounts).exit_code == 0
    form = new_form(ana, f"?template={template}", name="other")
    if accounts:
        form["accounts"] = "1950"
    assert ana.post("/alarms/new", form, headers=ENGLISH).status_code == 303
    one, other = shown(web, "one"), shown(web, "other")
    own = {"name", "description", "created_by", "created_at", "comment", "versions"}
    assert {k: v for k, v in one.items() if k not in own} == {
        k: v for k, v in other.items() if k not in own
    }


def test_a_copy_begins_with_everything_but_the_name(ana: Site, web: Tracker) -> None:
    assert web("alarms", "create", "doors", "--codes", "E401", "--no-notify").exit_code == 0
    form = new_form(ana, "?copy=doors")
    assert (form["name"], form["codes"]) == ("", "E401")
    assert "notify" not in form
    assert ana.get("/alarms/new?copy=nobody").status_code == 404
    assert ana.get("/alarms/new?template=nothing").status_code == 404


def test_saving_what_nobody_touched_changes_nothing(ana: Site, web: Tracker) -> None:
    made = web(
        "alarms", "create", "doors", "--codes", "E401,E402", "--cucs", "ALR", "--values", "E401=7",
        "--companies", '"Silva ""Zé"", Souza",B', "--condition", "unique", "--field", "cuc",
        "--email-subject", 'Porta "aberta"', "--no-notify", "--catch-up", "--include-table",
        "--channels", "email,whatsapp", "--description", "a & b <c>",
    )  # fmt: skip
    assert made.exit_code == 0, made.stderr
    before = shown(web, "doors")
    done = ana.post("/alarms/doors", form_of(ana.get("/alarms/doors").text))
    assert (done.status_code, done.headers["Location"]) == (303, "/alarms/doors?done=unchanged")
    assert shown(web, "doors") == before


def test_an_unticked_box_of_a_sent_form_means_off(ana: Site, web: Tracker) -> None:
    assert web("alarms", "create", "doors", "--catch-up", "--channels", "email").exit_code == 0
    form = form_of(ana.get("/alarms/doors").text)
    for name in ("enabled", "notify", "catch_up", "channels"):
        del form[name]
    assert ana.post("/alarms/doors", form).status_code == 303
    alarm = shown(web, "doors")
    assert [alarm[name] for name in ("enabled", "notify", "catch_up")] == [False, False, False]
    assert alarm["channels"] == []


def test_what_does_not_apply_was_not_meant(ana: Site, web: Tracker) -> None:
    form = new_form(
        ana, name="plain", condition="count", field="cuc", source="events", of="default"
    )
    assert ana.post("/alarms/new", form).status_code == 303
    alarm = shown(web, "plain")
    assert (alarm["field"], alarm["of"]) == (None, None)


WRONG = {
    "name": "",
    "codes": "E13O!",
    "window": "1y",
    "value": "many",
    "email_to": "nobody",
    "operator": "≠",
    "description": "kept <b>",
    "comment": "why not",
}


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, ["Escreva um número inteiro e s, m, h ou d (2h).", "Escreva endereços simples"]),
        (ENGLISH, ["Write a whole number and s, m, h or d (2h).", "Write plain addresses"]),
    ],
    ids=["pt-BR", "en"],
)
@pytest.mark.parametrize("path", ["/alarms/new", "/alarms/doors"])
def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_lost(
    ana: Site, web: Tracker, path: str, headers: dict[str, str], words: list[str]
) -> None:
    assert web("alarms", "create", "doors").exit_code == 0
    before = shown(web, "doors")
    form = {**form_of(ana.get(path).text), **WRONG, "group_by": ["company"]}
    del form["notify"]
    page = ana.post(path, form, headers=headers)
    assert page.status_code == 422
    for text in words:
        assert text_of(page).count(text) >= 2, text  # in the summary, and beside the field
    for field in ("name", "codes", "window", "value", "email_to", "operator"):
        described = rf'id="{field}"[^>]*aria-invalid="true"[^>]*aria-describedby="wrong-{field}'
        assert re.search(described, page.text), field
        assert f'id="wrong-{field}"' in page.text
        assert f'href="#{field}"' in page.text
    again = form_of(page.text)
    assert {name: again.get(name) for name in form} == form
    assert "notify" not in again
    assert shown(web, "doors") == before
    assert names(web) == ["default", "doors"]


def test_a_name_that_is_taken_is_told(ana: Site, web: Tracker) -> None:
    page = ana.post("/alarms/new", new_form(ana, name="default"))
    assert page.status_code == 422
    assert web("alarms", "create", "doors").exit_code == 0
    page = ana.post("/alarms/new", new_form(ana, name="doors"))
    assert page.status_code == 422
    assert "Já existe um alarme com este nome." in text_of(page)


def test_a_comment_longer_than_what_is_kept_is_told(ana: Site, web: Tracker) -> None:
    page = ana.post("/alarms/new", new_form(ana, name="long", comment="x" * 1_001))
    assert page.status_code == 422
    assert 'id="wrong-comment"' in page.text
    assert form_of(page.text)["comment"] == "x" * 1_001
    assert names(web) == ["default"]


def test_two_people_at_once_lose_nothing(ana: Site, web: Tracker) -> None:
    ana.browser.headers.update(ENGLISH)
    assert web("alarms", "create", "doors", "--value", "20").exit_code == 0
    form = form_of(ana.get("/alarms/doors").text)
    other = web("alarms", "edit", "doors", "--value", "35", "--by", "Bia", "--comment", "festa")
    assert other.exit_code == 0
    page = ana.post("/alarms/doors", {**form, "value": "50", "description": "mine"})
    assert page.status_code == 409
    said = text_of(page)
    assert "Bia" in said
    assert "festa" in said
    assert re.search(r"Value 35 50", said)
    again = form_of(page.text)
    assert (again["value"], again["description"]) == ("50", "mine")
    assert shown(web, "doors")["value"] == 35
    # Whoever has seen it may replace it.
    assert ana.post("/alarms/doors", again).status_code == 303
    assert shown(web, "doors")["value"] == 50


def test_a_form_that_was_refused_still_meets_the_conflict(ana: Site, web: Tracker) -> None:
    assert web("alarms", "create", "doors", "--value", "20").exit_code == 0
    form = form_of(ana.get("/alarms/doors").text)
    assert web("alarms", "edit", "doors", "--value", "35").exit_code == 0
    refused = ana.post("/alarms/doors", {**form, "window": "never"})
    assert refused.status_code in (409, 422)
    mended = {**form_of(refused.text), "window": "3h"}
    if refused.status_code == 422:
        assert ana.post("/alarms/doors", mended).status_code == 409
    assert shown(web, "doors")["value"] == 35


def test_what_was_typed_for_an_alarm_that_is_gone_is_still_there(ana: Site, web: Tracker) -> None:
    assert web("alarms", "create", "doors").exit_code == 0
    form = {**form_of(ana.get("/alarms/doors").text), "codes": "E401"}
    assert web("alarms", "delete", "doors").exit_code == 0
    page = ana.post("/alarms/doors", form)
    assert page.status_code == 409
    assert form_of(page.text)["codes"] == "E401"
    assert ana.post("/alarms/new", form_of(page.text)).status_code == 303
    assert shown(web, "doors")["codes"] == ["E401"]


def test_a_form_without_its_version_changes_nothing(ana: Site, web: Tracker) -> None:
    assert web("alarms", "create", "doors").exit_code == 0
    form = form_of(ana.get("/alarms/doors").text)
    for version in (None, "", "x", "-1", "9" * 40, "²"):
        assert ana.post("/alarms/doors", {**form, "version": version}).status_code == 400
    assert len(shown(web, "doors")["versions"]) == 1


def test_default_can_be_changed_but_for_its_rule(ana: Site, web: Tracker) -> None:
    form = form_of(ana.get("/alarms/default").text)
    assert not {"value", "name"} & set(form)
    sent = {**form, "priority": "high", "value": "1", "name": "mine", "codes": "E401"}
    assert ana.post("/alarms/default", sent).status_code == 303
    alarm = shown(web, "default")
    assert (alarm["priority"], alarm["value"], alarm["name"]) == ("high", 50, "default")
    broken = ana.post("/alarms/default", {**form, "version": "2", "email_to": "nobody"})
    assert broken.status_code == 422
    assert 'id="wrong-email_to"' in broken.text


def test_an_alarm_over_one_that_is_gone_says_so_until_it_counts_another(
    ana: Site, web: Tracker
) -> None:
    assert web("alarms", "create", "base").exit_code == 0
    made = web("alarms", "create", "thrice", "--source", "detections", "--of", "base")
    assert made.exit_code == 0
    assert web("alarms", "delete", "base").exit_code == 0
    form = form_of(ana.get("/alarms/thrice").text)
    refused = ana.post("/alarms/thrice", {**form, "value": "3"})
    assert refused.status_code == 422
    assert 'id="wrong-of"' in refused.text
    assert ana.post("/alarms/thrice", {**form, "of": "default"}).status_code == 303
    assert shown(web, "thrice")["of"] == "default"


def test_the_preview_says_the_rule_and_what_it_would_begin(ana: Site, web: Tracker) -> None:
    ana.browser.headers.update(ENGLISH)
    assert web("alarms", "create", "doors", "--codes", "E401").exit_code == 0
    form = form_of(ana.get("/alarms/doors").text)
    same = ana.post("/alarms/preview", form)
    assert same.status_code == 200
    assert "<html" not in same.text
    assert "revision 2" not in text_of(same)
    changed = text_of(ana.post("/alarms/preview", {**form, "value": "30"}))
    assert "30 or more events" in changed
    assert "begins revision 2" in changed
    broken = ana.post("/alarms/preview", {**form, "window": "long"})
    assert broken.status_code == 200  # what is half typed is no error
    assert "Write a whole number and s, m, h or d (2h)." in text_of(broken)
    assert shown(web, "doors")["value"] == 50


def test_without_scripts_the_button_shows_the_preview_in_the_form(ana: Site, web: Tracker) -> None:
    ana.browser.headers.update(ENGLISH)
    typed = new_form(ana, name="", codes="E401", value="3", preview="1")
    page = ana.post("/alarms/new", typed)
    assert page.status_code == 200
    assert "3 or more events" in text_of(page)
    assert form_of(page.text)["codes"] == "E401"
    assert names(web) == ["default"]
    assert web("alarms", "create", "doors").exit_code == 0
    form = form_of(ana.get("/alarms/doors").text)
    page = ana.post("/alarms/doors", {**form, "value": "9", "preview": "1"})
    assert page.status_code == 200
    assert "begins revision 2" in text_of(page)
    assert form_of(page.text)["version"] == form["version"]
    assert shown(web, "doors")["value"] == 50


def test_when_it_is_over_is_the_alarms_own_or_the_settings(ana: Site, web: Tracker) -> None:
    form = new_form(ana, name="doors", clear_below="80", clear_after="30m")
    refused = ana.post("/alarms/new", form)
    assert refused.status_code == 422
    assert "Escreva uma porcentagem inteira de 1% a 100% (80%)." in text_of(refused)
    form["clear_below"] = "80%"
    assert ana.post("/alarms/new", form).status_code == 303
    assert [shown(web, "doors")[name] for name in ("clear_below", "clear_after")] == [80, 1800]
    page = ana.get("/alarms/doors")
    assert "encerra quando fica abaixo de 80% disso por 30m." in text_of(page)
    assert "Vazio: como na configuração, 100%." in text_of(page)
    form = form_of(page.text) | {"clear_below": "", "operator": "="}
    assert ana.post("/alarms/doors", form | {"clear_below": "80%"}).status_code == 422
    assert ana.post("/alarms/doors", form).status_code == 303
    assert "clear_below" not in shown(web, "doors")
    usual = ana.get("/alarms/default")
    assert not {"clear_below", "clear_after"} & form_of(usual.text).keys()
    assert ana.post("/alarms/default", form_of(usual.text)).status_code == 303
