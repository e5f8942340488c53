"""Who is told of an alarm's alerts, on which channels."""

from msgspec.structs import replace

from events_tracker.decisions.delivery.routing import destinations
from events_tracker.model.alarms import Alarm, Definition, EmailOptions
from events_tracker.model.deliveries import (
    EMAIL,
    SEGWARE,
    WEBHOOK,
    WHATSAPP,
    Destination,
)
from tests.support.values import PHONE
from tests.support.world import NOON

ALARM = Alarm("a1", "doors", "database", Definition(), NOON)
LETTERS = Destination(EMAIL, {"to": ("ana@example.com",), "cc": ("rui@example.com",)})
ON = {
    WEBHOOK: Destination(WEBHOOK),
    EMAIL: LETTERS,
    SEGWARE: Destination(SEGWARE),
    WHATSAPP: PHONE,
}


def channels(alarm: Alarm) -> list[str]:
    """The channels that tell of this alarm when all of them are on."""
    return [destination.channel for destination in destinations(alarm, ON)]


def test_every_channel_that_is_on() -> None:
    assert channels(ALARM) == [WHATSAPP, SEGWARE, EMAIL, WEBHOOK]
    assert destinations(ALARM, {}) == []
    assert destinations(ALARM, {WHATSAPP: PHONE}) == [PHONE]


def test_an_alarm_that_does_not_notify_tells_nobody() -> None:
    assert channels(replace(ALARM, notify=False)) == []


def test_an_alarm_may_choose_its_channels_of_those_that_are_on() -> None:
    chosen = replace(ALARM, channels=(WEBHOOK, WHATSAPP))
    assert channels(chosen) == [WHATSAPP, WEBHOOK]
    assert destinations(chosen, {EMAIL: LETTERS}) == []


def test_nothing_is_injected_where_groups_have_no_account() -> None:
    by_code = replace(ALARM, definition=Definition(group_by=("company", "code")))
    assert channels(by_code) == [WHATSAPP, EMAIL, WEBHOOK]


def test_an_alarms_own_recipients_replace_those_of_the_settings_list_by_list() -> None:
    def address(email: EmailOptions) -> dict[str, object]:
        (letters,) = destinations(replace(ALARM, email=email), {EMAIL: LETTERS})
        return dict(letters.address)

    ana, rui, eva = ("ana@example.com",), ("rui@example.com",), ("eva@example.com",)
    assert address(EmailOptions()) == {"to": ana, "cc": rui}
    assert address(EmailOptions(to=eva)) == {"to": eva, "cc": rui}
    assert address(EmailOptions(cc=eva)) == {"to": ana, "cc": eva}
    assert address(EmailOptions(to=eva, cc=ana)) == {"to": eva, "cc": ana}
    assert dict(LETTERS.address) == {"to": ana, "cc": rui}, "the settings' own are as before"
