"""Alerts, alarms and notifications as programs read them."""

import csv
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base.times import HOUR, LATEST
from events_tracker.formats.alarm import ALARM_FIELDS, alarm_object
from events_tracker.formats.alert import ALERT_FIELDS, alert_object
from events_tracker.formats.cells import csv_rows, json_text
from events_tracker.formats.cursor import cursor_text, read_cursor
from events_tracker.formats.masked import masked_destination, masked_error
from events_tracker.formats.notification import NOTIFICATION_FIELDS, notification_object
from events_tracker.formats.told import delivery_object, note_object
from events_tracker.model.alarms import (
    Alarm,
    Condition,
    Definition,
    EmailOptions,
    Operator,
    Priority,
    Source,
)
from events_tracker.model.alerts import Record
from events_tracker.model.deliveries import (
    CLEARED,
    EMAIL,
    OPENED,
    WEBHOOK,
    WHATSAPP,
    DeliveryState,
    DeliveryStatus,
    Destination,
    Notice,
)
from events_tracker.model.filters import Position
from events_tracker.model.notes import Note
from tests.support.values import ALERT, OVER, PHONE
from tests.support.world import NOON

TIME = "2026-11-21T12:00:00.000Z"


def test_an_open_alert() -> None:
    assert alert_object(replace(ALERT, records=(Record("E130", "ALR", "1950", 60, 7),))) == {
        "register_id": "r1",
        "alarm": "default",
        "revision": 1,
        "priority": "medium",
        "account_id": 7,
        "account_code": "1950",
        "trade_name": "Padaria São José",
        "company": "Sentinela Monitoramento",
        "client_group": "Rede Boa Mesa",
        "cuc": "ALR",
        "code": "E130",
        "quantity": 60,
        "highest": 75,
        "partial": False,
        "operator": ">=",
        "threshold": 50,
        "period_started_at": "2026-11-21T10:00:00.000Z",
        "period_ended_at": TIME,
        "opened_at": TIME,
        "cleared_at": None,
        "clear_reason": None,
        "archived_at": None,
        "records": [{"code": "E130", "cuc": "ALR", "account_code": "1950", "count": 60}],
        "cause": None,
        "heard_at": None,
        "hold_id": None,
    }


def test_an_alert_that_is_over_and_one_that_is_foreseen() -> None:
    over = alert_object(OVER)
    assert (over["cleared_at"], over["clear_reason"]) == ("2026-11-21T12:30:00.000Z", "below")
    assert alert_object(replace(ALERT, id=None))["register_id"] is None


ALARM = Alarm(
    id="a2",
    name="many doors",
    defined_in="database",
    definition=Definition(
        source=Source.DETECTIONS,
        source_alarm_id="a1",
        codes=("E130",),
        group_by=("company",),
        condition=Condition.UNIQUE,
        field="account",
        operator=Operator.MORE,
        value=5,
        values={"E130": 9},
        window=2 * HOUR,
    ),
    created_at=NOON,
    priority=Priority.HIGH,
    channels=("email",),
    email=EmailOptions(subject="Doors", to=("ana@example.com",), include_table=True),
    last_run_at=NOON,
    last_run_status="ok",
    runs=3,
)


def test_an_alarm_names_its_source_and_has_its_window_in_seconds() -> None:
    found = alarm_object(ALARM, {"a1": "doors"})
    expected = {
        "name": "many doors",
        "source": "detections",
        "of": "doors",
        "condition": "unique",
        "field": "account",
        "operator": ">",
        "values": {"E130": 9},
        "window": 7200,
        "group_by": ["company"],
        "priority": "high",
        "email": {
            "subject": "Doors",
            "to": ["ana@example.com"],
            "cc": [],
            "include_table": True,
        },
        "last_run_at": TIME,
        "last_detection_at": None,
    }
    assert {name: found[name] for name in expected} == expected
    assert alarm_object(ALARM, {})["of"] is None, "its source was deleted"


def test_the_fields_come_in_the_contracts_order() -> None:
    assert tuple(alert_object(ALERT)) == ALERT_FIELDS
    assert tuple(alarm_object(ALARM, {})) == ALARM_FIELDS


def test_a_notification_has_its_deliveries() -> None:
    told = DeliveryState(OPENED, PHONE, DeliveryStatus.SENT, 2, None, NOON, provider_id="3EB0")
    mail = Destination(EMAIL, {"to": ("ana@vigia.test", "mariana@vigia.test"), "cc": ()})
    full = "refused mariana@vigia.test (451) and ana@vigia.test (451)"
    waiting = DeliveryState(OPENED, mail, DeliveryStatus.PENDING, 1, full, None)
    notice = Notice(
        id="n1",
        kind="opened",
        alarm="default",
        priority=Priority.MEDIUM,
        account_id=7,
        account_code="1950",
        cuc="ALR",
        code="E130",
        quantity=60,
        detected_at=NOON,
        register_id="r1",
        window=2 * HOUR,
        deliveries=(told, waiting),
    )
    found = notification_object(notice)
    assert tuple(found) == NOTIFICATION_FIELDS
    assert (found["detected_at"], found["window"]) == (TIME, 7200)
    sent = {"channel": "whatsapp", "status": "sent", "attempts": 2, "error": None, "sent_at": TIME}
    left = {
        "channel": "email",
        "status": "pending",
        "attempts": 1,
        "error": "refused m…@vigia.test (451) and a…@vigia.test (451)",
        "sent_at": None,
    }
    assert found["deliveries"] == [
        {**sent, "destination": "+55 11 •••• 0000", "provider_id": "3EB0"},
        {**left, "destination": "a…@vigia.test, m…@vigia.test", "provider_id": None},
    ]
    phone, letter = notification_object(notice, full=True)["deliveries"]
    assert phone["destination"] == "5511999990000"
    assert (letter["destination"], letter["error"]) == ("ana@vigia.test, mariana@vigia.test", full)


