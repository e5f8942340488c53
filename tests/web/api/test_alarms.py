"""Alarms by the API: read, made, changed and ended as on the command line."""

import shlex

import pytest

from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import listed, shown
from tests.support.world import PADARIA, Tracker, open_alert
from tests.web.api.conftest import PREFIX, Api, alarm_path, errors, refused
from tests.web.conftest import ANA

WRITABLE = {
    "description": "At night nobody should be there",
    "priority": "high",
    "source": "events",
    "of": None,
    "codes": ["E120", "E121"],
    "cucs": ["ALR"],
    "accounts": ["1950", 'a "quoted", one', " 22"],
    "companies": ["Silva, Souza Ltda", "Vigia Sul"],
    "group_by": ["account", "code"],
    "condition": "unique",
    "field": "cuc",
    "operator": ">",
    "value": 3,
    "values": {"E121": 5},
    "window": 900,
    "enabled": False,
    "notify": False,
    "channels": ["email", "whatsapp"],
    "email": {
        "subject": "Pânico",
        "to": ["ana@example.com", "rui@example.com"],
        "cc": ["chefe@example.com"],
        "include_table": True,
    },
    "catch_up": True,
}
"""Every field that may be written, each otherwise than it is without being given."""


def test_the_json_is_that_of_the_commands(api: Api, web: Tracker, segware: Simulator) -> None:
    open_alert(web, segware)
    api.create("night-panic", **WRITABLE)
    assert api.json("/alarms") == {"alarms": listed(web)}
    for alarm in listed(web):
        assert api.json(alarm_path(alarm["name"])) == alarm
        versions = shown(web, alarm["name"])["versions"]
        assert api.json(f"{alarm_path(alarm['name'])}/versions") == {"versions": versions}


def test_a_new_alarm_is_as_it_was_written_and_signed(api: Api) -> None:
    answer = api.post("/alarms", {"name": "night-panic", **WRITABLE, "comment": "asked by Rui"})
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{PREFIX}/alarms/night-panic"
    alarm = answer.json()
    expected = {**WRITABLE, "accounts": ["1950", 'a "quoted", one', "22"]}
    assert {field: alarm[field] for field in WRITABLE} == expected
    assert (alarm["created_by"], alarm["comment"]) == (ANA, "asked by Rui")
    again = api.get("/alarms/night-panic")
    assert (again.json(), again.headers["ETag"]) == (alarm, answer.headers["ETag"])


def test_what_is_not_given_is_as_the_command_line_has_it(api: Api, web: Tracker) -> None:
    assert web("alarms", "create", "typed").exit_code == 0
    api.create("sent")
    typed, sent = shown(web, "typed"), shown(web, "sent")
    assert {field: sent[field] for field in WRITABLE} == {field: typed[field] for field in WRITABLE}


def test_what_one_alarm_says_makes_another_like_it(api: Api) -> None:
    first = api.create("first", **WRITABLE)
    second = api.create("second", **{field: first[field] for field in WRITABLE})
    assert {field: second[field] for field in WRITABLE} == {
        field: first[field] for field in WRITABLE
    }


def test_an_alarm_may_count_the_detections_of_another(api: Api) -> None:
    made = api.create("often", source="detections", of="default", value=3, window=604_800)
    assert (made["of"], made["source"]) == ("default", "detections")
    back = api.patch("/alarms/often", {"source": "events", "of": None})
    assert (back.status_code, back.json()["of"]) == (200, None)


@pytest.mark.parametrize(
    "name",
    ["Pânico à noite", "a/b", "a/versions", "100%", "%2F", "a?b#c", "x/enable", "é\u0301", "a+b"],
)
def test_a_name_may_have_any_letters(api: Api, name: str) -> None:
    answer = api.post("/alarms", {"name": name})
    assert answer.status_code == 201
    place = answer.headers["Location"].removeprefix(PREFIX)
    assert api.json(place)["name"] == name
    assert api.json(f"{place}/versions")["versions"][0]["alarm"]["name"] == name
    assert api.post(f"{place}/disable").json()["enabled"] is False
    assert api.ask("DELETE", place, headers={"If-Match": "*"}).status_code == 204
    refused(api.get(place), 404)


def test_a_slash_in_a_name_need_not_be_encoded_where_no_word_of_ours_follows(api: Api) -> None:
    api.create("north/doors")
    assert api.json("/alarms/north/doors")["name"] == "north/doors"
    assert api.json("/alarms/north/doors/versions")["versions"]
    assert api.post("/alarms/north/doors/disable").status_code == 200


