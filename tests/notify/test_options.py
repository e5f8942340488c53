"""What `notify` can be asked: to look only, one channel, a few, and a test message."""

import pytest

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Reply, Simulator
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
from tests.support.engines import dump, on_sqlite
from tests.support.mailbox import Mailbox
from tests.support.world import Tracker, open_alert, open_alerts


def test_a_dry_run_lists_what_is_due_and_leaves_no_trace(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= whatsapp(segware) | webhook(segware) | injection()
    open_alert(tracker, segware)
    before, requests = dump(database), len(segware.requests)
    foreseen = tracker.notify("--dry-run")
    assert foreseen["dry_run"] is True
    assert (foreseen["pending"], foreseen["sent"]) == (3, 0)
    assert dump(database) == before
    assert len(segware.requests) == requests
    delivered = tracker.notify()["deliveries"]
    assert [d["id"] for d in foreseen["deliveries"]] == [d["id"] for d in delivered]


@on_sqlite
def test_a_dry_run_does_not_list_what_waits_for_its_next_attempt(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    segware.fail(CHATPRO, Reply(500))
    tracker.notify(exit_code=1)
    assert tracker.notify("--dry-run")["deliveries"] == []
    tracker.clock.advance(MINUTE)
    assert attempts(tracker.notify("--dry-run")["deliveries"]) == {("pending", 1): 1}


def test_only_the_channels_that_are_named_are_delivered(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    tracker.environ |= whatsapp(segware) | webhook(segware) | email(mailbox.url)
    open_alert(tracker, segware)
    due = tracker.notify("--channel", "webhook", "--channel", "email", "--dry-run")
    told = tracker.notify("--channel", "Webhook,email")
    assert {d["channel"] for d in told["deliveries"]} == {"webhook", "email"}
    assert len(due["deliveries"]) == len(told["deliveries"])
    assert statuses(tracker)["opened", "whatsapp"] == "pending"
    assert texts(segware) == []


def test_no_more_than_the_limit_are_tried(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= webhook(segware) | whatsapp(segware) | {"NOTIFY_DIGEST_OVER": "99"}
    open_alerts(tracker, segware, 25)
    assert len(tracker.notify("--dry-run", "--limit", "7")["deliveries"]) == 7
    assert tracker.notify("--limit", "7")["sent"] == 7
    assert len(called(segware)) + len(texts(segware)) == 7
    assert tracker.notify("--limit", "30")["sent"] == 30
    assert tracker.notify()["sent"] == 13
    assert (len(called(segware)), len(texts(segware))) == (25, 25)


@on_sqlite
def test_a_test_message_goes_out_on_one_channel_and_delivers_nothing_else(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox, database: str
) -> None:
    tracker.environ |= whatsapp(segware) | webhook(segware) | email(mailbox.url)
    open_alert(tracker, segware)
    before = dump(database)
    said = "TESTE do Events Tracker: este canal está funcionando."
    assert tracker("notify", "--test", "whatsapp").exit_code == 0
    assert texts(segware) == [said]
    assert tracker("notify", "--test", "email").exit_code == 0
    (letter,) = mailbox.letters
    assert (letter["Subject"], letter["To"]) == (said, "central@sentinela.example")
    assert tracker("notify", "--test", "webhook").exit_code == 0
    assert called(segware) == [{"kind": "test"}]
    assert dump(database) == before


@on_sqlite
def test_a_test_message_may_go_to_a_channel_that_is_still_off(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= whatsapp(segware) | {"WHATSAPP_ENABLED": "false", "TRACKER_LANGUAGE": "en"}
    result = tracker("notify", "--test", "whatsapp")
    assert (result.exit_code, result.stdout) == (0, "The channel whatsapp took a test message.\n")
    assert texts(segware) == ["TEST by Events Tracker: this channel works."]


@on_sqlite
def test_a_test_message_that_fails_says_why(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware)
    segware.fail(CHATPRO, Reply(401))
    result = tracker("notify", "--test", "whatsapp")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "error: ChatPro answered 401: it refused the token; check CHATPRO_TOKEN\n"
    )


@on_sqlite
@pytest.mark.parametrize(
    ("channel", "names"),
    [
        ("whatsapp", "CHATPRO_INSTANCE_ID, CHATPRO_TOKEN, CHATPRO_RECIPIENT"),
        ("email", "SMTP_URL, EMAIL_FROM, EMAIL_TO"),
        ("webhook", "WEBHOOK_URL, WEBHOOK_SECRET"),
    ],
)
def test_a_test_message_on_a_channel_without_settings_names_them(
    tracker: Tracker, channel: str, names: str
) -> None:
    result = tracker("notify", "--test", channel)
    assert result.exit_code == 2
    assert result.stderr == f"error: this channel is not configured: set {names}\n"


@on_sqlite
def test_people_read_a_table_and_cron_reads_nothing_with_q(
    tracker: Tracker, segware: Simulator
) -> None:
    assert tracker("notify").stdout == (
        "No channel is on, so nothing is delivered: switch one on in the settings.\n"
    )
    tracker.environ |= webhook(segware)
    assert tracker("notify").stdout == "Nothing is due.\n"
    open_alert(tracker, segware)
    segware.fail(WEBHOOK, Reply(503))
    failed = tracker("-q", "notify")
    assert (failed.exit_code, failed.stdout) == (1, "")
    assert failed.stderr == "error: webhook: the webhook answered 503 (will be tried again)\n"
    tracker.clock.advance(MINUTE)
    first, heading, row = tracker("notify").stdout.splitlines()
    assert first == "Delivered: 1 sent."
    assert heading.split() == [
        "Channel", "Kind", "Account", "Event", "Status", "Attempts", "Error",
    ]  # fmt: skip
    assert row.split() == ["webhook", "opened", "1950", "E130", "burglary", "sent", "2"]


@on_sqlite
@pytest.mark.parametrize(
    "options", [["--channel", "sms"], ["--limit", "0"], ["--test", "segware"], ["--test", "sms"]]
)
def test_what_cannot_be_asked_is_refused(tracker: Tracker, options: list[str]) -> None:
    assert tracker("notify", *options).exit_code == 2


@on_sqlite
def test_a_channel_that_is_none_is_told_with_the_nearest(tracker: Tracker) -> None:
    said = tracker("notify", "--channel", "emial").stderr
    assert "'emial' is no channel; did you mean 'email'?" in said
    said = tracker("notify", "--channel", "email,sms").stderr
    assert "'sms' is no channel: there are whatsapp, segware, email, webhook" in said


@on_sqlite
def test_a_test_message_is_no_dry_run(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware)
    result = tracker("notify", "--dry-run", "--test", "whatsapp")
    assert result.exit_code == 2
    assert "--test sends a message: it does not go with --dry-run" in result.stderr
    assert texts(segware) == []
