"""Which accounts have been silent since their last alert was over, by what is kept of the past.

Of a month only what decides is read: for most accounts a few days show that nobody has to call.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.base.times import DAY, HOUR, Duration, Instant, Span
from events_tracker.decisions import silence
from events_tracker.decisions.silence import (
    LOOK_BACK,
    Signal,
    joined,
    judge,
    of_hours,
    of_slice,
    sent,
)
from events_tracker.fetch.slice_cache import names_of
from events_tracker.model.hours import WHOLE
from events_tracker.model.silence import Sent, Silence

if TYPE_CHECKING:
    from events_tracker.storage import Rows

_LATELY: Sequence[Duration] = (DAY, 3 * DAY)
"""Most accounts send a test a day: a day shows that they were heard since. Of those that were not,
three days show most that pause for as long at times."""


class Question(Struct, frozen=True):
    """Silent up to when, by whose counts. ``never_counted``: the code that the tracker raises.

    ``remembered``: whose answers scans remember.
    """

    source: str
    remembered: str
    until: Instant
    never_counted: str

    @property
    def month(self) -> Span:
        return Span(self.until - LOOK_BACK, self.until)


class Known(Struct, frozen=True):
    """Stretches that were read, and what some accounts sent in them."""

    read: Sequence[Span] = ()
    signals: Sequence[Signal] = ()


def _over_lately(rows: "Rows", until: Instant) -> Mapping[int, Instant]:
    """Read which accounts had an alert that was over in the last 30 days, and when the last was."""
    return rows.reports.over(Span(until - LOOK_BACK, until))


def to_look_at(question: Question, rows: "Rows") -> Mapping[int, Silence]:
    """Judge accounts since their alerts were over, and find those that somebody should call.

    Where no counts are kept, nobody is judged.
    """
    kept = rows.hours.ends(question.source, question.month.start - HOUR)
    if kept is None or not (over := _over_lately(rows, question.until)):
        return {}
    newest = _newest(question, rows, kept[1], over.keys())
    left = over
    for lately in _LATELY:
        if not left:
            return {}
        days = Span(question.until - lately, question.until)
        left = _not_heard(question, rows, left, days, newest)
    judged = _judged(question, rows, left, newest) if left else {}
    return {id_: one for id_, one in judged.items() if silence.to_look_at(one)}


def _not_heard(
    question: Question, rows: "Rows", over: Mapping[int, Instant], days: Span, newest: Known
) -> Mapping[int, Instant]:
    """Leave the accounts of which the last days alone do not say that nobody has to call."""
    hours = _hours(rows, question.source, days, over.keys())
    found = _sent(question, rows, [hours, newest])
    read = joined([*hours.read, *newest.read], question.until)
    return {
        id_: at
        for id_, at in over.items()
        if silence.may_be_to_look_at(found.get(id_, Sent()), at, read)
    }


def of_account(question: Question, rows: "Rows", account_id: int, seen: Known) -> Silence | None:
    """Judge one account; None if no alert of it was over lately, or no counts are kept.

    ``seen``: what was read of it just now.
    """
    kept = rows.hours.ends(question.source, question.month.start - HOUR)
    if kept is None or (over_at := _over_lately(rows, question.until).get(account_id)) is None:
        return None
    newest = _newest(question, rows, kept[1], {account_id})
    both = Known([*newest.read, *seen.read], [*newest.signals, *seen.signals])
    return _judged(question, rows, {account_id: over_at}, both)[account_id]


def _judged(
    question: Question, rows: "Rows", over: Mapping[int, Instant], newest: Known
) -> Mapping[int, Silence]:
    hours = _hours(rows, question.source, question.month, over.keys())
    found = _sent(question, rows, [hours, newest])
    read = joined([*hours.read, *newest.read], question.until)
    return {id_: judge(found.get(id_, Sent()), at, read) for id_, at in over.items()}


def _sent(question: Question, rows: "Rows", parts: Sequence[Known]) -> Mapping[int, Sent]:
    raised = rows.deliveries.injected(question.month.start)

    def is_ours(account_id: int, code: str) -> bool:
        return code == question.never_counted or (account_id, code) in raised

    signals = chain.from_iterable(part.signals for part in parts)
    return sent(signals, question.until, is_ours)


def _hours(rows: "Rows", source: str, span: Span, accounts: Collection[int]) -> Known:
    kept = rows.hours.read(source, span, accounts).hours
    read: list[Span] = []
    for hour in kept:
        # Mostly an hour is known whole: a month of minutes need not be joined again.
        read += [hour.span] if len(hour.stretches) == WHOLE.minutes else hour.stretches
    return Known(read, list(of_hours(kept)))


def _newest(
    question: Question, rows: "Rows", last_kept: Instant, accounts: Collection[int]
) -> Known:
    """Read what scans remember of the hours that are not kept yet."""
    since = max(last_kept + HOUR, question.until - limits.SLICES_KEPT)
    found = rows.slices.within(names_of(question.remembered), Span(since, question.until))
    signals = [signal for span, answer in found for signal in of_slice(span, answer, accounts)]
    return Known([span for span, _ in found], signals)
