"""Why somebody was not told of an alert's opening: each reason, where it holds."""

import pytest
from msgspec.structs import replace

from events_tracker.base.times import MINUTE
from events_tracker.decisions.delivery.untold import why_not_told
from events_tracker.model.alarms import Alarm, Definition
from events_tracker.model.alerts import Alert
from events_tracker.model.deliveries import EMAIL, SEGWARE, WHATSAPP, DeliveryState, Destination
from tests.support.values import PHONE
from tests.support.world import NOON
from tests.unit.test_detections import ENTRY

ALARM = Alarm("a1", "doors", "database", Definition(), NOON)
BY_CODE = replace(ALARM, definition=Definition(group_by=("code",)))
ON = {WHATSAPP: PHONE}
STRANGER = replace(ENTRY, account_code=None)
INJECTION = Destination(SEGWARE)


def state(status: str, to: Destination = PHONE, **more: object) -> DeliveryState:
    return replace(DeliveryState("opened", to, status, 1, None, None), **more)


def reasons(
    alarm: Alarm, *deliveries: DeliveryState, alert: Alert = ENTRY, **on: Destination
) -> list[str]:
    return [why.key for why in why_not_told(alarm, alert, deliveries, on or ON, NOON)]


@pytest.mark.parametrize("status", ["failed", "expired", "uncertain", "superseded", "held"])
def test_a_delivery_that_did_not_arrive_says_what_became_of_it(status: str) -> None:
    (why,) = why_not_told(ALARM, ENTRY, [state(status)], ON, NOON)
    assert (why.key, why.facts["channel"]) == (status, WHATSAPP)


def test_a_delivery_that_is_on_its_way_says_what_it_waits_for() -> None:
    later = state("pending", due_at=NOON + MINUTE)
    (why,) = why_not_told(ALARM, ENTRY, [later], ON, NOON)
    assert (why.key, why.facts["at"]) == ("retry_at", NOON + MINUTE)
    assert reasons(ALARM, state("pending", bundle="b1")) == ["in_digest"]
    unsaid = state("pending", INJECTION, attempts=0)
    assert reasons(ALARM, unsaid, alert=STRANGER, segware=INJECTION) == ["waiting_for_facts"]
    assert reasons(ALARM, unsaid, segware=INJECTION) == []
    assert reasons(ALARM, state("pending", attempts=0), state("sent")) == []


def test_a_channel_that_was_never_to_tell_says_why() -> None:
    assert reasons(replace(ALARM, notify=False)) == ["alarm_not_notify"]
    assert reasons(replace(ALARM, channels=(EMAIL,))) == ["channel_not_chosen"]
    assert reasons(BY_CODE, segware=INJECTION) == ["no_account_in_group"]
    assert reasons(ALARM) == ["channel_off_then"]
