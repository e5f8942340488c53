"""What tests of notifications share: channels to switch on, and alerts to tell of."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from events_tracker.simulator.simulator import Simulator
from events_tracker.storage.outbox import Dispatch
from tests.support import HOUR, PADARIA, Tracker, sql

INSTANCE = "instance-7f3a"
CHATPRO = f"/{INSTANCE}/api/v1/send_message"
INJECTION = "/v3/events/alarm"
WEBHOOK = "/webhook/b7c1"
RECIPIENT = "5511988887777"
WEBHOOK_SECRET = "a key that only we know"

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what depends on no statement of SQL."""


def whatsapp(segware: Simulator) -> dict[str, str]:
    return {
        "WHATSAPP_ENABLED": "true",
        "CHATPRO_URL": segware.url,
        "CHATPRO_INSTANCE_ID": INSTANCE,
        "CHATPRO_TOKEN": segware.chatpro_token,
        "CHATPRO_RECIPIENT": RECIPIENT,
    }


def webhook(segware: Simulator) -> dict[str, str]:
    return {
        "WEBHOOK_ENABLED": "true",
        "WEBHOOK_URL": segware.url + WEBHOOK,
        "WEBHOOK_SECRET": WEBHOOK_SECRET,
    }


def injection() -> dict[str, str]:
    return {"SEGWARE_ALARM_ENABLED": "true"}


def email(smtp_url: str) -> dict[str, str]:
    return {
        "EMAIL_ENABLED": "true",
        "SMTP_URL": smtp_url,
        "EMAIL_FROM": "tracker@sentinela.example",
        "EMAIL_TO": "central@sentinela.example",
    }


def open_alert(
    tracker: Tracker, segware: Simulator, account: int = PADARIA, code: str = "E130"
) -> str:
    """Let an account send sixty events, and a scan see them; returns the register id."""
    segware.add_events(tracker.clock.now(), account, code, count=60)
    (opened,) = tracker.scan()["opened"]
    return str(opened["register_id"])


def open_alerts(tracker: Tracker, segware: Simulator, count: int) -> list[str]:
    """So many alerts at once, of accounts 5001 and up, every third of the second company."""
    for number in range(count):
        company = 14 if number % 3 == 0 else 11
        segware.add_account(101 + number, str(5001 + number), f"Cliente {number + 1}", company)
        segware.add_events(tracker.clock.now(), 101 + number, "E130", count=60)
    opened = tracker.scan()["opened"]
    assert len(opened) == count
    return [alert["register_id"] for alert in opened]


def let_it_be_over(tracker: Tracker, segware: Simulator) -> None:
    """Let the window pass, a scan see next to nothing in it, and clear what was open."""
    tracker.clock.advance(2 * HOUR + 1)
    segware.add_events(tracker.clock.now(), PADARIA, "E602")
    tracker.scan()
    assert tracker.clear()["cleared"]


def date_ends_before_beginnings(database: str) -> None:
    """As if what is over by now had been cleared by a host whose clock is behind."""
    earlier = 12 * HOUR
    sql(
        database,
        f"UPDATE deliveries SET created_at = created_at - {earlier}, due_at = due_at - {earlier} "
        "WHERE kind = 'cleared' AND status = 'pending'",
    )


def texts(segware: Simulator) -> list[str]:
    """The WhatsApp messages that ChatPro took."""
    return [r.json()["message"] for r in segware.received(CHATPRO) if r.status == 201]


def injected(segware: Simulator) -> list[str]:
    """The account codes of the events that Segware took, in their order."""
    return [
        event["account"]
        for request in segware.received(INJECTION)
        if request.status == 200
        for event in request.json()["events"]
    ]


def called(segware: Simulator) -> list[dict[str, Any]]:
    """The bodies that the webhook took."""
    return [request.json() for request in segware.received(WEBHOOK) if request.status == 200]


def statuses(tracker: Tracker) -> dict[tuple[str, str], str]:
    """Status by kind and channel, of the deliveries of one alert."""
    found = {
        (notice["kind"], delivery["channel"]): delivery["status"]
        for notice in tracker.notifications()
        for delivery in notice["deliveries"]
    }
    assert len(found) == sum(len(notice["deliveries"]) for notice in tracker.notifications())
    return found


def attempts(deliveries: Sequence[dict[str, Any]]) -> Counter[tuple[str, int]]:
    """How many deliveries have each status and number of attempts."""
    return Counter((delivery["status"], delivery["attempts"]) for delivery in deliveries)


def between_looking_and_claiming(
    monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], Any]
) -> list[Any]:
    """Do something once after a pass has seen what is due; returns a list that gets its result."""
    look = Dispatch.due
    done: list[Any] = []

    def look_and_be_overtaken(dispatch: Dispatch, *arguments: Any) -> list[str]:
        ids = look(dispatch, *arguments)
        if not done:
            done.append(None)
            done[0] = meanwhile()
        return ids

    monkeypatch.setattr(Dispatch, "due", look_and_be_overtaken)
    return done
