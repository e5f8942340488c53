"""When the events of each group came: what all rules that count and group alike have in common."""

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from events_tracker.base.times import Duration, Instant, Span
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.scope import Scope
from events_tracker.decisions.tuning.looks import Looks, middle
from events_tracker.model.alarms import Condition, Definition
from events_tracker.model.groups import Group
from events_tracker.model.hours import Hour, KeptCounts
from events_tracker.model.readings import Pair


class Track(Protocol):
    """The events of one group."""

    def add(self, at: Instant, number: int, of: object) -> None:
        """Take in events of one moment; ``of``: which of the values that an alarm counts."""

    def peak(self, window: Duration) -> int:
        """Return a number that no window's is higher than."""

    def changes(self, looks: Looks, window: Duration) -> Iterator[tuple[int, int]]:
        """Tell at which looks the number of the window is another, and by how much; unordered."""


class Stretch(NamedTuple):
    """The looks from ``first`` to before ``after``, at which a group has the same number."""

    first: int
    after: int
    number: int


class Tracks:
    """The tracks of an alarm's groups; ``listed``: those that it must hear of at zero too."""

    def __init__(self, of_groups: Mapping[Group, Track], listed: Collection[Group]) -> None:
        self.of_groups, self.listed = of_groups, listed
        self.peaks = lru_cache(maxsize=None)(self._peaks)
        self._courses: dict[tuple[Group, Looks, Duration], list[Stretch]] = {}

    def _peaks(self, window: Duration) -> Mapping[Group, int]:
        return {group: track.peak(window) for group, track in self.of_groups.items()}

    def course(self, group: Group, looks: Looks, window: Duration) -> Sequence[Stretch]:
        """Go through the looks at which the group's number is one and the same, in order."""
        of = (group, looks, window)
        if of not in self._courses:
            self._courses[of] = _course(self.of_groups[group].changes(looks, window), looks)
        return self._courses[of]


def _course(changes: Iterable[tuple[int, int]], looks: Looks) -> list[Stretch]:
    sums: dict[int, int] = {}
    for look, change in changes:
        sums[look] = sums.get(look, 0) + change
    found: list[Stretch] = []
    number = before = 0
    for look, change in sorted(sums.items()):
        if change:
            if before < look:
                found.append(Stretch(before, look, number))
            number, before = number + change, look
    if before < len(looks.moments):
        found.append(Stretch(before, len(looks.moments), number))
    return found


def track(rule: Definition) -> Track:
    """Begin the track of a group."""
    return _Counted() if rule.condition == Condition.COUNT else _Different()


def tracks(kept: KeptCounts, rule: Definition, scope: Scope, never: NeverCounted) -> Tracks:
    """Sort kept counts by the groups of a rule over events.

    ``never``: what no alarm counts, but for occurrences: how many events did not count because of
    theirs, an hour tells itself.
    """
    listed = frozenset(map(Group, scope.listed))
    sorting = _Sorting(rule, scope, never, {group: track(rule) for group in listed})
    for hour in kept.hours:
        sorting.add(hour, kept.span)
    return Tracks(sorting.found, listed)


class _Sorting:
    """Finds for each line of kept hours the track of its group, for each account and pair once."""

    def __init__(
        self, rule: Definition, scope: Scope, never: NeverCounted, found: dict[Group, Track]
    ) -> None:
        self._rule, self._scope, self._never = rule, scope, never
        self.found = found
        self._of_pair: dict[Pair, dict[int, Track | None]] = {}

    def add(self, hour: Hour, span: Span) -> None:
        """Take in the lines of an hour that lie in the span as a whole."""
        of_pairs = [self._accounts(pair) for pair in hour.pairs]
        moments = [middle(one) if span.covers(one) else None for one in hour.stretches]
        values = [self._value(pair) for pair in hour.pairs]
        by_account = self._rule.field == "account"
        for account_id, pair, stretch, number in _columns(hour):
            accounts, at = of_pairs[pair], moments[stretch]
            if accounts is None or at is None:
                continue
            if account_id not in accounts:
                accounts[account_id] = self._track(account_id, *hour.pairs[pair])
            of_group = accounts[account_id]
            if of_group is not None:
                of_group.add(at, number, account_id if by_account else values[pair])

    def _accounts(self, pair: Pair) -> dict[int, Track | None] | None:
        """Return the tracks of a pair by account; None if the alarm does not count it."""
        if pair[1] in self._never.codes or self._scope.why_not(pair) is not None:
            return None
        return self._of_pair.setdefault(pair, {})

    def _value(self, pair: Pair) -> str | None:
        return pair[0] if self._rule.field == "cuc" else pair[1]

    def _track(self, account_id: int, cuc: str | None, code: str) -> Track | None:
        scope, by = self._scope, self._rule.group_by
        injected = (account_id, code) in self._never.injected
        if injected or scope.why_not_of(account_id) is not None:
            return None
        group = Group(
            account_id if "account" in by else None,
            None if scope.company_of is None else scope.company_of.get(account_id),
            cuc if "cuc" in by else None,
            code if "code" in by else None,
        )
        return self.found.setdefault(group, track(self._rule))


def _columns(hour: Hour) -> Iterable[tuple[int, int, int, int]]:
    """List an hour's lines: account, pair, stretch, and how many events counted then."""
    columns = zip(hour.accounts, hour.pair_of, hour.stretch_of, hour.numbers, strict=True)
    if not hour.closed:
        return columns
    return (
        (account_id, pair, stretch, left)
        for place, (account_id, pair, stretch, number) in enumerate(columns)
        if (left := number - hour.closed.get(place, 0))
    )


class _Counted:
    """Events that are counted."""

    __slots__ = ("_moments", "_numbers")

    def __init__(self) -> None:
        self._moments, self._numbers = array("q"), array("q")

    def add(self, at: Instant, number: int, of: object) -> None:
        self._moments.append(at)
        self._numbers.append(number)

    def peak(self, window: Duration) -> int:
        highest = inside = first = 0
        events = sorted(zip(self._moments, self._numbers, strict=True))
        for at, number in events:
            inside += number
            while events[first][0] + window < at:
                inside -= events[first][1]
                first += 1
            highest = max(highest, inside)
        return highest

    def changes(self, looks: Looks, window: Duration) -> Iterator[tuple[int, int]]:
        for at, number in zip(self._moments, self._numbers, strict=True):
            first, after = looks.inside(at, window)
            if first < after:
                yield first, number
                yield after, -number


class _Different:
    """Different values: each counts once, while any event of it is in the window."""

    __slots__ = ("_moments",)

    def __init__(self) -> None:
        self._moments: dict[object, array[int]] = {}

    def add(self, at: Instant, number: int, of: object) -> None:
        if of is not None:
            self._moments.setdefault(of, array("q")).append(at)

    def peak(self, window: Duration) -> int:
        return len(self._moments)

    def changes(self, looks: Looks, window: Duration) -> Iterator[tuple[int, int]]:
        for moments in self._moments.values():
            start, end = 0, 0
            for at in sorted(moments):
                first, after = looks.inside(at, window)
                if first > end:
                    yield from _stay(start, end)
                    start = first
                end = max(end, after)
            yield from _stay(start, end)


def _stay(start: int, end: int) -> Iterator[tuple[int, int]]:
    if start < end:
        yield start, 1
        yield end, -1
