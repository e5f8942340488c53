"""What the events of alerts perhaps come from: guessed when they open, and when they fall below."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from events_tracker.base import limits
from events_tracker.decisions.detection.opening import falling, starting
from events_tracker.model.alarms import Clearing
from events_tracker.model.alerts import Observation, Trigger
from events_tracker.passes.scan.evaluate import Evaluated

if TYPE_CHECKING:
    from events_tracker.storage import Rows

Causes = Mapping[int | None, str]
"""By the ids of accounts; None, of a group that is not one account's, is never there."""


def guessed(seen: Evaluated, triggers: Sequence[Trigger], clearing: Clearing) -> Causes:
    """Look at the accounts that open or fall below by what is known before the writing; no others.

    What they sent in the last two hours is read once more, from what the scan has or remembers.
    """
    if seen.nothing:
        return {}
    groups = starting(seen.evaluations, triggers)
    over = falling(seen.evaluations, triggers, seen.horizon, clearing)
    groups += [trigger.group for trigger in over]
    accounts = sorted({group.account_id for group in groups if group.account_id is not None})
    if not accounts:
        return {}
    # Not at the top: most scans have nobody to look at.
    from events_tracker.decisions.explaining.last_hours import causes_of

    chosen = frozenset(accounts[: limits.LOOKS_PER_SCAN])
    return causes_of(seen.lately.of(chosen), seen.never)


def keep(rows: "Rows", causes: Causes, observations: Iterable[Observation]) -> None:
    """Write the guesses of alerts that are seen below for the first time.

    `clear`, which ends them, asks nobody. Where nothing is guessed any more, because little is left
    to be looked at, the guess of the opening stays.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in observations:
        cause = causes.get(one.trigger.group.account_id)
        if cause is not None and not one.holds and one.trigger.below_since is None:
            found[cause].append(one.trigger.register_id)
    for cause, register_ids in found.items():
        rows.register.guess(register_ids, cause)
