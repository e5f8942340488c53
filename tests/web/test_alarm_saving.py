"""Alarms that are made and changed on pages, on every engine."""

from tests.support.world import Tracker
from tests.web.conftest import Site, text_of
from tests.web.forms import form_of, new_form, shown


def test_an_alarm_is_created_as_the_command_line_would(ana: Site, web: Tracker) -> None:
    typed = new_form(
        ana,
        name="Pânico",
        description="uma linha\r\ne outra",
        priority="high",
        codes="e120, E121",
        group_by=["account", "code"],
        value="5",
        values="E120=3",
        window="10m",
        companies='"Silva, Souza Ltda", Sentinela',
        channels=["email"],
        email_to="ana@example.com, rui@example.com",
        comment="porque sim",
    )
    done = ana.post("/alarms/new", typed)
    assert done.status_code == 303, text_of(done)
    alarm = shown(web, "Pânico")
    assert alarm["codes"] == ["E120", "E121"]
    assert (alarm["value"], alarm["values"], alarm["window"]) == (5, {"E120": 3}, 600)
    assert alarm["group_by"] == ["account", "code"]
    assert alarm["companies"] == ["Silva, Souza Ltda", "Sentinela"]
    assert alarm["channels"] == ["email"]
    assert alarm["email"]["to"] == ["ana@example.com", "rui@example.com"]
    assert (alarm["priority"], alarm["description"]) == ("high", "uma linha e outra")
    assert (alarm["created_by"], alarm["comment"]) == ("Ana Lima", "porque sim")
    page = ana.get(done.headers["Location"])
    assert "5 ou mais eventos de um código em 10m, por conta" in text_of(page)


def test_an_edit_is_signed_and_says_when_a_revision_begins(ana: Site, web: Tracker) -> None:
    assert web("alarms", "create", "doors").exit_code == 0
    form = form_of(ana.get("/alarms/doors").text)
    done = ana.post("/alarms/doors", {**form, "value": "30", "comment": "too many"})
    assert done.headers["Location"] == "/alarms/doors?done=revised"
    alarm = shown(web, "doors")
    assert (alarm["value"], alarm["revision"], alarm["changed_by"]) == (30, 2, "Ana Lima")
    form = form_of(ana.get("/alarms/doors").text)
    renamed = ana.post("/alarms/doors", {**form, "name": "portas"})
    assert renamed.headers["Location"] == "/alarms/portas?done=saved"
    assert shown(web, "portas")["revision"] == 2
