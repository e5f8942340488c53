"""When the condition of an open alert can cease to hold at the earliest, if nothing more comes."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.times import Duration, Instant, Span
from events_tracker.decisions.detection import detections
from events_tracker.decisions.detection.counting import Evaluation, measure
from events_tracker.decisions.detection.counts import tally_of
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.scope import Scope
from events_tracker.decisions.explaining.counted import Slices
from events_tracker.model.alarms import Definition
from events_tracker.model.alerts import Alert
from events_tracker.model.directory import Directory
from events_tracker.model.groups import Group
from events_tracker.model.readings import Segment


class Passing(Struct, frozen=True):
    """What an alarm counts, as one part after the other leaves its window.

    ``moments``: of these parts, oldest first; each may leave as soon as the window begins after
    its moment. ``left``: the number that a scan would find of a group in what came after a moment.
    """

    moments: Sequence[Instant]
    left: Callable[[Group, Instant], int]


def of_events(
    rule: Definition, window: Span, slices: Slices, never: NeverCounted, scope: Scope, closers: bool
) -> Passing:
    """Let slices leave as they begin: an event has no time of its own, and may be of that moment.

    ``closers``: some users' occurrences do not count. They may close any, and all its events are
    gone at once; so only what belongs to none is sure to stay.
    """
    inside = sorted(
        (span for span in slices if span.start >= window.start), key=lambda span: span.start
    )
    if closers:
        occurring = [counts for span in inside for counts in slices[span].occurrences.values()]
        ids = {occurrence for counts in occurring for _, occurrence in counts}
        never = replace(never, occurrences=never.occurrences | ids)

    @cache
    def numbers(account_id: int | None, after: Instant) -> dict[Group, int]:
        own = never if account_id is None else replace(never, only=frozenset({account_id}))
        later = [Segment(s.start, s.end, slices[s], whole=True) for s in inside if s.start > after]
        return dict(measure(rule, scope, tally_of(later, own)).items())

    return Passing(
        [span.start for span in inside],
        lambda group, after: numbers(group.account_id, after).get(group, 0),
    )


def of_detections(
    evaluation: Evaluation, entries: Iterable[Alert], directory: Directory
) -> Passing:
    """Let register entries leave when they have opened: what is about to open is not sure to."""
    found = sorted(entries, key=lambda entry: entry.opened_at)
    own = evaluation.excepted.exceptions

    @cache
    def numbers(after: Instant) -> dict[Group, int]:
        later = [entry for entry in found if entry.opened_at > after]
        alarm, window = evaluation.alarm, evaluation.window
        of_later = detections.evaluate(alarm, later, window, True, directory, own)
        return dict(of_later.numbers.items())

    return Passing(
        [entry.opened_at for entry in found],
        lambda group, after: numbers(after).get(group, 0),
    )


def below_at(
    rule: Definition, group: Group, passing: Passing, holds: Callable[[int], bool]
) -> Instant | None:
    """Return the earliest moment at which a number that holds can hold no more; None if unknown.

    Whatever else comes only makes it later. That is so of conditions that rise alone, and only if
    what is sure to stay holds by itself.
    """
    moments = passing.moments
    if not (rule.operator.rises and moments and holds(passing.left(group, moments[0] - 1))):
        return None
    last = bisect_left(moments, True, key=lambda moment: not holds(passing.left(group, moment)))
    return None if last == len(moments) else moments[last] + rule.window + 1


def opens_with(rule: Definition, quantity: int, value: int) -> int | None:
    """Return how many more it takes for the condition to hold; None where more do not help."""
    if not rule.operator.rises or rule.operator.holds(quantity, value):
        return None
    missing = value - quantity
    return missing if rule.operator.holds(value, value) else missing + 1


def opens_first(rule: Definition, own: int | None = None) -> int | None:
    """Return how many it takes where nothing counts yet: of the code that takes the fewest.

    ``own``: what the account is compared with, if it is an exception. None where more do not help.
    """
    values = [rule.value_for(code) for code in rule.codes] or [rule.value, *rule.values.values()]
    return opens_with(rule, 0, min(values) if own is None else own)


def over_at(below: Instant | None, clear_after: Duration) -> Instant | None:
    """Return when what is below from then on can be over at the earliest."""
    return None if below is None else below + clear_after
