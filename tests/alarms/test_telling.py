"""Who is told of what an alarm finds: on which channels, at which addresses, how urgently."""

import json

import pytest

from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms
from tests.support.channels import email, injection, webhook, whatsapp
from tests.support.engines import sql
from tests.support.world import NOON, PADARIA, Tracker


@pytest.fixture
def all_on(tracker: Tracker, segware: Simulator) -> None:
    smtp = "smtp://127.0.0.1:9"
    tracker.environ |= whatsapp(segware) | webhook(segware) | injection() | email(smtp)


def told(tracker: Tracker, segware: Simulator, options: str) -> list[str] | None:
    """The channels of the one notification of an alarm with these options."""
    alarms(tracker, f"create doors --codes E401 --value 1 {options}")
    segware.add_events(NOON, PADARIA, "E401")
    tracker.scan()
    (notice,) = tracker.notifications()
    assert (notice["alarm"], notice["kind"]) == ("doors", "opened")
    return sorted(delivery["channel"] for delivery in notice["deliveries"])


@pytest.mark.usefixtures("all_on")
@pytest.mark.parametrize(
    ("options", "channels", "why"),
    [
        ("", ["email", "segware", "webhook", "whatsapp"], "empty: all that are on"),
        ("--channels webhook", ["webhook"], "only this one"),
        ("--channels webhook,email", ["email", "webhook"], "only these"),
        ("--no-notify", [], "a notification is always written, but nobody is told"),
        (
            "--group-by company",
            ["email", "webhook", "whatsapp"],
            "there is no account to inject into",
        ),
    ],
)
def test_on_which_channels(
    tracker: Tracker, segware: Simulator, options: str, channels: list[str], why: str
) -> None:
    assert told(tracker, segware, options) == channels, why


def test_a_channel_that_is_off_stays_off(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= webhook(segware)
    assert told(tracker, segware, "--channels webhook,email") == ["webhook"]


@pytest.mark.usefixtures("all_on")
@pytest.mark.parametrize(
    ("options", "to", "cc"),
    [
        ("", ["central@sentinela.example"], []),
        ("--email-to a@b.example,c@d.example", ["a@b.example", "c@d.example"], []),
        ("--email-cc e@f.example", ["central@sentinela.example"], ["e@f.example"]),
    ],
)
def test_at_which_addresses(
    tracker: Tracker,
    segware: Simulator,
    database: str,
    options: str,
    to: list[str],
    cc: list[str],
) -> None:
    told(tracker, segware, f"--channels email {options}")
    ((address,),) = sql(database, "SELECT destination FROM deliveries")
    found = json.loads(address)
    assert (found["to"], found.get("cc", [])) == (to, cc)


@pytest.mark.parametrize("priority", ["low", "medium", "high"])
def test_how_urgently(tracker: Tracker, segware: Simulator, priority: str) -> None:
    told(tracker, segware, f"--priority {priority}")
    (notice,), (entry,) = tracker.notifications(), tracker.history()
    assert notice["priority"] == entry["priority"] == priority
