"""Several `notify` at once never send the same delivery twice."""

import time
from collections import Counter

import pytest

from events_tracker.base import limits
from events_tracker.base.times import HOUR, MINUTE, SECOND
from events_tracker.simulator.simulator import Handler, Reply, Simulator
from tests.support.channels import (
    WEBHOOK,
    called,
    email,
    injected,
    injection,
    texts,
    webhook,
    whatsapp,
)
from tests.support.deliveries import between_looking_and_claiming, statuses
from tests.support.engines import sql
from tests.support.mailbox import Mailbox
from tests.support.world import (
    Console,
    TestClock,
    Tracker,
    finish,
    let_it_be_over,
    open_alert,
    open_alerts,
)


def test_six_notify_at_once_send_each_delivery_once(
    console: Console, segware: Simulator, mailbox: Mailbox, database: str
) -> None:
    console.environ |= (
        whatsapp(segware)
        | injection()
        | webhook(segware)
        | email(mailbox.url)
        | {"NOTIFY_DIGEST_OVER": "99"}
    )
    segware.now = lambda: time.time_ns() // 1_000_000
    codes = [str(5001 + number) for number in range(24)]
    for number, code in enumerate(codes):
        segware.add_account(101 + number, code, f"Cliente {code}", 11)
        segware.add_events(segware.now() - 1000, 101 + number, "E130", count=60)
    assert console("scan").exit_code == 0
    segware.latency = 0.01
    results = [finish(process) for process in [console.start("notify") for _ in range(6)]]
    assert [(result.exit_code, result.stderr) for result in results] == [(0, "")] * 6
    once = Counter(codes)
    assert Counter(text.split("Conta:* ")[1][:4] for text in texts(segware)) == once
    assert Counter(injected(segware)) == once
    assert Counter(call["account_code"] for call in called(segware)) == once
    assert Counter(letter["Subject"].split()[3] for letter in mailbox.letters) == once
    assert sql(database, "SELECT status, attempts, COUNT(*) FROM deliveries GROUP BY 1, 2") == [
        ("sent", 1, 96)
    ]


def test_what_another_pass_took_after_this_one_had_seen_it_is_not_sent_again(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker.environ |= whatsapp(segware) | injection() | webhook(segware) | email(mailbox.url)
    open_alert(tracker, segware)
    between = between_looking_and_claiming(monkeypatch, lambda: tracker.notify()["sent"])
    assert tracker.notify()["deliveries"] == []
    assert between == [4]
    assert len(texts(segware)) == len(injected(segware)) == len(called(segware)) == 1
    assert len(mailbox.letters) == 1


def test_the_end_is_not_told_while_another_pass_took_the_opening(
    tracker: Tracker, segware: Simulator, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    let_it_be_over(tracker, segware)
    held = tracker.clock.now() + limits.LEASE
    taken = f"UPDATE deliveries SET claim = 'x', attempts = 1, lease_until = {held}"
    between_looking_and_claiming(
        monkeypatch, lambda: sql(database, f"{taken} WHERE kind = 'opened'")
    )
    assert tracker.notify()["deliveries"] == []
    assert texts(segware) == []


def test_what_failed_after_its_lease_was_over_does_not_undo_what_another_pass_did(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= webhook(segware)
    open_alert(tracker, segware)

    def overtaken(handler: Handler) -> None:
        tracker.clock.advance(limits.LEASE + 1)
        tracker.notify()
        handler.send(Reply(410))

    segware.fail(WEBHOOK, overtaken)
    tracker.notify(exit_code=1)
    assert sql(database, "SELECT status, attempts, error FROM deliveries") == [("sent", 2, None)]


def test_what_grows_too_old_while_it_is_being_sent_is_not_given_up(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= webhook(segware)
    open_alert(tracker, segware)
    seen: list[dict[tuple[str, str], str]] = []

    def grows_old(handler: Handler) -> None:
        tracker.clock.advance(MINUTE)
        assert tracker.notify()["deliveries"] == []
        seen.append(statuses(tracker))
        handler.send(handler.normal_reply())

    segware.fail(WEBHOOK, grows_old)
    tracker.clock.advance(24 * HOUR - 1)
    assert tracker.notify()["sent"] == 1
    assert seen == [{("opened", "webhook"): "pending"}]


def test_what_another_pass_tried_in_vain_meanwhile_waits_for_its_next_attempt(
    tracker: Tracker, segware: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker.environ |= webhook(segware)
    open_alert(tracker, segware)
    segware.fail(WEBHOOK, Reply(503))
    between = between_looking_and_claiming(
        monkeypatch, lambda: tracker.notify(exit_code=1)["pending"]
    )
    assert tracker.notify()["deliveries"] == []
    assert between == [1]
    assert segware.count(WEBHOOK) == 1


class SteppingClock(TestClock):
    """Its monotonic time goes with the time of day: only when it is told to."""

    def monotonic(self) -> float:
        return self.at / SECOND


def test_nothing_is_sent_that_another_pass_might_take_before_it_is_answered(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    clock = tracker.clock = SteppingClock()
    tracker.environ |= webhook(segware)
    open_alerts(tracker, segware, 5)
    left: list[int] = []

    def slowly(handler: Handler) -> None:
        ((lease,),) = sql(database, "SELECT MAX(lease_until) FROM deliveries")
        left.append(lease - clock.now() - limits.SKEW)
        clock.advance(20 * SECOND)
        handler.send(handler.normal_reply())

    segware.fail_always(WEBHOOK, slowly)
    assert tracker.notify()["sent"] == 5
    assert min(left) >= limits.DELIVERY_SECONDS * SECOND
