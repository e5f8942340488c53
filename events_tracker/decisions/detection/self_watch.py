"""When the tracker itself is in trouble: the built-in alarm `tracker`."""

from msgspec import Struct

from events_tracker.base.times import MINUTE, Duration, Instant
from events_tracker.model.alarms import TRACKER_ALARM, Alarm, Definition, Operator, Priority
from events_tracker.model.alerts import Alert
from events_tracker.model.groups import Group


class Open(Struct, frozen=True):
    """There was no good scan for too long: ``since`` when."""

    since: Instant


class Grow(Struct, frozen=True):
    """There is still none: for ``minutes`` by now."""

    register_id: str
    minutes: int


class Close(Struct, frozen=True):
    """There was one again, after ``minutes``."""

    register_id: str
    minutes: int


Step = Open | Grow | Close


def next_step(
    alert: Alert | None, good_until: Instant | None, now: Instant, stale_after: Duration
) -> Step | None:
    """Decide what becomes of the tracker's own alarm, given its open ``alert`` if there is one.

    ``good_until``: the end of the last good scan. Only another good scan ends an alert, never the
    look of a host whose clock is behind: to that one the same scan is not so old.
    """
    if good_until is None:
        # Without a first moment there is no age.
        return None
    stale = now - good_until > stale_after
    if alert is None or alert.id is None:
        return Open(good_until) if stale else None
    since = alert.period_started_at
    if not stale and good_until != since:
        return Close(alert.id, (good_until - since) // MINUTE)
    minutes = (now - since) // MINUTE
    return Grow(alert.id, minutes) if minutes > alert.highest else None


def tracker_alarm(now: Instant) -> Alarm:
    """Make the built-in alarm. It groups by nothing, so it is never injected."""
    return Alarm(
        id=TRACKER_ALARM,
        name=TRACKER_ALARM,
        defined_in="environment",
        definition=Definition(group_by=(), operator=Operator.MORE),
        priority=Priority.HIGH,
        created_at=now,
    )


def stale_alert(id_: str, since: Instant, now: Instant, stale_after: Duration) -> Alert:
    """Make its register entry: minutes without a good scan, against those that are allowed."""
    minutes = (now - since) // MINUTE
    return Alert(
        id=id_,
        alarm_id=TRACKER_ALARM,
        alarm=TRACKER_ALARM,
        revision=1,
        priority=Priority.HIGH,
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
