"""How an alert went, by the counts that are kept. Asks nobody, and reads only."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.times import HOUR, Instant, Span
from events_tracker.decisions.explaining.course import Known, counts_in, course, is_drawn, shown
from events_tracker.model.alarms import Clearing, Definition
from events_tracker.model.alerts import Alert
from events_tracker.model.readings import Answer

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store

LOOKS = 96


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


def course_of(
    store: "Store", source: str, alert: Alert, clearing: Clearing, now: Instant
) -> Course | None:
    """Follow an alert's number; None if its rule is another now, or counts what is not kept.

    ``source``: the service that kept counts came from.
    """
    return store.read(lambda rows: _course(rows, source, alert, clearing, now))


def _course(
    rows: "Rows", source: str, alert: Alert, clearing: Clearing, now: Instant
) -> Course | None:
    alarm = next((one for one in rows.alarms.all() if one.id == alert.alarm_id), None)
    if alarm is None or alarm.revision != alert.revision or not is_drawn(alert, alarm.definition):
        return None
    rule = alarm.definition
    span = shown(alert, rule, now)
    known = _known(rows, source, alert, rule, Span(span.start - rule.window, span.end))
    if known:
        # The newest minutes are not settled yet, and remembered by nobody.
        span = Span(span.start, max(span.start, min(span.end, known[-1].stretch.end)))
    return Course(course(known, span, rule.window, LOOKS), clearing.of(alarm).below)


def _known(rows: "Rows", source: str, alert: Alert, rule: Definition, span: Span) -> list[Known]:
    """Read the group's events: from kept hours, and from remembered slices where no hour is yet."""
    account_id = alert.account_id or 0
    kept = rows.hours.read(source, span, only={account_id})
    numbers = dict.fromkeys(kept.stretches, 0)
    for line in kept.lines():
        if counts_in(alert, rule, line.cuc, line.code):
            numbers[line.stretch] += line.number - line.closed
    since = max([hour.start + HOUR for hour in kept.hours], default=span.start)
    for stretch, answer in _apart(rows.slices.within(Span(max(since, span.start), span.end))):
        numbers[stretch] = sum(
            accounts.count(account_id)
            for (cuc, code), accounts in answer.accounts.items()
            if counts_in(alert, rule, cuc, code)
        )
    return [Known(stretch, number) for stretch, number in sorted(numbers.items(), key=_start)]


def _apart(slices: Iterable[tuple[Span, Answer]]) -> Iterator[tuple[Span, Answer]]:
    """Choose slices that do not overlap, in order: several sources may remember the same time."""
    end = -1
    for span, answer in sorted(slices, key=lambda one: (one[0].start, -one[0].end)):
        if span.start > end:
            yield span, answer
            end = span.end


def _start(known: tuple[Span, int]) -> Instant:
    return known[0].start