def test_a_change_says_what_changed_and_is_a_version(api: Api, web: Tracker) -> None:
    made = api.post("/alarms", {"name": "panic", "value": 5})
    answer = api.patch(
        "/alarms/panic", {"value": 3, "email": {"to": ["a@b.example"]}, "comment": "too late"},
        made.headers["ETag"],
    )  # fmt: skip
    assert answer.status_code == 200
    assert answer.headers["ETag"] not in (made.headers["ETag"], None)
    assert (answer.json()["value"], answer.json()["changed_by"]) == (3, ANA)
    newest = api.json("/alarms/panic/versions")["versions"][0]
    assert newest["changed"] == ["value", "email"]
    assert (newest["by"], newest["comment"]) == (ANA, "too late")
    assert newest["alarm"]["email"]["to"] == ["a@b.example"]


def test_a_change_that_changes_nothing_is_no_version(api: Api) -> None:
    made = api.post("/alarms", {"name": "panic", "value": 5})
    tag = made.headers["ETag"]
    for answer in (
        api.patch("/alarms/panic", {"value": 5, "comment": "again"}, tag),
        api.patch("/alarms/panic", {}, tag),
        api.post("/alarms/panic/enable", {"comment": "again"}),
        api.post("/alarms/panic/reopen"),
    ):
        assert (answer.status_code, answer.headers["ETag"]) == (200, tag)
        assert answer.json() == made.json()
    assert len(api.json("/alarms/panic/versions")["versions"]) == 1


def test_who_read_another_version_changes_nothing(api: Api, web: Tracker) -> None:
    tag = api.post("/alarms", {"name": "panic", "value": 5}).headers["ETag"]
    web("alarms", "edit", "panic", "--value", "4", "--by", "Rui")
    before = api.json("/alarms/panic")
    for method, path, body in (
        ("PATCH", "/alarms/panic", {"value": 3}),
        ("DELETE", "/alarms/panic", None),
        ("POST", "/alarms/panic/disable", None),
        ("POST", "/alarms/panic/close", None),
    ):
        for other in (tag, f"W/{tag}", '"something"', "something"):
            answer = api.ask(method, path, body, {"If-Match": other})
            assert refused(answer, 412)["detail"] == (
                "the alarm 'panic' changed meanwhile by Rui: look, and try again"
            )
    assert api.json("/alarms/panic") == before


def test_an_alarm_of_the_same_name_is_another_one(api: Api) -> None:
    tag = api.post("/alarms", {"name": "panic"}).headers["ETag"]
    assert api.ask("DELETE", "/alarms/panic", headers={"If-Match": tag}).status_code == 204
    assert api.post("/alarms", {"name": "panic"}).headers["ETag"] != tag


def test_changing_and_ending_needs_what_was_read(api: Api) -> None:
    for method in ("PATCH", "DELETE"):
        answer = api.ask(method, "/alarms/default", {})
        assert refused(answer, 428)["detail"] == (
            "send the alarm's ETag as `If-Match`: another may have changed it"
        )


def test_each_verb_does_what_its_command_does(api: Api, web: Tracker) -> None:
    api.create("panic")
    for verb, field, value in (
        ("disable", "enabled", False),
        ("enable", "enabled", True),
        ("close", "status", "closed"),
        ("reopen", "status", "open"),
    ):
        read = api.get("/alarms/panic").headers["ETag"]
        answer = api.post(f"/alarms/panic/{verb}", {"comment": verb}, **{"If-Match": read})
        assert answer.status_code == 200
        assert (answer.json()[field], answer.json()["comment"]) == (value, verb)
        assert answer.json() == api.json("/alarms/panic")
        assert answer.headers["ETag"] == api.get("/alarms/panic").headers["ETag"] != read
    assert len(api.json("/alarms/panic/versions")["versions"]) == 5


def test_a_changed_rule_begins_a_revision(api: Api, web: Tracker, segware: Simulator) -> None:
    api.create("panic", value=10)
    segware.add_events(web.clock.now(), PADARIA, "E130", count=20)
    assert web.scan()["opened"]
    answer = api.patch("/alarms/panic", {"value": 11})
    assert answer.json()["revision"] == 2
    assert [alert["clear_reason"] for alert in web.history("--alarm", "panic", "--archived")] == [
        "redefined"
    ]


