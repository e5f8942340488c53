"""Alarms as a file: what is written is read back as it was, whatever people have set."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events_tracker.base.errors import Refused, UsageError
from events_tracker.base.problems import ENGLISH, words
from events_tracker.decisions.alarms.changes import changed
from events_tracker.decisions.alarms.versions import differences
from events_tracker.formats.alarm_file import alarm_file, alarms_in, given_in_file
from events_tracker.formats.alarm_input import json_name
from events_tracker.model.alarms import Alarm, Definition, EmailOptions, Operator
from events_tracker.model.versions import Content

OTHER = Alarm("7", "portas à noite", "database", Definition(), 0)
BEGUN = Alarm("1", "", "database", Definition(codes=("X1",), field="code"), 0)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ITEM = TEXT.map(lambda text: " ".join(text.split())).filter(lambda text: text not in ("", "*"))
CODES = st.lists(st.from_regex("[A-Z0-9]{1,8}", fullmatch=True), max_size=4, unique=True).map(tuple)
ITEMS = st.lists(ITEM, max_size=3, unique=True).map(tuple)
ADDRESSES = st.sampled_from([(), ("a@b.example",), ("a@b.example", "c@d.example")])
DEFINITIONS = st.builds(
    Definition,
    source=st.sampled_from(["events", "detections"]),
    source_alarm_id=st.just("7"),
    codes=CODES,
    cucs=CODES,
    accounts=ITEMS,
    companies=ITEMS,
    group_by=st.sampled_from([(), ("account",), ("account", "code")]),
    condition=st.just("unique"),
    field=st.sampled_from(["account", "code"]),
    operator=st.sampled_from(Operator),
    value=st.integers(0, 2**53),
    values=st.dictionaries(st.from_regex("[A-Z0-9]{1,8}", fullmatch=True), st.integers(0, 99)),
    window=st.integers(10, 31 * 86_400).map(lambda seconds: seconds * 1000),
)
CONTENTS = st.builds(
    Content,
    name=TEXT,
    description=TEXT,
    priority=st.sampled_from(["low", "medium", "high"]),
    definition=DEFINITIONS,
    enabled=st.booleans(),
    notify=st.booleans(),
    channels=st.sampled_from([(), ("email", "whatsapp")]),
    email=st.builds(
        EmailOptions,
        subject=st.none() | TEXT.filter(bool),
        to=ADDRESSES,
        cc=ADDRESSES,
        include_table=st.booleans(),
    ),
    catch_up=st.booleans(),
    status=st.just("open"),
    clear_below=st.none() | st.integers(1, 100),
    clear_after=st.none() | st.integers(0, 600).map(lambda seconds: seconds * 1000),
)


def read(fields: Any) -> Content:
    """What an alarm becomes by these fields of a file; what may not be is not asked."""
    living = {OTHER.id: OTHER}
    try:
        return Content.of(changed(BEGUN, given_in_file(fields), living))
    except Refused as refused:
        raise AssertionError([words(p, ENGLISH, str) for p in refused.problems]) from None


@given(contents=st.lists(CONTENTS, max_size=3))
def test_a_file_is_read_back_as_what_was_written(contents: list[Content]) -> None:
    written = alarm_file(contents, {"7": OTHER.name})
    found = [read(fields) for fields in alarms_in(written.encode(), "it")]
    for one, other in zip(found, sorted(contents, key=lambda c: c.name), strict=True):
        assert differences(one, other) == ()


def test_a_file_reads_like_one_that_somebody_wrote() -> None:
    rule = Definition(codes=("E130", "E401"), values={"E401": 100, "E130": 30}, window=900_000)
    alarm = Alarm("1", "mixed", "database", rule, 0, description='the "Sun"', priority="high")
    assert alarm_file([Content.of(alarm)], {}).split("\n\n", 1)[1] == (
        "[[alarm]]\n"
        'name = "mixed"\n'
        'description = "the \\"Sun\\""\n'
        'priority = "high"\n'
        'source = "events"\n'
        'of = ""\n'
        'codes = ["E130", "E401"]\n'
        "cucs = []\n"
        "accounts = []\n"
        "companies = []\n"
        'group_by = ["account", "cuc", "code"]\n'
        'condition = "count"\n'
        'field = ""\n'
        'operator = ">="\n'
        "value = 50\n"
        "values = { E130 = 30, E401 = 100 }\n"
        "window = 900  # seconds: 15m\n"
        "enabled = true\n"
        "notify = true\n"
        "channels = []\n"
        'email.subject = ""\n'
        "email.to = []\n"
        "email.cc = []\n"
        "email.include_table = false\n"
        "catch_up = false\n"
        'clear_below = ""\n'
        'clear_after = ""\n'
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            b'[[alarm]]\nname = "x\n',
            "it is no TOML: Illegal character '\\n' (at line 2, column 10)",
        ),
        (b"\xff", "it is no text in UTF-8"),
        (b"x = " + b"[" * 5000, "it is no file of alarms: it is nested too deeply"),
        (b"[alarm]\n", "it: each alarm begins with [[alarm]], in double brackets"),
        (b"alarm = [1]\n", "it: each alarm begins with [[alarm]], in double brackets"),
        (b"[[alarms]]\n", "it: 'alarms' is not known there; each alarm begins with [[alarm]]"),
    ],
)
def test_what_is_no_file_of_alarms_is_refused(written: bytes, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        alarms_in(written, "it")
    assert str(caught.value) == said


def test_a_field_that_there_is_not_is_told_with_the_nearest() -> None:
    with pytest.raises(Refused) as caught:
        given_in_file({"vaule": 5, "email": {"too": []}, "xyzzy": 1, "revision": 2})
    assert {json_name(p.field): words(p, ENGLISH, str) for p in caught.value.problems} == {
        "vaule": "there is no such field; did you mean value?",
        "email.too": "there is no such field; did you mean email.to?",
        "xyzzy": "there is no such field",
        "revision": "it is not written this way",
    }
