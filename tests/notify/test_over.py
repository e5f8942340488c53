"""That an alert is over is told where its opening was told, after it, or with it."""

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.channels import (
    CHATPRO,
    INJECTION,
    WEBHOOK,
    called,
    email,
    injection,
    texts,
    webhook,
    whatsapp,
)
from tests.support.deliveries import statuses
from tests.support.engines import on_sqlite, sql
from tests.support.mailbox import Mailbox
from tests.support.world import PADARIA, Tracker, let_it_be_over, open_alert, open_alerts


def test_it_is_told_where_the_opening_was_told(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    tracker.environ |= whatsapp(segware) | email(mailbox.url)
    open_alert(tracker, segware)
    tracker.notify()
    tracker.environ |= {
        "CHATPRO_RECIPIENT": "5511900000000",
        "EMAIL_TO": "another@sentinela.example",
    }
    let_it_be_over(tracker, segware)
    assert tracker.notify()["sent"] == 2
    numbers = [request.json()["number"] for request in segware.received(CHATPRO)]
    assert numbers == ["5511988887777", "5511988887777"]
    assert [letter["To"] for letter in mailbox.letters] == ["central@sentinela.example"] * 2
    assert texts(segware)[1].startswith("*ENCERRADO: EXCESSO DE EVENTOS*")


def test_nothing_is_ever_injected_for_what_is_over(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= injection()
    open_alert(tracker, segware)
    tracker.notify()
    let_it_be_over(tracker, segware)
    assert tracker.notify()["deliveries"] == []
    assert statuses(tracker) == {("opened", "segware"): "sent"}
    assert segware.count(INJECTION) == 1


def test_opened_and_cleared_while_whatsapp_was_away_arrive_as_one_message(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    segware.fail_always(CHATPRO, Reply(503))
    tracker.notify(exit_code=1)
    let_it_be_over(tracker, segware)
    tracker.notify(exit_code=1)
    segware.heal()
    tracker.clock.advance(2 * MINUTE)
    assert [(d["kind"], d["status"]) for d in tracker.notify()["deliveries"]] == [
        ("opened", "sent"),
        ("cleared", "sent"),
    ]
    (text,) = texts(segware)
    assert text.startswith("*ABERTO E JÁ ENCERRADO*")
    assert "*Encerrado em:* 21/11/2026 11:00:00" in text


def test_it_waits_for_an_opening_that_waits(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    tracker.clock.advance(2 * HOUR + 1)
    segware.fail(CHATPRO, Reply(503))
    tracker.notify(exit_code=1)
    tracker.scan()
    tracker.clear()
    assert tracker.notify()["deliveries"] == [], "the opening is due in a minute"
    tracker.clock.advance(MINUTE)
    assert tracker.notify()["sent"] == 2


@on_sqlite
def test_a_webhook_that_fails_for_the_opening_is_not_told_the_end_before_it(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= webhook(segware)
    open_alert(tracker, segware)
    let_it_be_over(tracker, segware)
    segware.fail(WEBHOOK, Reply(500))
    tracker.notify(exit_code=1)
    assert segware.count(WEBHOOK) == 1
    tracker.clock.advance(MINUTE)
    tracker.notify()
    assert [call["kind"] for call in called(segware)] == ["opened", "cleared"]


def test_if_the_opening_was_given_up_before_its_end_nothing_is_queued_for_the_end(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    segware.fail(CHATPRO, Reply(400))
    tracker.notify(exit_code=1)
    let_it_be_over(tracker, segware)
    assert statuses(tracker) == {("opened", "whatsapp"): "failed"}


@pytest.mark.parametrize("channel", [whatsapp, webhook])
def test_if_the_opening_is_given_up_the_end_is_superseded(
    tracker: Tracker, segware: Simulator, channel: object
) -> None:
    tracker.environ |= channel(segware)  # type: ignore[operator]
    open_alert(tracker, segware)
    let_it_be_over(tracker, segware)
    segware.fail_always("/", Reply(410))
    tracker.notify(exit_code=1)
    tracker.notify()
    name = channel.__name__  # type: ignore[attr-defined]
    assert statuses(tracker) == {("opened", name): "failed", ("cleared", name): "superseded"}
    assert len([r for r in segware.requests if r.status == 410]) == 1


@on_sqlite
def test_an_opening_given_up_among_many_supersedes_its_end_in_the_same_pass(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= webhook(segware)
    open_alerts(tracker, segware, 20)
    let_it_be_over(tracker, segware)
    segware.fail(WEBHOOK, Reply(410))
    told = tracker.notify(exit_code=1)
    assert (told["sent"], told["failed"]) == (38, 1)
    tracker.notify()
    ends = [n["deliveries"][0]["status"] for n in tracker.notifications() if n["kind"] == "cleared"]
    assert sorted(ends) == ["sent"] * 19 + ["superseded"]


def test_if_the_opening_expires_the_end_is_superseded(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    let_it_be_over(tracker, segware)
    tracker.clock.advance(22 * HOUR)
    assert tracker.notify()["deliveries"] == []
    assert statuses(tracker) == {
        ("opened", "whatsapp"): "expired",
        ("cleared", "whatsapp"): "superseded",
    }


def test_a_channel_that_is_off_by_then_is_not_told(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware) | webhook(segware)
    open_alert(tracker, segware)
    tracker.notify()
    tracker.environ["WHATSAPP_ENABLED"] = "false"
    let_it_be_over(tracker, segware)
    assert statuses(tracker)["cleared", "webhook"] == "pending"
    assert ("cleared", "whatsapp") not in statuses(tracker)


def test_an_injection_that_was_not_sent_yet_is_superseded(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= injection()
    open_alert(tracker, segware)
    let_it_be_over(tracker, segware)
    assert statuses(tracker) == {("opened", "segware"): "superseded"}
    tracker.notify("--retry-failed")
    assert segware.count(INJECTION) == 0


@pytest.mark.parametrize(("answer", "given_up"), [(403, "failed"), (500, "uncertain")])
def test_an_injection_that_was_given_up_is_not_tried_again_once_its_alert_is_over(
    tracker: Tracker, segware: Simulator, answer: int, given_up: str
) -> None:
    tracker.environ |= injection()
    open_alert(tracker, segware)
    segware.fail(INJECTION, Reply(answer))
    tracker.notify(exit_code=1)
    let_it_be_over(tracker, segware)
    assert tracker.notify("--retry-failed", "--dry-run")["deliveries"] == []
    assert tracker.notify("--retry-failed")["deliveries"] == []
    assert segware.count(INJECTION) == 1
    assert statuses(tracker) == {("opened", "segware"): given_up}


def test_an_injection_that_was_refused_while_its_alert_was_closed_is_superseded(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= injection()
    open_alert(tracker, segware)
    # As if `clear` had come between the call and its answer.
    segware.fail(INJECTION, Reply(503))
    tracker.notify(exit_code=1)
    sql(database, "UPDATE deliveries SET status = 'sending'")
    let_it_be_over(tracker, segware)
    sql(database, "UPDATE deliveries SET status = 'pending'")
    assert tracker.notify()["deliveries"] == []
    assert statuses(tracker) == {("opened", "segware"): "superseded"}
    assert segware.count(INJECTION) == 1


@on_sqlite
def test_what_was_closed_by_hand_says_so(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware)
    open_alerts(tracker, segware, 1)
    open_alert(tracker, segware, PADARIA)
    tracker.notify()
    by_hand = ("--force", "--account", "1950", "--by", "Ana", "--reason")
    tracker.clear(*by_hand, "técnico no local")
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=18)
    tracker.clock.advance(MINUTE)
    tracker.scan()
    tracker.notify()
    closed = "*Motivo:* encerrado por Ana: técnico no local"
    assert f"{closed}; ainda acima do limite (78)\n" in texts(segware)[2] + "\n"
    tracker("clear", "--unmute", "--account", "1950")
    tracker.scan()
    tracker.notify()
    tracker.clock.advance(2 * HOUR + 1)
    tracker.scan(TRACKER_CLEAR_AFTER="1h")
    tracker.clear(*by_hand, "foi embora")
    tracker.notify()
    closed = "*Motivo:* encerrado por Ana: foi embora"
    assert texts(segware)[-1].endswith(f"{closed}; já abaixo do limite (0)")
