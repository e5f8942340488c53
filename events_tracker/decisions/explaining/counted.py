"""Which of an account's events an alarm counts, in what group and slice, and why not others."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from events_tracker.base.times import Instant, Span
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.reasons import NotCounted
from events_tracker.decisions.detection.scope import Scope, why_not_counted
from events_tracker.messages.codes import spellings
from events_tracker.model.alarms import Alarm
from events_tracker.model.explanations import Bucket, NotCountedEvents, Reason
from events_tracker.model.groups import Group
from events_tracker.model.readings import EventKind, Tally

Slices = Mapping[Span, Tally]
"""The events of the accounts that are asked about, by the slice they came in."""


class Sorted(Struct, frozen=True):
    """Accounts' events in one alarm's window: those that count by group and slice, and others.

    ``fetched``: all of them.
    """

    fetched: int
    by_group: Mapping[Group, Sequence[Bucket]]
    not_counted: Sequence[NotCountedEvents]

    @property
    def counted(self) -> int:
        """Those that count, in whatever group."""
        return sum(bucket.count for found in self.by_group.values() for bucket in found)


def sort(
    alarm: Alarm,
    start: Instant,
    slices: Slices,
    never: NeverCounted,
    scope: Scope | None,
    otherwise: Reason,
) -> Sorted:
    """Sort the events since ``start``; ``otherwise``: why nothing counts without a scope."""
    inside = sorted((span for span in slices if span.start >= start), key=lambda span: span.start)
    counts: defaultdict[Group, Counter[Span]] = defaultdict(Counter)
    others: Counter[tuple[str | None, str, str]] = Counter()
    reasons: dict[str, Reason] = {}
    fetched = 0
    for span in inside:
        for kind, number in kinds(slices[span]):
            fetched += number
            if scope is None:
                why = otherwise
            else:
                key = why_not_counted(kind, never, scope)
                if key is None:
                    counts[_group(alarm, scope, kind)][span] += number
                    continue
                why = Reason(key.value)
            reasons[why.key] = why
            others[kind.cuc, kind.code, why.key] += number
    return Sorted(
        fetched,
        {group: [Bucket(span, found[span]) for span in inside] for group, found in counts.items()},
        [
            NotCountedEvents(cuc, code, number, reasons[key])
            for (cuc, code, key), number in others.most_common()
        ],
    )


def of_accounts(slices: Slices, accounts: frozenset[int]) -> Slices:
    """Choose the events of some accounts."""
    others = NeverCounted(only=accounts)
    return {span: others.without(tally) for span, tally in slices.items()}


def heard_at(slices: Slices, never: NeverCounted) -> Instant | None:
    """Return the end of the newest slice with an event that the tracker did not raise itself."""
    heard = [
        span.end
        for span, tally in slices.items()
        if any(never.why(kind) != NotCounted.OURS for kind, _ in kinds(tally))
    ]
    return max(heard, default=None)


def kinds(tally: Tally) -> Iterator[tuple[EventKind, int]]:
    """Go through the kinds of events of a tally, each with its number."""
    for pair, accounts in tally.events.items():
        left = Counter(accounts)
        for (account_id, occurrence), number in tally.occurrences.get(pair, {}).items():
            left[account_id] -= number
            yield EventKind(account_id, *pair, occurrence), number
        yield from ((EventKind(id_, *pair, None), n) for id_, n in left.items() if n)


def _group(alarm: Alarm, scope: Scope, kind: EventKind) -> Group:
    by = alarm.definition.group_by
    return Group(
        kind.account_id if "account" in by else None,
        (scope.company_of or {}).get(kind.account_id),
        kind.cuc if "cuc" in by else None,
        kind.code if "code" in by else None,
    )


def other_spelling(group: Group, quantities: Mapping[Group, int]) -> int | None:
    """Return the number of the same group in the other spelling of its code; None if there is none.

    ``E130`` and ``1130`` are one signal in two spellings, and two groups.
    """
    if group.code is None:
        return None
    others = {group._replace(code=code) for code in spellings(group.code)} - {group}
    return next((number for of in others if (number := quantities.get(of))), None)
