"""What a restored database may not do again by itself: an injection is made at most once."""

from events_tracker.base.times import Duration
from events_tracker.model.alarms import Alarm
from events_tracker.model.runs import ScanState

DOUBT = "restored from a backup: it may have been injected before"


def may_have_been_injected(alarm: Alarm, state: ScanState, clear_after: Duration) -> bool:
    """Tell whether what this alarm opens now may have been open and injected before a restore.

    Between the copy and the restore nobody knows what was. What was open then either holds at the
    first whole look since, or would have been over after ``clear_after`` without holding: what an
    alarm opens that was seen whole later than that is new. One that was not seen yet, as it is
    defined now, is judged by the last good scan.
    """
    if state.restored_at is None:
        return False
    seen = state.good_until if alarm.evaluated_until is None else alarm.evaluated_until
    return seen is None or seen <= state.restored_at + clear_after
