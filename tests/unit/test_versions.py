"""Versions of alarms: what is kept of one, what differs between two, and how words tell it."""

from datetime import UTC
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from events_tracker.base.errors import UsageError
from events_tracker.base.times import HOUR, MINUTE
from events_tracker.commands.version_table import version_row
from events_tracker.decisions.alarms.versions import (
    alike,
    differences,
    find_version,
    present,
    steps,
    whole,
)
from events_tracker.formats.alarm import ALARM_FIELDS, content_object
from events_tracker.model.alarms import Alarm, Definition, EmailOptions, Operator
from events_tracker.model.versions import CONTENT_FIELDS, OWN_FIELDS, Content, Version
from tests.support.world import NOON

ALARM = Alarm("a1", "doors", "database", Definition(codes=("E401",)), NOON, created_by="ana")
BOOKKEEPING = {
    *("id", "defined_in", "created_by", "created_at", "changed_by", "changed_at", "comment"),
    *("evaluated_until", "last_run_at", "last_run_status", "last_error", "runs", "detections"),
    *("last_detection_at", "counted_at", "revision", "version"),
}


def changed(**fields: Any) -> Alarm:
    """The alarm with these fields; of a rule's or an e-mail's, by their own names."""
    rule = {f: v for f, v in fields.items() if f in Definition.__struct_fields__}
    email = {f: v for f, v in fields.items() if f in EmailOptions.__struct_fields__}
    own = {f: v for f, v in fields.items() if f in Alarm.__struct_fields__}
    assert len(rule) + len(email) + len(own) == len(fields)
    return replace(
        ALARM, definition=replace(ALARM.definition, **rule), email=EmailOptions(**email), **own
    )


def test_each_field_of_an_alarm_is_kept_or_known_not_to_be_peoples() -> None:
    assert set(Content.__struct_fields__) | BOOKKEEPING == set(Alarm.__struct_fields__)
    assert not set(Content.__struct_fields__) & BOOKKEEPING
    flat = {*Content.__struct_fields__, *Definition.__struct_fields__, "of"}
    assert {*CONTENT_FIELDS, *OWN_FIELDS} == flat - {"definition", "source_alarm_id"}
    assert [field for field in ALARM_FIELDS if field in CONTENT_FIELDS] == list(CONTENT_FIELDS)
    assert tuple(content_object(Content.of(ALARM), {})) == CONTENT_FIELDS
    own = replace(ALARM, clear_below=80, clear_after=30 * MINUTE)
    assert content_object(Content.of(own), {}) == {
        **content_object(Content.of(ALARM), {}),
        "clear_below": 80,
        "clear_after": 1800,
    }


STORED = (
    '{"name":"doors","description":"","priority":"medium","definition":{"source":"events",'
    '"source_alarm_id":null,"codes":["E401"],"cucs":[],"accounts":[],"companies":[],'
    '"group_by":["account","cuc","code"],"condition":"count","field":null,"operator":">=",'
    '"value":50,"values":{},"window":7200000},"enabled":true,"notify":true,"channels":[],'
    '"email":{"subject":null,"to":[],"cc":[],"include_table":false},"catch_up":false,'
    '"status":"open"}'
)


def test_what_was_stored_once_is_read_for_ever() -> None:
    assert msgspec.json.decode(STORED, type=Content) == Content.of(ALARM)
    now = STORED.removesuffix("}") + ',"clear_below":null,"clear_after":null}'
    assert msgspec.json.encode(Content.of(ALARM)).decode() == now


