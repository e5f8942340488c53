"""What a rule's alerts come to: how many, how often again, how many messages, and the grade."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from events_tracker.base.limits import GRADED_SPAN
from events_tracker.base.times import DAY, HOUR, Duration, Instant, Span
from events_tracker.decisions.delivery.packing import messages_for
from events_tracker.decisions.reporting.load import spread
from events_tracker.model.deliveries import SEGWARE, SHARED
from events_tracker.model.groups import Group
from events_tracker.model.reports import Load
from events_tracker.model.tuning import Episode, Figures, Grade

_REOPENED: Duration = 2 * HOUR
_STALE: Duration = DAY
_AVERAGES = ((1, Grade.GREEN), (2, Grade.AMBER))
"""Messages in ten minutes, by EEMUA 191: acceptable, and the most that can be managed."""
_OFTEN_OVER_10 = 0.01
_MANY_STALE = 5


def figures(
    episodes: Sequence[Episode], span: Span, channels: Sequence[str], digest_over: int
) -> Figures:
    """Count what a rule did in a span.

    Episodes that began before it count as what the next one follows, and by their ends alone.
    ``channels``: those that it is told on; ``digest_over``: as `notify` has it.
    """
    alerts = [one for one in episodes if one.opened_at >= span.start]
    days = span.length / DAY
    loads = [_load(episodes, span, channel, digest_over) for channel in channels]
    load = max(loads, key=lambda one: (one.messages, one.most))
    of_account = Counter(_whose(one.group) for one in alerts)
    stale = sum((one.ended_at or span.end) - one.opened_at > _STALE for one in alerts) / days
    over = load.spans_over_10 / len(load.spans)
    return Figures(
        alerts=len(alerts),
        alerts_per_day=round(len(alerts) / days, 2),
        accounts=len(of_account),
        reopened=_share(_reopened(episodes, span), len(alerts)),
        messages_per_10_minutes=load.per_10_minutes,
        spans_over_10=round(over, 4),
        most_in_10_minutes=load.most,
        stale_per_day=round(stale, 2),
        top10_share=_share(sum(n for _, n in of_account.most_common(10)), len(alerts)),
        grade=_grade(load.messages / len(load.spans), over, stale) if graded(span) else None,
    )


def graded(span: Span) -> bool:
    """Tell whether a span is long enough for grades."""
    return span.length >= GRADED_SPAN


def _grade(average: float, over: float, stale: float) -> Grade:
    """Grade by the average; what often is too much at once, or stays open, is never green."""
    grade = next((grade for most, grade in _AVERAGES if average <= most), Grade.RED)
    if grade is Grade.GREEN and (over >= _OFTEN_OVER_10 or stale >= _MANY_STALE):
        return Grade.AMBER
    return grade


def _share(number: int, of: int) -> float | None:
    return round(number / of, 4) if of else None


def _whose(group: Group) -> object:
    return group if group.account_id is None else group.account_id


def _reopened(episodes: Sequence[Episode], span: Span) -> int:
    ends: dict[Group, Instant] = {}
    number = 0
    for one in episodes:
        end = ends.get(one.group)
        if end is not None and one.opened_at >= span.start:
            number += one.opened_at - end <= _REOPENED
        if one.ended_at is not None:
            ends[one.group] = one.ended_at
    return number


def _load(episodes: Sequence[Episode], span: Span, channel: str, digest_over: int) -> Load:
    """Spread the messages of one channel over a span, sent as soon as there is something to tell.

    Injections are made of openings alone.
    """
    due: defaultdict[Instant, int] = defaultdict(int)
    for one in episodes:
        due[one.opened_at] += 1
        if one.ended_at is not None and channel != SEGWARE:
            due[one.ended_at] += 1
    return spread(_messages(due, span, channel, digest_over), span)


def _messages(
    due: Mapping[Instant, int], span: Span, channel: str, digest_over: int
) -> dict[Instant, int]:
    return {
        at: messages_for(number, digest_over) if channel in SHARED else number
        for at, number in due.items()
        if span.start <= at <= span.end
    }
