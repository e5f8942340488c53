"""Rows: what is written comes back as the same value, each field with its own value and type."""

from collections.abc import Iterator
from itertools import accumulate, product
from pathlib import Path

import pytest
from msgspec.structs import replace

from events_tracker.app.app import SystemClock
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import StorageError
from events_tracker.base.times import HOUR, MINUTE, Span
from events_tracker.decisions.detection.clearing import reason
from events_tracker.model.alarms import Alarm, Condition, Definition, EmailOptions, Operator, Source
from events_tracker.model.alerts import Alert, Notification, OpenAlert, Record, Standing, Trigger
from events_tracker.model.deliveries import (
    EMAIL,
    OPENED,
    Delivery,
    DeliveryState,
    Destination,
    DueDelivery,
    Notice,
    Rest,
)
from events_tracker.model.directory import Account, Directory, Organization
from events_tracker.model.exceptions import AccountException
from events_tracker.model.hours import Detail, Hour
from events_tracker.model.notes import Note
from events_tracker.model.people import Person, Scope, Token
from events_tracker.model.readings import CachedSlice, LimitEstimate, answer_of
from events_tracker.model.runs import RetentionCutoffs, ScanState
from events_tracker.storage import Store, open_store
from tests.support.engines import on_sqlite, sql
from tests.support.values import ALERT, GROUP
from tests.support.world import NOON, PADARIA

ALARM = Alarm(
    id="night",
    name="null",  # no number, and not nothing either
    defined_in="database",
    definition=Definition(
        source=Source.DETECTIONS,
        source_alarm_id="default",
        codes=("E130", "1"),
        cucs=("ALR",),
        accounts=("1950",),
        companies=("3",),
        group_by=("account", "code"),
        condition=Condition.UNIQUE,
        field="cuc",
        operator=Operator.AT_MOST,
        value=7,
        values={"E130": 30},
        window=HOUR,
    ),
    created_at=NOON,
    description="Aviso à noite",
    priority="high",
    enabled=False,
    notify=False,
    channels=("email",),
    email=EmailOptions("Noite", ("ana@example.com",), ("rui@example.com",), include_table=True),
    catch_up=True,
    clear_below=80,
    clear_after=30 * MINUTE,
    evaluated_until=NOON + 1,
    status="closed",
    changed_by="ana",
    changed_at=NOON + 2,
    comment="1",
    last_run_at=NOON + 3,
    last_run_status="partial",
    last_error="true",
    runs=11,
    detections=12,
    last_detection_at=NOON + 4,
    counted_at=NOON + 5,
    revision=13,
    version=14,
    created_by="rui",
)
OPEN = replace(
    ALERT,
    id="a" * 32,
    alarm_id=ALARM.id,
    alarm=ALARM.name,
    partial=True,
    opened_seq=5,
    records=(Record("E130", None, "1950", 60, PADARIA),),
    facts_due_at=NOON,
)
DESTINATION = Destination(EMAIL, {"to": ["ana@example.com"], "cc": []})
NOBODY = RetentionCutoffs(NOON, 0, 0, 0, 0, 0, 0, 0)


@pytest.fixture
def store(database: str, tmp_path: Path) -> Iterator[Store]:
    """A new database with `ALARM` in it, and its alert `OPEN`."""
    connection = open_store(database, tmp_path)
    store = connection.within(Deadline(SystemClock(), 30))
    store.upgrade(NOON)
    store.update(lambda rows: rows.alarms.add(ALARM))
    store.update(lambda rows: rows.alarms.counted([ALARM.id], NOON + 5))
    store.update(lambda rows: rows.register.add([OPEN]))
    store.update(lambda rows: rows.triggers.open([OPEN], [GROUP], 5, NOON))
    yield store
    connection.close()


def test_a_person(store: Store) -> None:
    ana = Person("Ana", "a hash", "1" * 32, NOON, NOON + 1)
    store.update(lambda rows: rows.people.add(ana))
    assert store.read(lambda rows: rows.people.all()) == [ana]
    assert store.read(lambda rows: rows.people.named("Ana")) == ana
    others = ("ana", "Ana ", "Aná", "An_", "")
    assert not any(store.read(lambda rows: [rows.people.named(name) for name in others]))


def test_a_token(store: Store) -> None:
    token = Token("b" * 32, "Ana", True, Scope.READ_WRITE, NOON, NOON + 1)
    store.update(lambda rows: rows.tokens.add(token))
    found = store.read(lambda rows: rows.tokens.get(token.id))
    assert found is not None
    assert found == token
    assert (type(found.service), type(found.scope)) == (bool, Scope)
    assert store.read(lambda rows: rows.tokens.get(token.id + " ")) is None
    store.update(lambda rows: rows.tokens.revoke(token.id, NOON + 2))
    revoked = replace(token, revoked_at=NOON + 2)
    assert store.read(lambda rows: rows.tokens.all()) == [revoked]


