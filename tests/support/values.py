"""One alert, and what is to be told of it, as values: tests name only what matters to them."""

from typing import Any

from msgspec.structs import replace

from events_tracker.base.ids import digest
from events_tracker.base.times import HOUR, MINUTE
from events_tracker.model.alarms import Operator, Priority
from events_tracker.model.alerts import Alert
from events_tracker.model.deliveries import CLEARED, OPENED, WHATSAPP, Destination, DueDelivery
from events_tracker.model.groups import Group
from tests.support.world import NOON, PADARIA

GROUP_BY = ("account", "cuc", "code")
GROUP = Group(PADARIA, None, "ALR", "E130")
ALERT = Alert(
    id="r1",
    alarm_id="default",
    alarm="default",
    revision=1,
    priority=Priority.MEDIUM,
    operator=Operator.AT_LEAST,
    threshold=50,
    group_key=GROUP.key(GROUP_BY),
    account_id=PADARIA,
    account_code="1950",
    trade_name="Padaria São José",
    company_id=3,
    company="Sentinela Monitoramento",
    client_group_id=4,
    client_group="Rede Boa Mesa",
    cuc="ALR",
    code="E130",
    quantity=60,
    highest=75,
    partial=False,
    period_started_at=NOON - 2 * HOUR,
    period_ended_at=NOON,
    opened_at=NOON,
)
"""60 events of one account in two hours, open since noon."""
OVER = replace(ALERT, cleared_at=NOON + 30 * MINUTE, clear_reason="below")

PHONE = Destination(WHATSAPP, {"number": ("5511999990000",)})


def alert(id_: str = "r1", **changes: Any) -> Alert:
    """``ALERT`` with another id and other fields."""
    return replace(ALERT, id=id_, **changes)


def opened(about: Alert = ALERT, to: Destination = PHONE, **changes: Any) -> DueDelivery:
    """A delivery that says that this alert opened, at its first attempt."""
    return _delivery(OPENED, about, to, **changes)


def cleared(about: Alert = OVER, to: Destination = PHONE, **changes: Any) -> DueDelivery:
    """A delivery that says that this alert is over, at its first attempt."""
    return _delivery(CLEARED, about, to, **changes)


def _delivery(kind: str, about: Alert, to: Destination, **changes: Any) -> DueDelivery:
    item = DueDelivery(
        id=digest(kind, about.register_id, to.key)[:32],
        kind=kind,
        destination=to,
        attempts=1,
        last_chance=False,
        alert=about,
    )
    return replace(item, **changes)
