"""When the tracker itself is in trouble: the built-in alarm `tracker`."""

from events_tracker.decisions.messages.words import TRACKER_ALARM
from events_tracker.model.alarms import Alarm, Definition, Operator
from events_tracker.model.alerts import Alert
from events_tracker.model.groups import Group
from events_tracker.model.times import MINUTE, Duration, Instant


def is_stale(good_until: Instant | None, now: Instant, stale_after: Duration) -> bool:
    """Whether there was no good scan for too long. Without a first moment there is no age."""
    return good_until is not None and now - good_until > stale_after


def tracker_alarm(now: Instant) -> Alarm:
    """The built-in alarm. It groups by nothing, so it is never injected."""
    return Alarm(
        id=TRACKER_ALARM,
        name=TRACKER_ALARM,
        defined_in="environment",
        definition=Definition(group_by=(), operator=Operator.MORE),
        priority="high",
        created_at=now,
    )


def stale_alert(id_: str, since: Instant, now: Instant, stale_after: Duration) -> Alert:
    """Its register entry: minutes without a good scan, against the minutes that are allowed."""
    minutes = (now - since) // MINUTE
    return Alert(
        id=id_,
        alarm_id=TRACKER_ALARM,
        alarm=TRACKER_ALARM,
        revision=1,
        priority="high",
        operator=Operator.MORE,
        threshold=stale_after // MINUTE,
        group_key=Group().key(()),
        account_id=None,
        account_code=None,
        trade_name=None,
        company_id=None,
        company=None,
        client_group_id=None,
        client_group=None,
        cuc=None,
        code=None,
        quantity=minutes,
        highest=minutes,
        partial=False,
        period_started_at=since,
        period_ended_at=now,
        opened_at=now,
    )
