"""Several `notify` at once never send the same delivery twice."""

import time
from collections import Counter

import pytest

from events_tracker.demo.simulator import Simulator
from events_tracker.storage.outbox import Dispatch
from tests.channels.mailbox import Mailbox
from tests.notify.tools import (
    called,
    email,
    injected,
    injection,
    open_alert,
    texts,
    webhook,
    whatsapp,
)
from tests.support import Console, Tracker, finish, sql


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
    look = Dispatch.due
    between: list[int] = []

    def look_and_be_overtaken(dispatch: Dispatch, *arguments: object) -> list[str]:
        ids = look(dispatch, *arguments)  # type: ignore[arg-type]
        if not between:
            between.append(0)
            between[0] = tracker.notify()["sent"]
        return ids

    monkeypatch.setattr(Dispatch, "due", look_and_be_overtaken)
    assert tracker.notify()["deliveries"] == []
    assert between == [4]
    assert len(texts(segware)) == len(injected(segware)) == len(called(segware)) == 1
    assert len(mailbox.letters) == 1
