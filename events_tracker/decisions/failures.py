"""A failure is told once: what of a run's errors is said now, and what is known after it."""

import re
from collections.abc import Sequence
from datetime import tzinfo

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.base.times import Instant, rough, short
from events_tracker.model.failures import Failure

_COUNTED = re.compile(r" \((?:asked )?\d+ times\)|, \d+ deliveries\b")
"""What an error ends with where it happened more than once in a run."""
_MEASURED = re.compile(
    r"\b\d{4}-\d\d-\d\dT[\d:.]+Z"
    r"|\b\d+ of (?=\d+ events)"
    r"|\b\d+(?= (?:s|min|h|d|MiB|bytes|events)\b)"
    r"|(?<=last good scan found )\d+"
)
"""Times, lengths and counts that differ from run to run, though nothing else happened. A status, a
code of an account or of an event and a name are none: with another one it is another failure."""


class Told(Struct, frozen=True):
    """What a run has to say of its failures, and what is ``known`` after it.

    ``errors`` are to be said now; ``again`` are those that were said less than an hour ago.
    ``recovered``: the sentence that a lasting failure is over, None if none is.
    """

    errors: Sequence[str]
    again: Sequence[str]
    recovered: str | None
    known: Sequence[Failure]


def tell(
    known: Sequence[Failure],
    errors: Sequence[str],
    now: Instant,
    zone: tzinfo,
    untried: tuple[str, ...] = (),
) -> Told:
    """Decide what is said of a run that ended with these errors; none: it was good.

    What is ``known`` is what the last run left, ``()`` before the first. ``untried`` are the
    beginnings of errors of which this run proves nothing, as it did not try what they are about.
    """
    before = {alike(failure.text): failure for failure in known}
    said: list[str] = []
    again: list[str] = []
    after: dict[str, Failure] = {}
    for text in errors:
        key = alike(text)
        old = before.get(key)
        if old is None:
            said.append(text)
            after[key] = Failure(text, now, now, now, 1)
            continue
        times, told_at = old.times + 1, old.told_at
        # A clock that was set back must not make it silent for longer.
        if 0 <= now - told_at < limits.FAILURE_TOLD_AGAIN:
            again.append(text)
        else:
            first, *more = text.split("\n")
            since = f"{first} (since {short(old.since, now, zone)}, {times} times)"
            said.append("\n".join([since, *more]))
            told_at = now
        after[key] = Failure(old.text, old.since, told_at, now, times)
    over: list[Failure] = []
    for key, failure in before.items():
        if key in after:
            continue
        if not errors and not failure.text.startswith(untried):
            over.append(failure)
        elif now - failure.seen_at < limits.FAILURE_TOLD_AGAIN:
            # Two failures may take turns, and neither is new each time.
            after[key] = failure
    return Told(said, again, _recovered(over, now), list(after.values()))


def alike(text: str) -> str:
    """Take out of an error what differs from run to run while it is the same failure."""
    return _MEASURED.sub("#", _COUNTED.sub("", text))


def _recovered(over: Sequence[Failure], now: Instant) -> str | None:
    if not over:
        return None
    first = min(over, key=lambda failure: failure.since)
    more = f" (and {len(over) - 1} more)" if len(over) > 1 else ""
    what = first.text.partition("\n")[0]
    return f"recovered after {rough(now - first.since)}: {what}{more}"
