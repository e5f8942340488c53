"""What fails is tried again, later and later; what succeeded is never repeated."""

import re
from collections.abc import Callable

import pytest

from events_tracker.base import limits
from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator import faults
from events_tracker.simulator.simulator import Reply, Response, Simulator, json_reply
from tests.support.alarms import alarms
from tests.support.channels import (
    CHATPRO,
    WEBHOOK,
    called,
    email,
    injection,
    texts,
    webhook,
    whatsapp,
)
from tests.support.deliveries import attempts, statuses
from tests.support.engines import on_sqlite, sql
from tests.support.mailbox import Mailbox
from tests.support.world import CONDOMINIO, PADARIA, Tracker, open_alert, open_alerts

WAITS = (1, 2, 5, 10, 30, 30, 30)


def test_a_whatsapp_that_failed_is_delivered_later_and_once(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    segware.fail(CHATPRO, Reply(500))
    first = tracker.notify(exit_code=1)
    assert attempts(first["deliveries"]) == {("pending", 1): 1}
    assert first["errors"] == ["whatsapp: ChatPro answered 500 (will be tried again)"]
    assert tracker.notify()["deliveries"] == []
    tracker.clock.advance(MINUTE)
    assert attempts(tracker.notify()["deliveries"]) == {("sent", 2): 1}
    tracker.clock.advance(60 * MINUTE)
    assert tracker.notify()["deliveries"] == []
    assert len(texts(segware)) == 1


def test_retries_wait_1_2_5_10_and_then_30_minutes_until_the_attempts_are_used_up(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= webhook(segware)
    open_alert(tracker, segware)
    segware.fail_always(WEBHOOK, Reply(503))
    assert attempts(tracker.notify(exit_code=1)["deliveries"]) == {("pending", 1): 1}
    for number, minutes in enumerate(WAITS, start=2):
        tracker.clock.advance(minutes * MINUTE - 1)
        assert tracker.notify()["deliveries"] == [], "not yet"
        tracker.clock.advance(1)
        status = "failed" if number == 8 else "pending"
        assert attempts(tracker.notify(exit_code=1)["deliveries"]) == {(status, number): 1}
    tracker.clock.advance(24 * 60 * MINUTE)
    assert tracker.notify()["deliveries"] == []
    assert segware.count(WEBHOOK) == 8
    (notice,) = tracker.notifications()
    assert notice["deliveries"][0]["error"] == "the webhook answered 503"


@on_sqlite
def test_the_attempts_are_a_setting(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= webhook(segware) | {"NOTIFY_MAX_ATTEMPTS": "2"}
    open_alert(tracker, segware)
    segware.fail_always(WEBHOOK, Reply(503))
    tracker.notify(exit_code=1)
    tracker.clock.advance(MINUTE)
    assert attempts(tracker.notify(exit_code=1)["deliveries"]) == {("failed", 2): 1}


@on_sqlite
@pytest.mark.parametrize(
    ("answer", "status"),
    [
        pytest.param(Reply(400), "failed", id="an unknown number stays unknown"),
        pytest.param(Reply(401), "failed", id="a wrong token stays wrong"),
        pytest.param(Reply(404), "failed", id="other 4xx are for good"),
        pytest.param(Reply(408), "pending", id="a request that came too slowly"),
        pytest.param(Reply(425), "pending", id="too early"),
        pytest.param(Reply(429), "pending", id="too many"),
        pytest.param(Reply(500), "pending", id="5xx may pass"),
        pytest.param(Reply(201, b"<html>"), "pending", id="201 that is not JSON"),
        pytest.param(Reply(201), "pending", id="201 that is empty"),
        pytest.param(Reply(201, b'"ok"'), "pending", id="201 that is no object"),
        pytest.param(
            json_reply(200, {"status": False}), "pending", id="200 that says it did not take it"
        ),
        pytest.param(faults.reset, "pending", id="reset"),
        pytest.param(faults.lose_answer, "pending", id="the answer was lost"),
        pytest.param(faults.hang_up, "pending", id="closed without an answer"),
        pytest.param(faults.truncate, "pending", id="half an answer"),
    ],
)
def test_what_chatpro_answers_decides_whether_it_is_tried_again(
    tracker: Tracker, segware: Simulator, answer: Response, status: str
) -> None:
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    segware.fail(CHATPRO, answer)
    told = tracker.notify(exit_code=1)
    assert attempts(told["deliveries"]) == {(status, 1): 1}
    assert told[status] == 1
    tracker.clock.advance(MINUTE)
    assert len(tracker.notify()["deliveries"]) == (1 if status == "pending" else 0)


@on_sqlite
@pytest.mark.parametrize("answer", [{}, {"message": "ok"}], ids=["nothing at all", "no status"])
def test_a_success_of_chatpro_need_not_say_so(
    tracker: Tracker, segware: Simulator, answer: dict[str, str]
) -> None:
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    segware.fail(CHATPRO, json_reply(201, answer))
    assert attempts(tracker.notify()["deliveries"]) == {("sent", 1): 1}


@on_sqlite
def test_a_recipient_that_does_not_exist_is_given_up(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware)
    segware.unknown_numbers = {tracker.environ["CHATPRO_RECIPIENT"]}
    open_alert(tracker, segware)
    (delivery,) = tracker.notify(exit_code=1)["deliveries"]
    assert delivery["status"] == "failed"
    assert delivery["error"] == "ChatPro answered 400: the number is unknown or invalid"


@on_sqlite
def test_a_channel_that_is_down_does_not_stop_the_others(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    tracker.environ |= whatsapp(segware) | email(mailbox.url) | webhook(segware)
    mailbox.stop()
    segware.fail_always(CHATPRO, faults.reset)
    open_alert(tracker, segware)
    told = tracker.notify(exit_code=1)
    assert (told["sent"], told["pending"], len(told["errors"])) == (1, 2, 2)
    assert len(called(segware)) == 1


@on_sqlite
def test_one_that_cannot_be_reached_is_not_asked_again_for_the_rest(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= webhook(segware)
    open_alerts(tracker, segware, 5)
    segware.stop()
    told = tracker.notify(exit_code=1)
    assert attempts(told["deliveries"]) == {("pending", 1): 1, ("pending", 0): 4}
    assert len(told["errors"]) == 1


@on_sqlite
def test_an_answer_that_comes_by_drops_is_bounded(
    tracker: Tracker, segware: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events_tracker.base.limits.DELIVERY_SECONDS", 0.3)
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    segware.fail(CHATPRO, faults.drip(0.1))
    told = tracker.notify(exit_code=1)
    assert told["errors"] == ["whatsapp: no answer in time (will be tried again)"]


@on_sqlite
def test_what_was_claimed_by_a_process_that_died_is_delivered_once_its_lease_is_over(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= webhook(segware)
    open_alert(tracker, segware)
    now = tracker.clock.now()
    sql(
        database,
        f"UPDATE deliveries SET claim = 'x', attempts = 1, lease_until = {now + 2 * MINUTE}",
    )
    assert tracker.notify()["deliveries"] == []
    tracker.clock.advance(2 * MINUTE)
    assert tracker.notify()["deliveries"] == []
    tracker.clock.advance(1)
    assert attempts(tracker.notify()["deliveries"]) == {("sent", 2): 1}
    assert statuses(tracker) == {("opened", "webhook"): "sent"}


@on_sqlite
def test_a_message_that_cannot_be_made_stops_no_other(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker.environ |= whatsapp(segware) | email(mailbox.url)
    open_alert(tracker, segware)

    def broken(*_: object) -> None:
        raise IndexError("a bug of ours")

    monkeypatch.setattr("events_tracker.channels.email._composed", broken)
    told = tracker.notify(exit_code=1)
    (error,) = told["errors"]
    assert re.fullmatch(
        r"email: unexpected IndexError at test_retrying\.py:\d+; "
        r"this is a bug: please report it \(will be tried again\)",
        error,
    )
    assert told["sent"] == 1


@on_sqlite
def test_a_server_that_is_down_is_not_asked_for_its_other_destinations(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    tracker.environ |= whatsapp(segware) | email(mailbox.url)
    for number in range(3):
        to = f"a{number}@sentinela.example"
        alarms(tracker, f"create door{number} --codes E401 --value 1 --email-to {to}")
    segware.add_events(tracker.clock.now(), PADARIA, "E401")
    assert len(tracker.scan()["opened"]) == 3
    mailbox.stop()
    told = tracker.notify(exit_code=1)
    assert attempts([d for d in told["deliveries"] if d["channel"] == "email"]) == {
        ("pending", 1): 1
    }
    assert told["sent"] == 3


def test_what_failed_together_waits_as_long_as_what_failed_most_often(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= whatsapp(segware) | {"NOTIFY_DIGEST_OVER": "1"}
    open_alert(tracker, segware)
    segware.fail(CHATPRO, Reply(503), Reply(503))
    tracker.notify(exit_code=1)
    tracker.clock.advance(MINUTE)
    open_alert(tracker, segware, CONDOMINIO)
    together = tracker.notify(exit_code=1)["deliveries"]
    assert attempts(together) == {("pending", 1): 1, ("pending", 2): 1}
    tracker.clock.advance(2 * MINUTE - 1)
    assert tracker.notify()["deliveries"] == []
    tracker.clock.advance(1)
    assert attempts(tracker.notify()["deliveries"]) == {("sent", 2): 1, ("sent", 3): 1}
    assert len(texts(segware)) == 1


def test_clocks_that_are_set_back_let_nothing_wait_for_the_time_to_come_again(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= webhook(segware)
    open_alert(tracker, segware)
    segware.fail(WEBHOOK, Reply(503))
    tracker.notify(exit_code=1)
    tracker.clock.advance(-HOUR)
    assert attempts(tracker.notify("--dry-run")["deliveries"]) == {("pending", 1): 1}
    assert attempts(tracker.notify()["deliveries"]) == {("sent", 2): 1}


@pytest.mark.parametrize(
    ("channel", "status", "became"),
    [(webhook, "pending", "sent"), (injection, "sending", "uncertain")],
)
def test_nor_for_the_lease_of_a_process_that_died(
    tracker: Tracker,
    segware: Simulator,
    database: str,
    channel: Callable[[Simulator], dict[str, str]],
    status: str,
    became: str,
) -> None:
    tracker.environ |= channel(segware) if channel is webhook else injection()
    open_alert(tracker, segware)
    held = tracker.clock.now() + limits.LEASE
    sql(
        database,
        f"UPDATE deliveries SET claim = 'x', attempts = 1, status = '{status}', "
        f"lease_until = {held}",
    )
    assert tracker.notify()["deliveries"] == []
    tracker.clock.advance(-HOUR)
    tracker.notify(exit_code=0 if became == "sent" else 1)
    assert set(statuses(tracker).values()) == {became}


@on_sqlite
def test_a_host_whose_clock_is_ten_minutes_behind_waits_for_the_longest_retry_of_another(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= webhook(segware)
    open_alert(tracker, segware)
    segware.fail_always(WEBHOOK, Reply(503))
    for minutes in WAITS[:4]:
        tracker.notify(exit_code=1)
        tracker.clock.advance(minutes * MINUTE)
    tracker.notify(exit_code=1)
    tracker.clock.advance(-limits.SKEW)
    assert tracker.notify()["deliveries"] == []
