"""What was read of an account, looked at as a whole: what alarms count, and what they do not."""

from collections import Counter

from events_tracker.base.spans import merged
from events_tracker.base.times import HOUR, Duration, Instant, Span
from events_tracker.decisions import causes
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.reasons import NotCounted
from events_tracker.decisions.explaining.counted import Slices, kinds
from events_tracker.model.causes import Look
from events_tracker.model.hours import Line
from events_tracker.model.readings import EventKind

LOOK_AT: Duration = 2 * HOUR


def look(
    slices: Slices, until: Instant, never: NeverCounted, sends_restores: bool | None = None
) -> Look:
    """Look at one account's last two hours, as far as they were read.

    What the tracker raised itself is left out; ``sends_restores`` as :func:`causes.seen` takes it.
    """
    inside = [span for span in slices if span.start >= until - LOOK_AT]
    lines = [line for span in inside for line in _lines(span, slices, never)]
    return Look(
        causes.seen(lines, sends_restores),
        min(LOOK_AT, sum(span.length for span in merged(inside))),
    )


def _lines(span: Span, slices: Slices, never: NeverCounted) -> list[Line]:
    numbers: Counter[EventKind] = Counter()
    for kind, number in kinds(slices[span]):
        if never.why(kind) != NotCounted.OURS:
            numbers[kind._replace(occurrence=None)] += number
    return [
        Line(span, kind.account_id, kind.cuc, kind.code, number, 0)
        for kind, number in numbers.items()
    ]