def test_an_alarm(store: Store) -> None:
    (alarm,) = store.read(lambda rows: rows.alarms.all())
    assert alarm == ALARM
    assert type(alarm.definition.operator) is Operator
    assert type(alarm.enabled) is bool


def test_an_alert_and_its_trigger(store: Store) -> None:
    trigger = Trigger(
        ALARM.id, OPEN.group_key, OPEN.register_id, 1, GROUP, 60, 75, 5, NOON, None, muted=False
    )
    assert store.read(lambda rows: rows.triggers.all()) == [trigger]
    assert store.read(lambda rows: rows.triggers.count()) == 1
    (alert,) = store.read(lambda rows: rows.register.open_alerts(but_of=0))
    assert alert == OPEN
    assert (type(alert.operator), type(alert.partial)) == (Operator, bool)
    (open_alert,) = store.read(lambda rows: rows.triggers.open_alerts())
    standing = Standing(
        OPEN.register_id, False, 1, NOON, None, ALARM.revision, False, ALARM.clear_after
    )
    assert open_alert == OpenAlert(OPEN, standing, 60, 80)
    assert store.read(lambda rows: rows.triggers.standings()) == [standing]


def test_an_open_alert_has_its_extreme_so_far(store: Store) -> None:
    store.update(lambda rows: rows.triggers.grow(OPEN.register_id, 99))
    grown: list[Alert] = store.read(lambda rows: rows.register.open_alerts(but_of=0))
    assert grown == [replace(OPEN, highest=99)]


def test_a_delivery_and_its_notification(store: Store, database: str) -> None:
    queued = Delivery("d" * 32, "e" * 32, OPEN.register_id, OPENED, DESTINATION, NOON, "b" * 32)
    store.update(
        lambda rows: rows.notifications.add([Notification("e" * 32, OPEN.register_id, OPENED, 7)])
    )
    store.update(lambda rows: rows.deliveries.add([queued]))
    store.update(lambda rows: rows.deliveries.claim([queued.id], "c" * 32, NOON, with_ends=True))
    due = DueDelivery(
        id=queued.id,
        kind=OPENED,
        destination=DESTINATION,
        attempts=1,
        last_chance=False,
        alert=OPEN,
        subject="Noite",
        with_table=True,
        bundle="b" * 32,
    )
    assert store.read(lambda rows: rows.deliveries.claimed("c" * 32)) == [due]
    rest = Rest(("ana@example.com",), "rui@example.com refused it")
    store.update(
        lambda rows: rows.deliveries.not_sent(
            [queued.id], "c" * 32, "pending", "1", NOON, rest, NOON + 1
        )
    )
    assert store.read(lambda rows: rows.deliveries.foresee([queued.id])) == [
        replace(due, rest=rest)
    ]
    (notice,) = store.read(lambda rows: rows.notifications.notices(0, None, None, None))
    assert notice == Notice(
        id="e" * 32,
        kind=OPENED,
        alarm=ALARM.name,
        priority=OPEN.priority,
        account_id=OPEN.account_id,
        account_code="1950",
        cuc="ALR",
        code="E130",
        quantity=60,
        detected_at=7,
        register_id=OPEN.register_id,
        window=2 * HOUR,
        deliveries=(
            DeliveryState(OPENED, DESTINATION, "pending", 1, "1", NOON + 1, NOON, "b" * 32),
        ),
    )
    assert store.read(lambda rows: rows.deliveries.stuck([EMAIL], NOON, 0)) == {
        "waiting": 1,
        "retried": 0,
        "failed": 0,
        "uncertain": 0,
        "expired": 0,
    }
    sql(database, "UPDATE deliveries SET injected_code = 'E999', injected_at = 1")
    assert store.read(lambda rows: rows.deliveries.injected(0)) == {(PADARIA, "E999")}


def test_a_delivery_of_an_alarm_without_a_row_has_no_wishes(store: Store) -> None:
    own = replace(OPEN, id="f" * 32, alarm_id="tracker", alarm="tracker")
    queued = Delivery("d" * 32, "e" * 32, own.register_id, OPENED, DESTINATION, NOON)
    store.update(lambda rows: rows.register.add([own]))
    store.update(lambda rows: rows.deliveries.add([queued]))
    (due,) = store.read(lambda rows: rows.deliveries.foresee([queued.id]))
    assert (due.alert, due.subject, due.with_table) == (own, None, False)


