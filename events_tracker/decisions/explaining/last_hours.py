"""What was read of an account, looked at as a whole: what alarms count, and what they do not."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from events_tracker.base import limits
from events_tracker.base.spans import merged
from events_tracker.base.times import Instant, Span
from events_tracker.decisions import causes
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.explaining.counted import Slices
from events_tracker.model.causes import LastHours
from events_tracker.model.hours import Line


def last_hours(
    slices: Slices,
    until: Instant,
    never: NeverCounted,
    openings: Mapping[Span, int],
    sends_restores: bool | None = None,
) -> LastHours:
    """Look at one account's last two hours, as far as they were read.

    What the tracker raised itself is left out. ``openings``: of which but the sum is kept, by hour;
    ``sends_restores`` as :func:`causes.seen` takes it.
    """
    since = until - limits.LOOK_AT
    inside = {span: slices[span] for span in slices if span.start >= since}
    lines = [line for some in lines_of(inside, never).values() for line in some]
    hidden = sum(number for hour, number in openings.items() if hour.end >= since)
    return LastHours(
        causes.seen(lines, sends_restores, hidden),
        min(limits.LOOK_AT, sum(span.length for span in merged(inside))),
    )


def causes_of(slices: Slices, never: NeverCounted) -> Mapping[int | None, str]:
    """Tell by account what its events, those of the last two hours, perhaps come from; or nothing.

    Whether accounts used to send restores is not asked: a scan has no time to read the month.
    """
    looked = {id_: causes.seen(lines, None) for id_, lines in lines_of(slices, never).items()}
    return {id_: seen.cause.value for id_, seen in looked.items() if seen.cause is not None}


def lines_of(slices: Slices, never: NeverCounted) -> Mapping[int, Sequence[Line]]:
    """List by account what it sent, without what the tracker raised itself."""
    found: defaultdict[int, list[Line]] = defaultdict(list)
    for span, tally in slices.items():
        for (cuc, code), numbers in tally.events.items():
            if code not in never.codes:
                for id_, number in numbers.items():
                    if (id_, code) not in never.injected:
                        found[id_].append(Line(span, id_, cuc, code, number, 0))
    return found
