"""How an alert went, by the counts that are kept. Asks nobody, and reads only."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.times import HOUR, Instant, Span
from events_tracker.decisions.explaining.course import (
    Known,
    counts_in,
    course,
    is_drawn,
    may_be_openings,
    shown,
)
from events_tracker.fetch.slice_cache import names_of
from events_tracker.model.alarms import Clearing, Definition
from events_tracker.model.alerts import Alert
from events_tracker.model.hours import WHOLE, KeptCounts
from events_tracker.model.readings import Answer, Pair

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store

LOOKS = 96
_AROUND = HOUR
"""So much more is read at both ends, for the stretches that windows begin or end in."""


class Question(Struct, frozen=True):
    """What is to be known besides the alert to follow its number up to ``now``.

    ``source``: the service that kept counts came from; ``remembered``: whose answers scans
    remember. ``never_counted``: the code that the tracker raises. ``ignores_closers``: what ignored
    users closed does not count.
    """

    source: str
    remembered: str
    clearing: Clearing
    never_counted: str
    ignores_closers: bool
    now: Instant


class Course(Struct, frozen=True):
    """The numbers of an alert's windows by their ends; None where not all is known.

    ``clear_below``: the clear line that they are compared with, in percent of the value.
    """

    points: Sequence[tuple[Instant, int | None]]
    clear_below: int

    @property
    def unknown(self) -> bool:
        """True if nothing of it is known."""
        return all(number is None for _, number in self.points)


def course_of(store: "Store", question: Question, alert: Alert) -> Course | None:
    """Follow an alert's number; None if its rule is another now, or counts what is not kept."""
    return store.read(lambda rows: _course(rows, question, alert))


def _course(rows: "Rows", question: Question, alert: Alert) -> Course | None:
    alarm = next((one for one in rows.alarms.all() if one.id == alert.alarm_id), None)
    if alarm is None or alarm.revision != alert.revision or not is_drawn(alert, alarm.definition):
        return None
    rule = alarm.definition
    span = shown(alert, rule, question.now)
    reach = Span(span.start - rule.window - _AROUND, span.end + _AROUND)
    counts = _counting(rows, question, alert, rule, reach.start)
    kept = rows.hours.read(question.source, reach, only={alert.account_id or 0})
    since = max([reach.start, *(hour.start + HOUR for hour in kept.hours)])
    slices = list(_apart(rows.slices.within(names_of(question.remembered), Span(since, reach.end))))
    ends = [stretch.end for stretch, _ in slices]
    ends += [one.end for hour in kept.hours[-2:] for one in hour.stretches if reach.covers(one)]
    if ends:
        # The newest minutes are not settled yet, and remembered by nobody.
        span = Span(span.start, max(span.start, min(span.end, max(ends))))
    known = [
        *_of_hours(kept, counts, openings_matter=may_be_openings(alert, rule)),
        *_of_slices(slices, alert.account_id or 0, counts, question.ignores_closers),
    ]
    return Course(course(known, span, rule.window, LOOKS), question.clearing.of(alarm).below)


def _counting(
    rows: "Rows", question: Question, alert: Alert, rule: Definition, since: Instant
) -> Callable[[Pair], bool]:
    """Make the test for events of the alert's account that it counted."""
    ours = {code for id_, code in rows.deliveries.injected(since) if id_ == alert.account_id}
    ours.add(question.never_counted)
    return lambda pair: pair[1] not in ours and counts_in(alert, rule, *pair)


def _of_hours(
    kept: KeptCounts, counts: Callable[[Pair], bool], *, openings_matter: bool
) -> list[Known]:
    """Add up the group's events in kept hours.

    ``openings_matter``: an hour of which but the sum of its openings is kept is not known.
    """
    known: list[Known] = []
    for hour in kept.hours:
        if openings_matter and hour.openings:
            continue
        numbers: Counter[Span] = Counter()
        for line in hour.lines():
            if counts((line.cuc, line.code)):
                numbers[line.stretch] += line.number - line.closed
        # Mostly an hour is known whole and has none: its minutes need not be told apart.
        if not numbers and len(hour.stretches) == WHOLE.minutes and kept.span.covers(hour.span):
            known.append(Known(hour.span, 0))
        else:
            parts = filter(kept.span.covers, hour.stretches)
            known += [Known(part, numbers[part]) for part in parts]
    return known


def _of_slices(
    slices: Iterable[tuple[Span, Answer]],
    account_id: int,
    counts: Callable[[Pair], bool],
    ignores_closers: bool,
) -> Iterator[Known]:
    """Add up the group's events in remembered slices, where no hour is kept yet.

    ``ignores_closers``: who closed an occurrence is not remembered, so that it is not known either
    how many of its events count.
    """
    for stretch, answer in slices:
        in_doubt = ignores_closers and any(
            id_ == account_id
            for pair, found in answer.occurrences.items()
            if counts(pair)
            for id_, _ in found
        )
        if not in_doubt:
            counted = (ids for pair, ids in answer.accounts.items() if counts(pair))
            yield Known(stretch, sum(ids.count(account_id) for ids in counted))


def _apart(slices: Iterable[tuple[Span, Answer]]) -> Iterator[tuple[Span, Answer]]:
    """Choose slices that do not overlap, in order: the same time may be remembered twice.

    That is with occurrences, and without. Of the same slice, what comes first is chosen.
    """
    end = -1
    for span, answer in sorted(slices, key=lambda one: (one[0].start, -one[0].end)):
        if span.start > end:
            yield span, answer
            end = span.end
