"""Who is told of an alarm's alerts, on which channels."""

from collections.abc import Mapping

from events_tracker.model.alarms import Alarm
from events_tracker.model.deliveries import (
    CHANNELS,
    EMAIL,
    SEGWARE,
    Destination,
)


def destinations(alarm: Alarm, switched_on: Mapping[str, Destination]) -> list[Destination]:
    """Choose where an alert of this alarm is told, of the channels that are on.

    An injection needs the account's code, so an alarm that does not group by account makes none.
    """
    if not alarm.notify:
        return []
    found = []
    for channel in CHANNELS:
        if channel not in switched_on or (alarm.channels and channel not in alarm.channels):
            continue
        if channel == SEGWARE and "account" not in alarm.definition.group_by:
            continue
        destination = switched_on[channel]
        if channel == EMAIL and (alarm.email.to or alarm.email.cc):
            address = dict(destination.address)
            address |= {"to": alarm.email.to} if alarm.email.to else {}
            address |= {"cc": alarm.email.cc} if alarm.email.cc else {}
            destination = Destination(EMAIL, address)
        found.append(destination)
    return found
