"""Over because quiet, or because dead: how long an account is silent, beside how long it ever is.

What is not known makes nobody overdue: where nothing was read the account may have been heard, as
far as its present silence goes, and may have been silent, as far as its earlier ones go.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from events_tracker.base.spans import merged
from events_tracker.base.times import DAY, HOUR, Duration, Instant, Span
from events_tracker.model.hours import Hour
from events_tracker.model.readings import Answer
from events_tracker.model.silence import Sent, Silence, Verdict

LOOK_BACK: Duration = 30 * DAY
"""So far back goes the longest silence, and an account stays overdue no longer."""
KNOWN_AT_LEAST: Duration = 14 * DAY
"""Of less than this nobody can say how long an account is silent at times."""
MARGIN: Duration = HOUR
"""So much longer than ever before a silence has to be."""
SHORTEST: Duration = 3 * HOUR
"""What is shorter than this is not worth a call."""
WITHOUT_A_TEST: Duration = DAY + HOUR
"""So long is who sends no test silent before that is said: others sent their daily one by then."""
_PERIODIC_TEST = re.compile("[E1R3P6](602|603|608)")


class Signal(NamedTuple):
    """An event, or several; ``code``: None of openings that are kept by the hour alone."""

    account_id: int
    code: str | None
    stretch: Span


def of_hours(hours: Iterable[Hour]) -> Iterator[Signal]:
    """List what came in kept hours."""
    for hour in hours:
        for line in hour.lines():
            yield Signal(line.account_id, line.code, line.stretch)
        for account_id in hour.openings:
            yield Signal(account_id, None, hour.span)


def of_slice(span: Span, answer: Answer, accounts: Collection[int]) -> Iterator[Signal]:
    """List what these accounts sent in a slice."""
    wanted = frozenset(accounts)
    for (_, code), senders in answer.accounts.items():
        for account_id in wanted.intersection(senders):
            yield Signal(account_id, code, span)


def sent(
    signals: Iterable[Signal], until: Instant, is_ours: Callable[[int, str], bool]
) -> Mapping[int, Sent]:
    """Put together what each account may have sent up to a moment.

    What the tracker raised itself says nothing of it.
    """
    stretches: dict[int, set[Span]] = {}
    tests = set()
    for account_id, code, stretch in signals:
        if stretch.start > until or (code is not None and is_ours(account_id, code)):
            continue
        until_then = Span(stretch.start, min(stretch.end, until))
        stretches.setdefault(account_id, set()).add(until_then)
        if code is not None and _PERIODIC_TEST.fullmatch(code):
            tests.add(account_id)
    return {
        account_id: Sent(sorted(found, key=lambda one: (one.start, one.end)), account_id in tests)
        for account_id, found in stretches.items()
    }


def joined(read: Iterable[Span], now: Instant) -> list[Span]:
    """Join what was read of the last 30 days, oldest first."""
    return [
        Span(max(span.start, now - LOOK_BACK), min(span.end, now))
        for span in merged(read)
        if span.end >= now - LOOK_BACK and span.start <= now
    ]


def is_alive(sent: Sent, over_at: Instant) -> bool:
    """Tell whether an account surely sent something after its alert was over."""
    return bool(sent.stretches) and sent.stretches[-1].start > over_at


def judge(sent: Sent, over_at: Instant, read: Sequence[Span]) -> Silence:
    """Judge an account whose last alert was over then.

    ``read``: what was read up to the moment of the verdict, as :func:`joined` has it.
    """
    heard = max((one.end for one in sent.stretches), default=None)
    since = over_at if heard is None else heard
    quiet = _quiet(read, since)
    longest = None
    if heard is not None and sum(span.length for span in read) >= KNOWN_AT_LEAST:
        longest = _longest(sent.stretches, read[0].start)
    if is_alive(sent, over_at):
        verdict = Verdict.ALIVE
    elif longest is not None and quiet > longest + MARGIN and quiet >= SHORTEST:
        verdict = Verdict.OVERDUE
    else:
        verdict = Verdict.SILENT
    return Silence(verdict, since, quiet, longest, sent.tests)


def to_look_at(silence: Silence) -> bool:
    """Tell whether somebody should call: also of one without a test nobody will hear it is dead."""
    if silence.verdict is Verdict.SILENT:
        return silence.sends_no_test and silence.quiet >= WITHOUT_A_TEST
    return silence.verdict is Verdict.OVERDUE


def may_be_to_look_at(lately: Sent, over_at: Instant, read: Sequence[Span]) -> bool:
    """Tell by the last days alone whether :func:`to_look_at` may be true by the whole month.

    With more of the past silences get longer and tests more.
    """
    if not lately.stretches:
        return True
    quiet = _quiet(read, max(one.end for one in lately.stretches))
    if is_alive(lately, over_at) or quiet < SHORTEST:
        return False
    longest = _longest(lately.stretches, read[0].start)
    return quiet > longest + MARGIN or (not lately.tests and quiet >= WITHOUT_A_TEST)


def _quiet(read: Sequence[Span], since: Instant) -> Duration:
    """Return how long nothing was heard at the end of what was read, without a gap in that."""
    if not read or read[-1].end <= since:
        return 0
    start = max(since + 1, read[-1].start)
    return read[-1].end - start + 1


def _longest(stretches: Sequence[Span], start: Instant) -> Duration:
    """Return how long the longest silence can have been that ended with an event.

    ``stretches``: in order. Of an event that came somewhere in a stretch, it is taken that it came
    at its very end, and the one before at its very beginning.
    """
    first_ends = [one.end for one in stretches]
    for place in range(len(first_ends) - 2, -1, -1):
        first_ends[place] = min(first_ends[place], first_ends[place + 1])
    starts = [min(start, stretches[0].start), *(one.start for one in stretches[:-1])]
    return max(end - begun for begun, end in zip(starts, first_ends, strict=True))
