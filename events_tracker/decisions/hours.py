"""Which past hours are due to be kept, and what becomes of slices in them."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from events_tracker.base import limits
from events_tracker.base.times import HOUR, Duration, Instant, Span
from events_tracker.decisions.fetch.slice_cache import disjoint
from events_tracker.model.alarms import Alarm, Definition, Source
from events_tracker.model.hours import WHOLE, Detail, Hour, detail
from events_tracker.model.readings import Answer, CachedSlice, Pair

_OPENING = re.compile(r"[ERP136]4[0-9]{2}")
"""The Contact ID codes of openings, closings and who may go in."""


def due(
    now: Instant, since: Instant, retention: Duration, known: Mapping[Instant, Detail]
) -> list[Instant]:
    """List the starts of the hours of which not all is kept that might be, oldest first.

    They ended so long ago that every minute was read a second time. ``since``: from where on slices
    may still be there. ``known``: what is kept by now.
    """
    oldest = max(since - since % HOUR, now - retention)
    newest = now - limits.HOUR_SETTLED - HOUR
    starts = range(oldest + -oldest % HOUR, newest + 1, HOUR)
    return [start for start in starts if WHOLE.better_than(known.get(start, Detail()))]


def slices_of(start: Instant, cached: Iterable[CachedSlice]) -> list[Span]:
    """Choose the slices that make an hour, in order: none reaches beyond it, none overlap.

    Where two do, it is the one that was read last, or the longer one where less would be known
    without it. Of one that was never read again, because a break came between, late events may be
    missing: it is as if it had not been read.
    """
    within = [
        one
        for one in cached
        if start <= one.span.start
        and one.span.end < start + HOUR
        and one.read_at - one.span.end >= limits.COUNTS_SETTLED
    ]
    last_read, longest = (
        [one.span for one in disjoint(sorted(within, key=first))]
        for first in (lambda one: -one.read_at, lambda one: -one.span.length)
    )
    return longest if detail(longest).better_than(detail(last_read)) else last_read


def worth_keeping(slices: Sequence[Span], known: Detail | None) -> bool:
    """Tell whether an hour of these slices says more than what is kept of it."""
    return detail(slices).better_than(known or Detail())


def is_opening(alarms: Iterable[Alarm]) -> Callable[[Pair], bool]:
    """Make the test for openings and closings that none of these alarms counts.

    When they come by the minute, and of which kind they are, says when a home is empty.
    """
    rules = [alarm.definition for alarm in alarms if alarm.definition.source == Source.EVENTS]

    def tell(pair: Pair) -> bool:
        cuc, code = pair
        return is_of_openings(code) and not any(rule.lists(cuc, code) for rule in rules)

    return tell


def is_of_openings(code: str) -> bool:
    """Tell whether a code is one of openings, closings and who may go in."""
    return _OPENING.fullmatch(code) is not None


def counts_openings(rule: Definition) -> bool:
    """Tell whether an alarm counts openings and closings, by its codes."""
    return not rule.codes or any(map(is_of_openings, rule.codes))


class Folding:
    """Makes an hour of its slices, one after the other.

    ``closed``: the occurrences that do not count, because an ignored user closed them.
    """

    def __init__(
        self, start: Instant, closed: Collection[str], is_opening: Callable[[Pair], bool]
    ) -> None:
        self._start = start
        self._ignored = closed
        self._is_opening = is_opening
        self._stretches: list[Span] = []
        self._lines: dict[tuple[int, int, int], int] = {}
        self._closed: Counter[tuple[int, int, int]] = Counter()
        self._pairs: dict[Pair, int] = {}
        self._openings: Counter[int] = Counter()

    def add(self, span: Span, answer: Answer) -> None:
        """Add a slice that begins after the ones before have ended."""
        stretch = len(self._stretches)
        self._stretches.append(span)
        for pair, accounts in answer.accounts.items():
            if self._is_opening(pair):
                self._openings.update(accounts)
                continue
            place = self._pairs.setdefault(pair, len(self._pairs))
            for account_id, number in Counter(accounts).items():
                self._lines[account_id, place, stretch] = number
            for account_id, occurrence in answer.occurrences.get(pair, ()):
                if occurrence in self._ignored:
                    self._closed[account_id, place, stretch] += 1

    def hour(self) -> Hour:
        """Return what they add up to."""
        lines = sorted(self._lines)
        places = {line: place for place, line in enumerate(lines)} if self._closed else {}
        return Hour(
            start=self._start,
            stretches=self._stretches,
            pairs=list(self._pairs),
            accounts=[account_id for account_id, _, _ in lines],
            pair_of=[pair for _, pair, _ in lines],
            stretch_of=[stretch for _, _, stretch in lines],
            numbers=[self._lines[line] for line in lines],
            closed={places[line]: number for line, number in self._closed.items()},
            openings=self._openings,
        )
