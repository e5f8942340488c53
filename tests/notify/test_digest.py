"""Many alerts due at once to one destination become one message."""

import json

import pytest

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.alarms import alarms
from tests.support.channels import (
    CHATPRO,
    INJECTION,
    called,
    email,
    injected,
    injection,
    texts,
    webhook,
    whatsapp,
)
from tests.support.deliveries import attempts
from tests.support.engines import on_sqlite, sql
from tests.support.mailbox import Mailbox
from tests.support.world import PADARIA, Tracker, let_it_be_over, open_alert, open_alerts


def test_forty_alerts_are_one_whatsapp_naming_forty_and_few_injections(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= whatsapp(segware) | injection()
    open_alerts(tracker, segware, 40)
    sql(
        database,
        "UPDATE register_entries SET priority = 'high' WHERE account_code IN ('5039', '5040')",
    )
    told = tracker.notify()
    assert attempts(told["deliveries"]) == {("sent", 1): 80}
    (text,) = texts(segware)
    lines = text.splitlines()
    assert lines[0] == "*40 AVISOS DE EVENTOS*"
    listed = [line for line in lines if line.startswith("• ")]
    assert len(listed) == 30
    assert sorted(line[2:6] for line in listed[:2]) == ["5039", "5040"]
    assert lines[-1] == "… e mais 10"
    calls = [request.json()["events"] for request in segware.received(INJECTION)]
    assert len(calls) <= 4
    assert max(map(len, calls)) <= 20
    assert all(len({event["companyId"] for event in call}) == 1 for call in calls)
    assert sorted(injected(segware)) == [str(5001 + number) for number in range(40)]


@on_sqlite
@pytest.mark.parametrize(("alerts", "messages"), [(3, 3), (4, 1)])
def test_more_than_the_setting_become_a_digest(
    tracker: Tracker, segware: Simulator, alerts: int, messages: int
) -> None:
    tracker.environ |= whatsapp(segware) | {"NOTIFY_DIGEST_OVER": "3"}
    open_alerts(tracker, segware, alerts)
    tracker.notify()
    assert len(texts(segware)) == messages


@on_sqlite
def test_one_alert_is_no_digest_even_where_everything_may_become_one(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= whatsapp(segware) | {"NOTIFY_DIGEST_OVER": "0"}
    open_alerts(tracker, segware, 1)
    tracker.notify()
    assert [text.splitlines()[0] for text in texts(segware)] == ["*EXCESSO DE EVENTOS*"]


@on_sqlite
def test_a_digest_of_few_lists_them_all_and_no_more(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware) | {"TRACKER_LANGUAGE": "en"}
    open_alerts(tracker, segware, 12)
    tracker.notify()
    (text,) = texts(segware)
    first, _, *lines = text.splitlines()
    assert first == "*12 EVENT ALERTS*"
    assert len(lines) == 12
    assert (
        "• 5001 · Cliente 1 · Vigia Sul Segurança Eletrônica · ALR E130 burglary · 60 · opened"
        in lines
    )


def test_a_digest_is_sent_whole_or_not_at_all(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware)
    open_alerts(tracker, segware, 40)
    segware.fail(CHATPRO, Reply(503))
    told = tracker.notify(exit_code=1)
    assert attempts(told["deliveries"]) == {("pending", 1): 40}
    assert told["errors"] == ["whatsapp: ChatPro answered 503 (will be tried again), 40 deliveries"]
    tracker.clock.advance(MINUTE)
    assert attempts(tracker.notify()["deliveries"]) == {("sent", 2): 40}
    (text,) = texts(segware)
    assert text.startswith("*40 AVISOS DE EVENTOS*")


@on_sqlite
def test_an_alert_that_opened_and_cleared_counts_once_in_a_digest(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= whatsapp(segware)
    open_alerts(tracker, segware, 11)
    let_it_be_over(tracker, segware)
    assert attempts(tracker.notify()["deliveries"]) == {("sent", 1): 22}
    (text,) = texts(segware)
    assert text.startswith("*11 AVISOS DE EVENTOS*")
    assert text.count("aberto e encerrado") == 11


def test_email_digests_form_for_each_recipient(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox, database: str
) -> None:
    tracker.environ |= email(mailbox.url) | {"NOTIFY_DIGEST_OVER": "2"}
    open_alerts(tracker, segware, 4)
    sql(database, f"UPDATE alarms SET email_to = '{json.dumps(['ana@sentinela.example'])}'")
    tracker.clock.advance(MINUTE)
    open_alert(tracker, segware)
    tracker.notify()
    by_recipient = {letter["To"]: letter["Subject"] for letter in mailbox.letters}
    assert by_recipient == {
        "central@sentinela.example": "4 AVISOS DE EVENTOS",
        "ana@sentinela.example": "EXCESSO DE EVENTOS: 1950 Padaria São José",
    }


@on_sqlite
def test_webhooks_are_never_digested(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= webhook(segware)
    opened = open_alerts(tracker, segware, 25)
    tracker.notify()
    assert sorted(call["register_id"] for call in called(segware)) == sorted(opened)


@on_sqlite
def test_however_many_they_are_one_digest_that_begins_with_the_urgent(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= whatsapp(segware)
    alarms(tracker, "create door --codes E401 --value 1 --priority high")
    alarms(tracker, "create note --codes E402 --value 1")
    for number in range(1005):
        segware.add_account(1001 + number, str(6001 + number), f"Cliente {number}", 11)
        segware.add_events(tracker.clock.now(), 1001 + number, "E402")
    assert len(tracker.scan()["opened"]) == 1005
    tracker.clock.advance(MINUTE)
    segware.add_events(tracker.clock.now(), PADARIA, "E401")
    tracker.scan()
    assert len(tracker.notify("--dry-run")["deliveries"]) == 1006
    assert tracker.notify()["sent"] == 1006
    (text,) = texts(segware)
    first, _, *lines = text.splitlines()
    assert first == "*1006 AVISOS DE EVENTOS*"
    assert lines[0].startswith("• 1950 ")
    assert lines[-1] == "… e mais 976"