def test_accounts_companies_and_client_groups(store: Store) -> None:
    account = Account(PADARIA, "1950", "null", 3, 4, False, NOON, "accounts", False, NOON + 1)
    company = Organization(3, "Sentinela", True, NOON, "companies", NOON + 2)
    client_group = Organization(4, None, False, NOON, "groups", None)
    store.update(
        lambda rows: rows.directory.save(
            Directory({PADARIA: account}, {3: company}, {4: client_group})
        )
    )
    assert store.read(lambda rows: rows.directory.accounts([PADARIA, 1])) == {PADARIA: account}
    assert store.read(lambda rows: rows.directory.named()) == Directory(
        {}, {3: company}, {4: client_group}
    )


def test_exceptions_of_which_an_account_has_one_at_a_time(store: Store) -> None:
    first = AccountException(
        "1" * 32, ALARM.id, "0195", 200, NOON + HOUR, "null", NOON, "ana", None, None
    )
    second = replace(first, id="2" * 32, value=None, ends_at=None, reason="férias")
    other = replace(first, id="3" * 32, alarm_id="default")
    store.update(lambda rows: rows.exceptions.add(first))
    store.update(lambda rows: rows.exceptions.add(other))
    with pytest.raises(StorageError):
        store.update(lambda rows: rows.exceptions.add(second))
    store.update(lambda rows: rows.exceptions.explain(first.id, "acabou"))
    store.update(lambda rows: rows.exceptions.end([first.id], NOON + 1, "rui"))
    store.update(lambda rows: rows.exceptions.end([first.id], NOON + 2, "bia"))
    store.update(lambda rows: rows.exceptions.add(second))
    ended = replace(first, reason="acabou", ended_at=NOON + 1, ended_by="rui")
    assert store.read(lambda rows: rows.exceptions.standing()) == [other, second]
    assert store.read(lambda rows: rows.exceptions.of_alarm(ALARM.id)) == [second]
    both = store.read(lambda rows: rows.exceptions.of_alarm(ALARM.id, ended=True))
    assert both == [second, ended]


def test_the_codes_by_which_accounts_are_or_were_known(store: Store) -> None:
    known = Account(8, "2207", None, None, None, True, NOON, "accounts")
    gone = Account(9, "3046", None, None, None, False, NOON, "accounts")
    store.update(lambda rows: rows.directory.save(Directory({8: known, 9: gone})))
    assert store.read(lambda rows: rows.directory.account_codes()) == {"2207", "1950"}


def test_what_scans_leave_for_the_next_one(store: Store) -> None:
    learned = LimitEstimate(carried=1, refused=2, rate=3, refused_at=4)
    store.update(lambda rows: rows.runs.good(NOON, 70, NOON + HOUR))
    store.update(lambda rows: rows.runs.silent())
    store.update(lambda rows: rows.runs.learned(learned))
    store.update(lambda rows: rows.runs.listed(NOON + 5))
    assert store.read(lambda rows: rows.runs.scans()) == ScanState(
        NOON, 70, silence_met=True, learned=learned, accounts_listed_at=NOON + 5
    )


def test_what_an_alarm_missed(store: Store) -> None:
    store.update(lambda rows: rows.runs.add_gap("9" * 32, ALARM.id, Span(1, 2), NOON))
    assert store.read(lambda rows: rows.runs.gaps(NOON)) == [(ALARM.name, Span(1, 2))]


def test_a_note(store: Store) -> None:
    first = Note("1" * 32, OPEN.register_id, NOON, "null", "1", acknowledge=True)
    second = Note("2" * 32, OPEN.register_id, NOON, "Ana", "Técnico\na caminho 👷")
    store.update(lambda rows: rows.notes.add(second))
    store.update(lambda rows: rows.notes.add(first))
    found = store.read(lambda rows: rows.notes.of(OPEN.register_id))
    assert found == [first, second]
    assert type(found[0].acknowledge) is bool
    assert store.read(lambda rows: rows.notes.of("0" * 32)) == []


def test_numbers_of_old_rows_where_there_are_none(store: Store) -> None:
    found = store.read(lambda rows: rows.old.count(NOBODY))
    kinds = ("notifications", "deliveries", "runs", "gaps", "tokens", "hours")
    assert found == dict.fromkeys((*kinds, "register_entries", "notes"), 0)
    assert {type(number) for number in found.values()} == {int}


def test_events_that_came_late(store: Store) -> None:
    store.update(lambda rows: rows.slices.note_late("s" * 64, NOON, {MINUTE: 2}))
    store.update(lambda rows: rows.slices.note_late("s" * 64, NOON + 1, {MINUTE: 2}))
    late = store.read(lambda rows: rows.slices.late(NOON))
    assert late == {MINUTE: 4}
    assert type(late[MINUTE]) is int


