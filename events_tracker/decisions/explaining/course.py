"""How the number of an alert's group went: from what is kept of its account's events."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from events_tracker.base import limits
from events_tracker.base.spans import without
from events_tracker.base.times import Duration, Instant, Span
from events_tracker.decisions.detection.scope import Scope
from events_tracker.decisions.hours import counts_openings, is_of_openings
from events_tracker.decisions.tuning.looks import middle
from events_tracker.model.alarms import Condition, Definition, Source
from events_tracker.model.alerts import Alert


class Known(NamedTuple):
    """A stretch of which it is known how many events of the group it had."""

    stretch: Span
    number: int


def is_drawn(alert: Alert, rule: Definition) -> bool:
    """Tell whether an alert's number is one of its account's own events, and can be added up."""
    return (
        alert.account_id is not None
        and rule.source == Source.EVENTS
        and rule.condition == Condition.COUNT
    )


def shown(alert: Alert, rule: Definition, now: Instant) -> Span:
    """Choose the time that is worth a look: a window before it opened, and its end, or a day of it.

    After its end for as long as what was counted takes to leave the window, at most an hour.
    """
    start = alert.opened_at - min(rule.window, limits.COURSE)
    end = now
    if alert.cleared_at is not None:
        end = min(now, alert.cleared_at + min(rule.window, limits.COURSE_AFTER))
    return Span(start, max(start, min(end, alert.opened_at + limits.COURSE)))


def counts_in(alert: Alert, rule: Definition, cuc: str | None, code: str) -> bool:
    """Tell whether events of a CUC and code of its account are those that an alert counted."""
    by = rule.group_by
    return (
        Scope(frozenset(rule.codes), frozenset(rule.cucs)).why_not((cuc, code)) is None
        and ("cuc" not in by or cuc == alert.cuc)
        and ("code" not in by or code == alert.code)
    )


def may_be_openings(alert: Alert, rule: Definition) -> bool:
    """Tell whether an alert counted openings and closings, or may have."""
    if "code" in rule.group_by and alert.code is not None:
        return is_of_openings(alert.code)
    return counts_openings(rule)


def course(
    known: Sequence[Known], span: Span, window: Duration, looks: int
) -> list[tuple[Instant, int | None]]:
    """Add up the window that ends at each of so many moments of a span; None where part is missing.

    ``known`` is in order of time, without overlaps. Events are taken to have come in the middle of
    their stretch.
    """
    reach = Span(span.start - window, span.end)
    gaps = without(reach, [one.stretch for one in known])
    moments = [middle(one.stretch) for one in known]
    sums = [0, *accumulate(one.number for one in known)]

    def number(at: Instant) -> int | None:
        begin = at - window
        if any(gap.start < at and gap.end > begin for gap in gaps):
            return None
        return sums[bisect_right(moments, at)] - sums[bisect_right(moments, begin)]

    step = (span.end - span.start) / max(1, looks - 1)
    points = [span.start + round(place * step) for place in range(looks)]
    return [(at, number(at)) for at in points]