def test_another_name_keeps_the_alarm(api: Api) -> None:
    made = api.create("panic")
    answer = api.patch("/alarms/panic", {"name": "night panic"})
    assert answer.json()["created_at"] == made["created_at"]
    assert refused(api.get("/alarms/panic"), 404)["detail"] == (
        "there is no alarm called 'panic'; did you mean 'night panic'?"
    )
    assert api.json("/alarms/night%20panic")["name"] == "night panic"


def test_a_name_that_is_taken_is_a_conflict(api: Api) -> None:
    api.create("panic")
    taken = {"name": "there is an alarm of this name already"}
    assert errors(api.post("/alarms", {"name": "panic"}), 409) == taken
    api.create("doors")
    assert errors(api.patch("/alarms/doors", {"name": "panic"}), 409) == taken


def test_the_rule_of_default_is_the_environments(api: Api, web: Tracker) -> None:
    problem = refused(api.patch("/alarms/default", {"value": 3}), 422)
    assert problem["detail"].startswith("what the alarm `default` detects is defined by the env")
    answer = api.patch("/alarms/default", {"priority": "high"})
    assert (answer.status_code, answer.json()["priority"]) == (200, "high")
    problem = refused(api.ask("DELETE", "/alarms/default", headers={"If-Match": "*"}), 422)
    assert problem["detail"] == "the alarm `default` cannot be deleted: disable it instead"


def test_everything_that_is_wrong_is_told_at_once_by_field(api: Api) -> None:
    wrong = errors(api.post("/alarms", {"name": " x", "priority": "urgent", "operator": "!"}))
    assert wrong == {
        "name": "write 1 to 80 characters, without spaces at the ends",
        "operator": "write one of <, <=, =, >=, >",
        "priority": "write one of low, medium, high",
    }


def test_what_cannot_be_is_told_by_field(api: Api) -> None:
    wrong = [
        ("name", 5, "write a text"),
        ("name", "", "write 1 to 80 characters, without spaces at the ends"),
        ("name", "a\x00b", "leave out control characters: use letters that can be seen"),
        ("name", "\ud800", "write a text without lone surrogates"),
        ("name", "tracker", "it belongs to the built-in alarm: choose another"),
        ("description", "x" * 1001, "write at most 1000 characters"),
        ("source", "dreams", "write one of events, detections"),
        ("of", "nowhere", "there is no alarm of this name"),
        ("codes", ["E130", "E13!"], "write a code of 1 to 16 letters and digits (E130)"),
        ("group_by", ["zone"], "write one of account, company, cuc, code"),
        ("condition", "sum", "write one of count, unique"),
        ("field", "code", "goes with condition unique"),
        ("operator", "==", "write one of <, <=, =, >=, >"),
        ("value", 5.0, "write a whole number"),
        ("value", 10**4000, "write a whole number from 0 to 9007199254740992"),
        ("window", 10**400, "write a whole number from 10 to 2678400"),
        ("channels", ["pager"], "write one of whatsapp, segware, email, webhook"),
        ("email", {"subject": "x" * 301}, "write at most 300 characters"),
        ("email", {"bcc": []}, "there is no such field"),
        ("colour", "red", "there is no such field"),
        ("\ud800", "red", "there is no such field"),
        ("runs", 5, "it is not written this way"),
        ("comment", 5, "write a text"),
        ("comment", "x" * 1001, "write at most 1000 characters"),
    ]
    for field, value, text in wrong:
        (told,) = errors(api.post("/alarms", {"name": "panic", field: value})).items()
        assert told[0].split(".")[0] == field
        assert told[1] == text
    assert [alarm["name"] for alarm in api.json("/alarms")["alarms"]] == ["default"]


def test_an_alarm_without_a_name_is_none(api: Api) -> None:
    assert errors(api.post("/alarms", {})) == {"name": "it is missing"}


def test_a_verb_takes_a_comment_and_nothing_else(api: Api) -> None:
    answer = api.post("/alarms/default/disable", {"comment": "x", "value": 5})
    assert errors(answer) == {"value": "there is no such field"}


def test_the_command_line_says_the_same_of_the_same_mistake(api: Api, web: Tracker) -> None:
    line = shlex.split("alarms create panic --operator < --value 1 --channels segware")
    typed = web(*line, "--group-by", "code").stderr
    sent = {"operator": "<", "value": 1, "channels": ["segware"], "group_by": ["code"]}
    told = errors(api.post("/alarms", {"name": "panic", **sent}))
    assert sorted(told) == ["channels", "operator"]
    for text in told.values():
        assert text.replace("group_by", "--group-by").replace("accounts", "--accounts") in typed
