"""Which news a hold keeps back, and what a hold may be."""

from collections.abc import Iterable

from events_tracker.base import limits
from events_tracker.base.problems import Problem
from events_tracker.base.times import Instant
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Alert
from events_tracker.model.holds import Hold


def keeper(holds: Iterable[Hold], alert: Alert, at: Instant) -> Hold | None:
    """Find the hold that keeps an alert's news back at a moment: of several, the last to end."""
    found = [hold for hold in holds if hold.is_active(at) and hold.covers(alert)]
    return max(found, key=lambda hold: (hold.ends_at, hold.id), default=None)


def reaches(hold: Hold, alarm: Alarm) -> bool:
    """Tell whether a hold can keep back what an alarm opens: its groups name what it speaks of."""
    named = alarm.definition.group_by
    narrowed = (("account", True), ("cuc", hold.cuc), ("code", hold.code))
    return all(field in named for field, value in narrowed if value)


def problems(now: Instant, ends_at: Instant, reason: str, *, is_long: bool) -> list[Problem]:
    """List what is wrong with a hold that begins now, by its fields ``until`` and ``reason``."""
    found = []
    if ends_at <= now:
        found.append(Problem("until", "hold_over"))
    elif ends_at - now > limits.LONGEST_HOLD:
        found.append(Problem("until", "hold_longest"))
    elif ends_at - now > limits.HOLD and not is_long:
        found.append(Problem("until", "hold_long"))
    if not reason.strip():
        found.append(Problem("reason", "hold_reason"))
    return found