def test_an_hour_gives_way_only_to_one_that_says_more(store: Store) -> None:
    def keep(*lengths: int, read_at: int) -> None:
        ends = accumulate(lengths)
        minutes = [
            Span(NOON + (end - length) * MINUTE, NOON + end * MINUTE - 1)
            for end, length in zip(ends, lengths, strict=True)
        ]
        hour = Hour(NOON, minutes, [("ALR", "E130")], [PADARIA], [0], [0], [read_at])
        for _ in range(2):  # as if its commit's answer was lost
            store.update(lambda rows: rows.hours.keep("s" * 16, hour, read_at))

    def kept() -> tuple[dict[int, Detail], list[int]]:
        known = store.read(lambda rows: rows.hours.known("s" * 16, NOON))
        counts = store.read(lambda rows: rows.hours.read("s" * 16, Span(NOON, NOON + HOUR)))
        return known, [line.number for line in counts.lines()]

    keep(1, 10, read_at=1)
    assert kept() == ({NOON: Detail(11, 10)}, [1])
    keep(1, 9, read_at=2)
    keep(11, read_at=3)
    assert kept() == ({NOON: Detail(11, 10)}, [1])
    keep(1, 1, 9, read_at=4)
    assert kept() == ({NOON: Detail(11, 9)}, [4])
    keep(60, read_at=5)
    assert kept() == ({NOON: Detail(60, 60)}, [5])
    assert store.read(lambda rows: rows.hours.known("t" * 16, 0)) == {}
    assert store.read(lambda rows: rows.hours.known("s" * 16, NOON + 1)) == {}


def test_the_first_and_the_last_hour_that_are_kept(store: Store) -> None:
    for start in (NOON - HOUR, NOON, NOON + HOUR):
        hour = Hour(start, [Span(start, start + MINUTE - 1)])
        store.update(lambda rows, hour=hour: rows.hours.keep("s" * 16, hour, 1))  # type: ignore[misc]
    for since, first in ((0, NOON - HOUR), (NOON - HOUR + 1, NOON)):
        found = store.read(lambda rows, since=since: rows.hours.ends("s" * 16, since))  # type: ignore[misc]
        assert found == (first, NOON + HOUR)
    assert store.read(lambda rows: rows.hours.ends("s" * 16, NOON + HOUR + 1)) is None
    assert store.read(lambda rows: rows.hours.ends("t" * 16)) is None


def test_a_damaged_hour_is_missing(store: Store, database: str) -> None:
    hour = Hour(NOON, [Span(NOON, NOON + MINUTE - 1)])
    store.update(lambda rows: rows.hours.keep("s" * 16, hour, NOON))
    sql(database, "UPDATE hours SET counts = 'x'")
    counts = store.read(lambda rows: rows.hours.read("s" * 16, Span(NOON, NOON)))
    assert counts.missing == [Span(NOON, NOON)]


@on_sqlite
@pytest.mark.parametrize("column", ["started_at", "ended_at", "read_at", "again_at", "fetched"])
@pytest.mark.parametrize("damage", ["'much'", "x'00'", "1.5"])
def test_a_damaged_slice_is_as_if_it_were_not_there(
    store: Store, database: str, column: str, damage: str
) -> None:
    """Only SQLite keeps in a column what is not of its type."""
    span = Span(NOON, NOON + MINUTE - 1)
    answers = {span: (answer_of([]), NOON + HOUR)}
    store.update(lambda rows: rows.slices.save("s" * 64, answers, NOON))
    kept = store.read(lambda rows: rows.slices.index("s" * 64, 0, 2 * NOON))
    assert kept == [CachedSlice(span, NOON, NOON + HOUR, fetched=0)]
    sql(database, f"UPDATE slices SET {column} = {damage}")
    assert store.read(lambda rows: rows.slices.index("s" * 64, 0, 2 * NOON)) == []
    assert store.read(lambda rows: rows.slices.read("s" * 64, [span])) == {}


@pytest.mark.parametrize("clear_after", [0, 10 * MINUTE, 10 * MINUTE + 1])
def test_what_clear_looks_for_first_is_what_it_finds_over(
    store: Store, database: str, clear_after: int
) -> None:
    below = ("NULL", str(NOON), str(NOON - 10 * MINUTE))
    owns = ("NULL", "0", str(10 * MINUTE + 1))
    for below_since, muted, revision, enabled, own in product(below, (0, 1), (1, 2), (0, 1), owns):
        sql(database, f"UPDATE triggers SET below_since = {below_since}, muted = {muted}")
        sql(
            database,
            f"UPDATE alarms SET revision = {revision}, enabled = {enabled}, clear_after = {own}",
        )
        (standing,) = store.read(lambda rows: rows.triggers.standings())
        over = store.read(lambda rows: rows.triggers.perhaps_over(clear_after))
        assert over is (reason(standing, clear_after) is not None), standing
    sql(database, "UPDATE alarms SET deleted_mark = id")
    assert store.read(lambda rows: rows.triggers.perhaps_over(clear_after))
    sql(database, "DELETE FROM triggers")
    assert not store.read(lambda rows: rows.triggers.perhaps_over(clear_after))
