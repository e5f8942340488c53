"""Occurrences that an ignored user closed: what belongs to them does not count."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from events_tracker.base import limits
from events_tracker.base.deadline import Deadline
from events_tracker.base.times import Instant, Span
from events_tracker.decisions.fetch.slicing import SlicePlan
from events_tracker.fetch.download import Download
from events_tracker.model.readings import LimitEstimate

if TYPE_CHECKING:
    from events_tracker.segware import Segware


def closed_occurrences(
    segware: "Segware", users: Sequence[int], span: Span, now: Instant, deadline: Deadline
) -> tuple[frozenset[str], tuple[str, ...]]:
    """Read the ids of those that events of a span may belong to; a sentence for each failure."""
    # An occurrence begins with its first event, which may lie before the span.
    asked = Span(span.start - limits.OCCURRENCE_LEAD, span.end)
    closed: set[str] = set()
    failures: tuple[str, ...] = ()

    def take(_: Span, ids: set[str]) -> int:
        closed.update(ids)
        return len(ids)

    for user_id in users:
        plan = SlicePlan([asked], LimitEstimate(), now)
        download = Download(plan, _asker(segware, user_id), deadline)
        download.run(take)
        failures += download.failures()
    return frozenset(closed), failures


def _asker(segware: "Segware", user_id: int) -> Callable[[Span], set[str]]:
    return lambda span: segware.closed_by(user_id, span)
