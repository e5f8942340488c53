"""What a restored database may not do again by itself: an injection is made at most once."""

from events_tracker.base.times import Duration, Instant
from events_tracker.model.alarms import Alarm

DOUBT = "restored from a backup: it may have been injected before"


def may_have_been_injected(
    alarm: Alarm, restored_at: Instant | None, end: Instant, clear_after: Duration
) -> bool:
    """Tell whether what opens now, in a window until ``end``, may have been open and injected.

    Between the copy and the restore nobody knows what was. What was open then either holds at the
    first whole look since, or would have been over after ``clear_after`` without holding: an alarm
    that was seen whole later than that opens what is new. ``restored_at`` is the end of the first
    good scan since the restore, before it the restore itself; None if there never was one.
    """
    if restored_at is None:
        return False
    settled = restored_at + clear_after
    seen = alarm.evaluated_until
    return end <= settled or (seen is not None and seen <= settled)
