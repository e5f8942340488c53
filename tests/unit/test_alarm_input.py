"""ALARM as programs write it: made what people would have typed, or refused by field."""

from typing import Any

import pytest

from events_tracker.base import parsing
from events_tracker.base.errors import Refused
from events_tracker.base.problems import ENGLISH, Unreadable, words
from events_tracker.formats.alarm_input import given_alarm, json_name


def told(fields: dict[str, Any]) -> dict[str, str]:
    """What is wrong with these fields, by their names in JSON."""
    with pytest.raises(Refused) as caught:
        given_alarm(fields)
    return {json_name(p.field): words(p, ENGLISH, json_name) for p in caught.value.problems}


@pytest.mark.parametrize(
    "texts",
    [[], ["1950"], ["a", "b"], ["Silva, Souza Ltda", 'the "Sun"'], ['"', ","], ["a=b", "a;b"]],
)
def test_a_list_is_read_back_as_it_was_written(texts: list[str]) -> None:
    assert list(parsing.texts(given_alarm({"accounts": texts})["accounts"])) == texts


def test_a_code_cannot_smuggle_in_another() -> None:
    (text,) = given_alarm({"values": {"E130=5,E131": 3}})["values"]
    with pytest.raises(Unreadable):
        parsing.values_from(0)(text)


def test_what_belongs_to_an_email_is_set_by_options_of_its_own() -> None:
    email = {"subject": None, "to": ["a@b.example"], "include_table": True}
    assert given_alarm({"email": email}) == {
        "email_subject": "",
        "email_to": '"a@b.example"',
        "include_table": True,
    }


def test_everything_that_cannot_be_read_is_told_at_once() -> None:
    assert told({"value": "5", "colour": 1, "email": {"to": "x", "bcc": 1}, "enabled": 1}) == {
        "value": "write a whole number",
        "colour": "there is no such field",
        "email.to": "write a list of texts, none of them empty",
        "email.bcc": "there is no such field",
        "enabled": "write true or false",
    }


@pytest.mark.parametrize(
    ("fields", "field", "text"),
    [
        ({"name": None}, "name", "write a text"),
        ({"description": ["x"]}, "description", "write a text"),
        ({"description": "\udfff"}, "description", "write a text without lone surrogates"),
        ({"of": 5}, "of", "write a text"),
        ({"codes": "E130"}, "codes", "write a list of texts, none of them empty"),
        ({"codes": [130]}, "codes", "write a text"),
        ({"codes": ["*"]}, "codes", "write a code of 1 to 16 letters and digits (E130)"),
        ({"cucs": [""]}, "cucs", "write a list of texts, none of them empty"),
        ({"accounts": [" "]}, "accounts", "write a list of texts, none of them empty"),
        ({"accounts": {"1950": 1}}, "accounts", "write a list of texts, none of them empty"),
        ({"value": 5.0}, "value", "write a whole number"),
        ({"value": True}, "value", "write a whole number"),
        ({"value": None}, "value", "write a whole number"),
        ({"values": [5]}, "values", "write an object of codes with their whole numbers"),
        ({"values": {"E130": "5"}}, "values", "write a whole number"),
        ({"window": "2h"}, "window", "write a whole number"),
        ({"window": 9}, "window", "write a whole number from 10 to 2678400"),
        ({"window": 2_678_401}, "window", "write a whole number from 10 to 2678400"),
        ({"catch_up": None}, "catch_up", "write true or false"),
        ({"clear_below": "80%"}, "clear_below", "write a whole number"),
        ({"clear_below": 0}, "clear_below", "write a whole number from 1 to 100"),
        ({"clear_below": 101}, "clear_below", "write a whole number from 1 to 100"),
        ({"clear_after": -1}, "clear_after", "write a whole number from 0 to 2678400"),
        ({"email": []}, "email", "write an object"),
        ({"email": None}, "email", "write an object"),
        ({"email": {"to": ["x"]}}, "email.to", "write a plain address (alarms@example.com)"),
        ({"email_to": ["a@b.example"]}, "email.to", "write it within email"),
        ({"include_table": True}, "email.include_table", "write it within email"),
        ({"status": "closed"}, "status", "it is not written this way"),
    ],
)
def test_what_cannot_be_read_is_told_by_field(
    fields: dict[str, Any], field: str, text: str
) -> None:
    assert told(fields) == {field: text}


def test_what_an_alarm_may_have_of_its_own_is_emptied_by_null() -> None:
    own = {"clear_below": 80, "clear_after": 0}
    assert given_alarm(own) == {"clear_below": "80%", "clear_after": "0s"}
    assert given_alarm(dict.fromkeys(own)) == {"clear_below": "", "clear_after": ""}