CASES = [
    ({"name": "gates"}, "name", "name doors → gates"),
    ({"description": "x" * 70}, "description", f"description none → {'x' * 59}…"),
    ({"priority": "high"}, "priority", "priority medium → high"),
    ({"source_alarm_id": "a2"}, "of", "of none → storms"),
    ({"source_alarm_id": "a9"}, "of", "of none → an alarm that was deleted"),
    ({"codes": ("E401", "E402")}, "codes", "codes +E402"),
    ({"codes": ("E402", "E403")}, "codes", "codes +E402 +E403 -E401"),
    ({"codes": ()}, "codes", "codes E401 → all"),
    ({"accounts": ("1950", "2207")}, "accounts", "accounts all → 1950, 2207"),
    ({"group_by": ("account",)}, "group_by", "group by -cuc -code"),
    ({"operator": Operator.MORE}, "operator", "operator >= → >"),
    ({"value": 0}, "value", "value 50 → 0"),
    ({"values": {"E401": 3}}, "values", "values none → E401=3"),
    ({"window": 45 * MINUTE}, "window", "window 2h → 45m"),
    ({"enabled": False}, "enabled", "enabled yes → no"),
    ({"channels": ("email",)}, "channels", "channels none → email"),
    ({"include_table": True}, "email", "email include table no → yes"),
    ({"to": ("a@b.example",)}, "email", "email to none → a@b.example"),
    ({"status": "closed"}, "status", "status open → closed"),
    ({"clear_below": 80}, "clear_below", "clear below as in the settings → 80%"),
    ({"clear_after": 0}, "clear_after", "clear after as in the settings → 0m"),
]


@pytest.mark.parametrize(("fields", "field", "words"), CASES)
def test_a_difference_is_named_and_told_in_words(
    fields: dict[str, Any], field: str, words: str
) -> None:
    after = changed(**fields)
    later, first = steps([replace(present(after, "why"), version=2), present(ALARM, None)])
    assert (later.changed, first.changed) == ([field], [])
    assert not alike(ALARM, after)
    rows = [version_row(step, {"a2": "storms"}, UTC) for step in (later, first)]
    assert rows == [
        ["2", "2026-11-21 12:00:00+00:00", "ana", words, "why"],
        ["1", "2026-11-21 12:00:00+00:00", "ana", "created", ""],
    ]


def test_several_differences_come_in_the_contracts_order() -> None:
    after = changed(status="closed", value=3, name="gates", to=("a@b.example",), subject="x")
    (step, _) = steps([replace(present(after, None), version=9), present(ALARM, None)])
    assert step.changed == ["name", "value", "email", "status"]
    assert version_row(step, {}, UTC)[3] == (
        "name doors → gates; value 50 → 3; email subject none → x; "
        "email to none → a@b.example; status open → closed"
    )


def test_the_order_of_a_list_is_no_difference() -> None:
    one = changed(codes=("E1", "E2"), group_by=("account", "code"), channels=("email", "webhook"))
    other = changed(codes=("E2", "E1"), group_by=("code", "account"), channels=("webhook", "email"))
    assert differences(Content.of(one), Content.of(other)) == ()
    assert alike(one, replace(other, runs=7, comment="x", changed_by="bia", revision=3))


def test_the_order_of_recipients_is_one() -> None:
    one, other = (
        changed(to=("a@b.example", "c@d.example")),
        changed(to=("c@d.example", "a@b.example")),
    )
    (step, _) = steps([present(other, None), present(one, None)])
    assert version_row(step, {}, UTC)[3].endswith(
        "email to a@b.example, c@d.example → c@d.example, a@b.example"
    )


def test_an_alarm_older_than_its_versions_shows_what_it_is_now() -> None:
    edited = replace(
        ALARM, version=7, changed_by="bia", changed_at=NOON + HOUR, comment="since the strike"
    )
    assert whole(edited, []) == [
        Version(7, NOON + HOUR, "bia", "since the strike", Content.of(edited))
    ]
    assert whole(ALARM, []) == [Version(1, NOON, "ana", None, Content.of(ALARM))]
    stored = [replace(present(edited, None), version=8), present(edited, None)]
    assert whole(edited, stored) == stored


@pytest.mark.parametrize(
    ("numbers", "says"),
    [((4,), "there is only version 4"), ((6, 5, 4), "there are versions 4 to 6")],
)
def test_a_version_that_is_not_there_is_answered_with_those_that_are(
    numbers: tuple[int, ...], says: str
) -> None:
    versions = [replace(present(ALARM, None), version=number) for number in numbers]
    assert find_version("doors", versions, 4).version == 4
    with pytest.raises(UsageError) as refused:
        find_version("doors", versions, 10**30)
    assert str(refused.value) == f"the alarm 'doors' has no version {10**30}: {says}"
