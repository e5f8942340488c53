"""Opening and clearing are notified always; deliveries go to the channels that are on then."""

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.channels import called, email, injected, injection, texts, webhook, whatsapp
from tests.support.deliveries import statuses
from tests.support.engines import on_sqlite, sql
from tests.support.mailbox import Mailbox
from tests.support.world import PADARIA, Tracker, let_it_be_over, open_alert, open_alerts


def test_with_every_channel_off_both_notifications_are_written(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    register_id = open_alert(tracker, segware)
    let_it_be_over(tracker, segware)
    cleared, opened = tracker.notifications()
    assert opened | {"id": ""} == {
        "id": "",
        "kind": "opened",
        "alarm": "default",
        "priority": "medium",
        "account_code": "1950",
        "cuc": "ALR",
        "code": "E130",
        "quantity": 60,
        "detected_at": "2026-11-21T12:00:00.000Z",
        "register_id": register_id,
        "window": 7200,
        "deliveries": [],
    }
    assert (cleared["kind"], cleared["register_id"]) == ("cleared", register_id)
    assert cleared["detected_at"] == "2026-11-21T14:00:00.001Z"
    assert list(cleared) == list(opened)
    assert sql(database, "SELECT COUNT(*) FROM deliveries") == [(0,)]
    assert tracker.notify() == {
        "pass": "notify",
        "dry_run": False,
        "sent": 0,
        "failed": 0,
        "uncertain": 0,
        "pending": 0,
        "deliveries": [],
        "errors": [],
    }


def test_one_alert_on_four_channels_makes_four_deliveries_and_never_a_fifth(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox, database: str
) -> None:
    tracker.environ |= whatsapp(segware) | injection() | email(mailbox.url) | webhook(segware)
    register_id = open_alert(tracker, segware)
    told = tracker.notify()
    assert (told["sent"], told["failed"], told["uncertain"], told["pending"]) == (4, 0, 0, 0)
    assert [delivery | {"id": ""} for delivery in told["deliveries"]] == [
        {
            "id": "",
            "channel": channel,
            "kind": "opened",
            "status": "sent",
            "attempts": 1,
            "error": None,
            "account_code": "1950",
            "code": "E130",
        }
        for channel in ("email", "segware", "webhook", "whatsapp")
    ]
    for _ in range(3):
        tracker.clock.advance(MINUTE)
        assert len(tracker.scan()["ongoing"]) == 1
        assert tracker.notify()["deliveries"] == []
    assert len(texts(segware)) == 1
    assert injected(segware) == ["1950"]
    assert len(mailbox.letters) == 1
    assert [(call["kind"], call["register_id"]) for call in called(segware)] == [
        ("opened", register_id)
    ]
    assert sql(database, "SELECT COUNT(*) FROM deliveries") == [(4,)]


def test_notifications_say_what_became_of_each_delivery(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= whatsapp(segware) | webhook(segware)
    open_alert(tracker, segware)
    segware.fail("/webhook", Reply(503))
    tracker.clock.advance(MINUTE)
    tracker.notify(exit_code=1)
    (notice,) = tracker.notifications()
    chatpro_id = f"3EB0{tracker.clock.now():012X}"
    assert notice["deliveries"] == [
        {
            "channel": "webhook",
            "status": "pending",
            "attempts": 1,
            "error": "the webhook answered 503",
            "sent_at": None,
            "destination": None,
            "provider_id": None,
        },
        {
            "channel": "whatsapp",
            "status": "sent",
            "attempts": 1,
            "error": None,
            "sent_at": "2026-11-21T12:01:00.000Z",
            "destination": "+55 11 •••• 7777",
            "provider_id": chatpro_id,
        },
    ]
    table = tracker("notifications").stdout
    assert f"whatsapp sent to +55 11 •••• 7777 at 09:01  whatsapp {chatpro_id}\n" in table
    assert "5511988887777" not in table
    assert "whatsapp sent to 5511988887777 at 09:01 " in tracker("notifications", "--full").stdout
    (whole,) = tracker("notifications", "--full", "--format", "json").json
    assert [told["destination"] for told in whole["deliveries"]] == [None, "5511988887777"]
    assert "webhook pending: the webhook answered 503" in table


def test_notifications_are_narrowed_by_alarm_account_age_and_number(
    tracker: Tracker, segware: Simulator
) -> None:
    open_alerts(tracker, segware, 3)
    tracker.clock.advance(MINUTE)
    open_alert(tracker, segware, PADARIA)

    def accounts(*options: str) -> list[str]:
        return [notice["account_code"] for notice in tracker.notifications(*options)]

    assert accounts()[0] == "1950"
    assert sorted(accounts("--account", "500*")) == ["5001", "5002", "5003"]
    assert accounts("--account", "5002") == ["5002"]
    assert accounts("--since", "30s") == ["1950"]
    assert accounts("--limit", "1") == ["1950"]
    assert len(accounts("--alarm", "default")) == 4
    assert accounts("--alarm", "other*") == []


@on_sqlite
def test_notifications_as_csv_keep_the_columns_and_nest_as_json(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= webhook(segware)
    open_alert(tracker, segware)
    heading, row = tracker("notifications", "--format", "csv").stdout.splitlines()
    assert heading == (
        "id,kind,alarm,priority,account_code,cuc,code,quantity,detected_at,register_id,window,"
        "deliveries"
    )
    assert row.split(",", 11)[1:9] == [
        "opened",
        "default",
        "medium",
        "1950",
        "ALR",
        "E130",
        "60",
        "2026-11-21T12:00:00.000Z",
    ]
    assert '""channel"": ""webhook""' in row


@on_sqlite
def test_an_alarm_that_shall_not_notify_has_notifications_but_no_deliveries(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= whatsapp(segware) | webhook(segware)
    sql(database, "UPDATE alarms SET notify = 0")
    open_alert(tracker, segware)
    let_it_be_over(tracker, segware)
    assert [notice["kind"] for notice in tracker.notifications()] == ["cleared", "opened"]
    assert statuses(tracker) == {}


@on_sqlite
def test_an_alarm_may_be_told_on_some_channels_only(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= whatsapp(segware) | webhook(segware)
    sql(database, """UPDATE alarms SET channels = '["webhook", "email"]'""")
    open_alert(tracker, segware)
    assert statuses(tracker) == {("opened", "webhook"): "pending"}


@on_sqlite
def test_an_alarm_that_does_not_group_by_account_is_not_injected(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= injection() | webhook(segware)
    sql(database, """UPDATE alarms SET group_by = '["code"]'""")
    open_alert(tracker, segware)
    assert statuses(tracker) == {("opened", "webhook"): "pending"}
