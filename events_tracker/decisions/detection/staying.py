"""Why an open alert is not over yet, by what scans observed of it."""

from events_tracker.base.times import Instant
from events_tracker.decisions.explaining.forecast import over_at
from events_tracker.model.alarms import Clearing, Operator
from events_tracker.model.alerts import OpenAlert
from events_tracker.model.explanations import Reason


def why_not_over(
    quantity: int, below_since: Instant | None, operator: Operator, value: int, clears: Clearing
) -> Reason:
    """Return why what was last seen with this quantity, and below since then, is not over."""
    if below_since is not None:
        over = over_at(below_since, clears.after)
        return Reason("waiting", {"since": below_since, "over_at": over})
    key = "holds" if operator.holds(quantity, value) else "above_clear_line"
    facts = {"quantity": quantity, "operator": operator.value, "value": value}
    return Reason(key, {**facts, "percent": clears.below})


def why_it_stays(one: OpenAlert, settings: Clearing, newest: Instant) -> Reason:
    """Return why `clear` leaves an alert open, where scans observed something until ``newest``."""
    if one.standing.observed_at < newest:
        return Reason("not_observed_since", {"since": one.standing.observed_at})
    clears = settings.but(one.standing.clear_after, one.clear_below)
    below_since = one.standing.below_since
    return why_not_over(one.quantity, below_since, one.alert.operator, one.alert.threshold, clears)
