"""Which stretches of time a proof asks for, and about how many requests that takes."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from events_tracker.base.spans import merged
from events_tracker.base.times import DAY, HOUR, Span
from events_tracker.model.evidence import Stretch
from events_tracker.model.readings import LimitEstimate

_USUAL_ANSWER = 8_500
"""The records that an answer is believed to carry before anything else is known."""


def stretches(span: Span, windows: Iterable[Span]) -> list[Stretch]:
    """Cut a span, and the alerts' windows, at every start and end of a window; oldest first.

    Events have no times: only so is it known which of them lie in a window. They are cut at each
    day, too, so that none grows beyond what may be held at a time.
    """
    deeper: Counter[int] = Counter()
    for window in windows:
        deeper[window.start] += 1
        deeper[window.end + 1] -= 1
    edges = {span.start, span.end + 1, *deeper}
    first, last = min(edges), max(edges)
    edges.update(range(first + -first % DAY, last, DAY))
    found, depth = [], 0
    for start, following in pairwise(sorted(edges)):
        depth += deeper[start]
        if depth or span.start <= start <= span.end:
            found.append(Stretch(Span(start, following - 1), depth > 0))
    return found


def unbelievable(empty: Iterable[Span]) -> list[Span]:
    """Choose from spans without an event of anybody what is longer than any night is silent.

    Events of so long ago may not be kept any more: no answer is not an answer.
    """
    return [span for span in merged(empty) if span.length >= DAY]


def requests(wanted: Sequence[Stretch], learned: LimitEstimate) -> int:
    """Estimate how many requests these stretches take, where nothing of them is remembered."""
    carried = min(_USUAL_ANSWER, learned.refused or _USUAL_ANSWER)
    rate = learned.rate or 0
    return sum(max(1, math.ceil(stretch.span.length * rate / HOUR / carried)) for stretch in wanted)
