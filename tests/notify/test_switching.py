"""Channels that are switched on and off: nobody is flooded with the past, and nothing is lost."""

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.channels import CHATPRO, called, email, texts, webhook, whatsapp
from tests.support.deliveries import attempts, statuses
from tests.support.engines import dump, on_sqlite
from tests.support.mailbox import Mailbox
from tests.support.world import Tracker, let_it_be_over, open_alert, open_alerts


def test_switching_a_channel_on_never_floods_the_past(tracker: Tracker, segware: Simulator) -> None:
    open_alerts(tracker, segware, 5)
    tracker.environ |= whatsapp(segware)
    assert tracker.notify()["deliveries"] == []
    tracker.clock.advance(MINUTE)
    assert len(tracker.scan()["ongoing"]) == 5
    assert tracker.notify()["deliveries"] == []
    let_it_be_over(tracker, segware)
    assert tracker.notify()["deliveries"] == []
    assert texts(segware) == []
    open_alert(tracker, segware)
    assert tracker.notify()["sent"] == 1


def test_a_channel_that_is_off_leaves_its_deliveries_alone(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= whatsapp(segware) | webhook(segware)
    open_alert(tracker, segware)
    segware.fail(CHATPRO, Reply(400))
    tracker.notify(exit_code=1)
    open_alert(tracker, segware, 8)
    tracker.environ["WHATSAPP_ENABLED"] = "false"
    before = [row for row in dump(database)["deliveries"] if "whatsapp" in row]
    for options in ([], ["--retry-failed"], ["--channel", "whatsapp"]):
        tracker.clock.advance(48 * HOUR)
        tracker.notify(*options)
    assert [row for row in dump(database)["deliveries"] if "whatsapp" in row] == before
    assert len(before) == 2
    assert segware.count(CHATPRO) == 1


@on_sqlite
def test_with_the_channel_on_again_they_are_delivered(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    tracker.environ["WHATSAPP_ENABLED"] = "false"
    tracker.notify()
    assert statuses(tracker) == {("opened", "whatsapp"): "pending"}
    tracker.environ["WHATSAPP_ENABLED"] = "true"
    assert attempts(tracker.notify()["deliveries"]) == {("sent", 1): 1}


@on_sqlite
@pytest.mark.parametrize("pass_", ["scan", "clear", "notify", "status"])
@pytest.mark.parametrize(
    ("switch", "missing"),
    [
        ("WHATSAPP_ENABLED", ["CHATPRO_INSTANCE_ID", "CHATPRO_TOKEN", "CHATPRO_RECIPIENT"]),
        ("SEGWARE_ALARM_ENABLED", ["SEGWARE_TOKEN"]),
        ("EMAIL_ENABLED", ["SMTP_URL", "EMAIL_FROM", "EMAIL_TO"]),
        ("WEBHOOK_ENABLED", ["WEBHOOK_URL", "WEBHOOK_SECRET"]),
    ],
)
def test_a_channel_that_is_on_but_not_configured_is_an_error_by_name_at_the_start(
    tracker: Tracker, segware: Simulator, pass_: str, switch: str, missing: list[str]
) -> None:
    del tracker.environ["SEGWARE_TOKEN"]
    result = tracker(pass_, **{switch: "true"})
    assert (result.exit_code, result.stdout) == (2, "")
    for name in missing:
        assert f"error: {name} is missing" in result.stderr
    assert segware.requests == []


def test_what_was_over_before_its_channel_was_on_again_is_told_to_be_over(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    channels = whatsapp(segware) | email(mailbox.url) | webhook(segware)
    tracker.environ |= channels
    open_alert(tracker, segware)
    for name in ("WHATSAPP_ENABLED", "EMAIL_ENABLED", "WEBHOOK_ENABLED"):
        tracker.environ[name] = "false"
    let_it_be_over(tracker, segware)
    tracker.environ |= channels
    assert tracker.notify()["sent"] == 3
    (text,) = texts(segware)
    assert text.startswith("*ABERTO E JÁ ENCERRADO*")
    (letter,) = mailbox.letters
    assert letter["Subject"].startswith("ABERTO E JÁ ENCERRADO")
    (call,) = called(segware)
    assert (call["kind"], call["cleared_at"]) == ("opened", "2026-11-21T14:00:00.001Z")
    assert tracker.notify()["deliveries"] == []


@on_sqlite
def test_a_digest_says_so_too(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware) | {"NOTIFY_DIGEST_OVER": "1"}
    open_alerts(tracker, segware, 2)
    tracker.environ["WHATSAPP_ENABLED"] = "false"
    let_it_be_over(tracker, segware)
    tracker.environ["WHATSAPP_ENABLED"] = "true"
    tracker.notify()
    (text,) = texts(segware)
    assert text.count("aberto e encerrado") == 2