def test_a_delivery_and_a_note_as_the_api_has_them() -> None:
    mail = Destination(EMAIL, {"to": ("ana@example.com",), "cc": ()})
    gone = DeliveryState(CLEARED, mail, DeliveryStatus.FAILED, 8, "no such user", None)
    assert delivery_object(gone) == {
        "channel": "email",
        "kind": "cleared",
        "destination": "a…@example.com",
        "status": "failed",
        "attempts": 8,
        "error": "no such user",
        "sent_at": None,
        "provider_id": None,
    }
    assert note_object(Note("n1", "r1", NOON, "Ana", "Técnico a caminho", acknowledge=True)) == {
        "at": TIME,
        "by": "Ana",
        "text": "Técnico a caminho",
        "acknowledge": True,
    }


@pytest.mark.parametrize(
    ("destination", "shown"),
    [
        (PHONE, "+55 11 •••• 0000"),
        (Destination(WHATSAPP, {"number": ("+551133334321",)}), "+55 11 •••• 4321"),
        (Destination(WHATSAPP, {"number": ("351912345678",)}), "•••• 5678"),
        (Destination(WHATSAPP, {"number": ("120363041234567890@g.us",)}), "•••• 7890@g.us"),
        (Destination(WHATSAPP, {"number": ("",)}), None),
        (
            Destination(EMAIL, {"to": ("ana@example.com", "rui@vigia.test"), "cc": ("c@d.test",)}),
            "a…@example.com, r…@vigia.test, c…@d.test",
        ),
        (Destination(WEBHOOK), None),
    ],
)
def test_of_an_address_only_so_much_is_shown(destination: Destination, shown: str | None) -> None:
    assert masked_destination(destination) == shown
    for addresses in destination.address.values():
        for address in filter(None, addresses):
            told = masked_error(f"550 {address} is unknown", destination)
            assert told is not None
            assert address not in told
    assert masked_error("away", destination) == "away"
    assert masked_error(None, destination) is None


@given(opened_at=st.integers(0, LATEST), id_=st.from_regex("[0-9a-f]{32}", fullmatch=True))
def test_a_cursor_reads_back(opened_at: int, id_: str) -> None:
    position = Position(opened_at, id_)
    assert read_cursor(cursor_text(position) or "") == position
    assert cursor_text(None) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1795262400000",
        "1795262400000-",
        f"1795262400000-{'A' * 32}",
        f"1795262400000-{'a' * 32}\n",
        f"-1-{'a' * 32}",
        f"{LATEST + 1}-{'a' * 32}",
        f"٣-{'a' * 32}",
        f"1795262400000-{'a' * 31}'",
    ],
)
def test_anything_else_is_no_cursor(text: str) -> None:
    with pytest.raises(ValueError, match="this is no cursor"):
        read_cursor(text)


def test_names_of_kinds_are_plain_texts_in_json() -> None:
    objects = [alert_object(ALERT), alarm_object(ALARM, {})]
    assert json.loads(json_text(objects)) == objects


@given(text=st.text())
def test_json_reads_back_as_it_was_and_shows_nothing_that_acts(text: str) -> None:
    written = json_text({"name": text})
    assert json.loads(written) == {"name": text}
    assert not set(written) & set("\u200e\u200f\u202a\u202e\u2066\u2069\ufeff\x9b\x1b")


@given(
    cell=st.text(alphabet="=+-@;|,\"'\t\r\n a1", max_size=12), separator=st.sampled_from(",;|\t")
)
@example(cell="a;=1", separator=";")
@example(cell='a;"=1', separator=";")
@example(cell="a|-1", separator="|")
@example(cell="a\t=1", separator="\t")
@example(cell="a\n=1", separator=",")
def test_no_cell_begins_as_a_formula_whatever_separates_cells(cell: str, separator: str) -> None:
    written = io.StringIO()
    rows = csv_rows(("name",), [{"name": cell}])
    csv.writer(written).writerows(rows)
    _, *lines = csv.reader(io.StringIO(written.getvalue()), delimiter=separator)
    assert not any(read.startswith(("=", "+", "-", "@")) for line in lines for read in line)


def test_cells_of_other_values() -> None:
    item = {"none": None, "number": -5, "yes": True, "list": ["=1", "a"]}
    heading, cells = csv_rows(tuple(item), [item])
    assert heading == ["none", "number", "yes", "list"]
    assert cells == ["", "-5", "true", '["=1", "a"]']
