"""Why somebody was not told of an alert's opening (yet)."""

from collections.abc import Mapping, Sequence

from events_tracker.base.times import Instant
from events_tracker.decisions.delivery.routing import destinations
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Alert
from events_tracker.model.deliveries import (
    CHANNELS,
    OPENED,
    SEGWARE,
    DeliveryState,
    DeliveryStatus,
    Destination,
)
from events_tracker.model.explanations import Reason

_SETTLED = {
    DeliveryStatus.FAILED,
    DeliveryStatus.EXPIRED,
    DeliveryStatus.UNCERTAIN,
    DeliveryStatus.SUPERSEDED,
}


def why_not_told(
    alarm: Alarm,
    alert: Alert,
    deliveries: Sequence[DeliveryState],
    switched_on: Mapping[str, Destination],
    now: Instant,
) -> list[Reason]:
    """List what kept each channel that is on from telling that the alert opened, or keeps it."""
    opened = [one for one in deliveries if one.kind == OPENED]
    found = [why for one in opened if (why := _why(one, alert, now)) is not None]
    if not alarm.notify:
        return found if opened else [Reason("alarm_not_notify")]
    told = {one.channel for one in opened}
    would = {to.channel for to in destinations(alarm, switched_on)}
    for channel in CHANNELS:
        if channel in told or channel not in switched_on:
            continue
        found.append(Reason(_never_queued(alarm, channel, would), {"channel": channel}))
    return found


def _never_queued(alarm: Alarm, channel: str, would: set[str]) -> str:
    if channel in would:
        return "channel_off_then"
    if channel == SEGWARE and "account" not in alarm.definition.group_by:
        return "no_account_in_group"
    return "channel_not_chosen"


def _why(one: DeliveryState, alert: Alert, now: Instant) -> Reason | None:
    told = {"channel": one.channel, "error": one.error}
    if one.status in _SETTLED:
        return Reason(one.status, told)
    if one.status == DeliveryStatus.HELD:
        return Reason("held", {**told, "id": one.bundle})
    if one.status != DeliveryStatus.PENDING:
        return None
    if one.attempts and one.due_at is not None and one.due_at > now:
        return Reason("retry_at", {**told, "at": one.due_at})
    if one.channel == SEGWARE and (alert.account_code is None or alert.company_id is None):
        return Reason("waiting_for_facts", told)
    return Reason("in_digest", told) if one.bundle is not None else None
