"""After missed scans: which stretches an alarm still has to be evaluated over."""

from collections.abc import Sequence

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.base.ids import digest
from events_tracker.base.times import Instant, Span
from events_tracker.model.alarms import Alarm, Source


class Missed(Struct, frozen=True):
    """The windows that one alarm missed, oldest first, and the gap that is left for good."""

    alarm: Alarm
    windows: Sequence[Span]
    gap: Span | None


def missed(alarm: Alarm, now: Instant) -> Missed | None:
    """Find what lies between the alarm's last whole evaluation and the window that ends now.

    The stretch is taken in windows of the alarm's own length, the last one cut short: at most four,
    and no more than the first 24 hours. Where less would hold by itself (``<``, ``<=``, ``=``), the
    last window reaches back to its whole length. None if the alarm does not catch up, or missed
    nothing.
    """
    over_events = alarm.definition.source == Source.EVENTS
    if not (alarm.catch_up and over_events) or alarm.evaluated_until is None:
        return None
    start, end = alarm.evaluated_until + 1, now - alarm.definition.window - 1
    if start > end:
        return None
    last = min(end, start + limits.CAUGHT_UP_STRETCH - 1)
    windows: list[Span] = []
    while start <= last and len(windows) < limits.CAUGHT_UP_WINDOWS:
        windows.append(Span(start, min(start + alarm.definition.window, last)))
        start = windows[-1].end + 1
    if not alarm.definition.operator.rises:
        windows[-1] = Span(windows[-1].end - alarm.definition.window, windows[-1].end)
    return Missed(alarm, windows, Span(start, end) if start <= end else None)


def entry_id(alarm: Alarm, group_key: str, window: Span) -> str:
    """Make the id of what was detected afterwards: the same, whoever finds it, however often."""
    return digest(alarm.id, alarm.revision, group_key, window.end)[:32]
