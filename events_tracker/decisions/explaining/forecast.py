"""When the condition of an open alert can cease to hold at the earliest, if nothing more comes."""

from collections.abc import Callable, Sequence

from events_tracker.base.times import Duration, Instant
from events_tracker.model.alarms import Condition, Definition, Source
from events_tracker.model.explanations import Bucket


def below_at(
    rule: Definition, buckets: Sequence[Bucket], holds: Callable[[int], bool]
) -> Instant | None:
    """Return the earliest moment at which a count that holds can hold no more; None if unknown.

    An event has no time of its own: all of a slice may have come at its beginning, and they leave
    the window when that does. Whatever else comes only makes it later.
    """
    if rule.source != Source.EVENTS or rule.condition != Condition.COUNT or not rule.operator.rises:
        return None
    left = sum(bucket.count for bucket in buckets)
    for bucket in buckets:
        left -= bucket.count
        if not holds(left):
            return bucket.span.start + rule.window + 1
    return None


def opens_with(rule: Definition, quantity: int, value: int) -> int | None:
    """Return how many more it takes for the condition to hold; None where more do not help."""
    if not rule.operator.rises or rule.operator.holds(quantity, value):
        return None
    missing = value - quantity
    return missing if rule.operator.holds(value, value) else missing + 1


def over_at(below: Instant | None, clear_after: Duration) -> Instant | None:
    """Return when what is below from then on can be over at the earliest."""
    return None if below is None else below + clear_after
