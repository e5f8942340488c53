"""When the events of each group came: what all rules that count and group alike have in common."""

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Protocol

from events_tracker.base.times import Duration, Instant
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.scope import Scope
from events_tracker.decisions.tuning.looks import Looks, middle
from events_tracker.model.alarms import Condition, Definition
from events_tracker.model.groups import Group
from events_tracker.model.hours import Hour, KeptCounts


class Track(Protocol):
    """The events of one group."""

    def add(self, at: Instant, number: int, of: object) -> None:
        """Take in events of one moment; ``of``: which of the values that an alarm counts."""

    def peak(self, window: Duration) -> int:
        """Return a number that no window's is higher than."""

    def changes(self, looks: Looks, window: Duration) -> Iterator[tuple[int, int]]:
        """Tell at which looks the number of the window is another, and by how much; unordered."""


class Tracks:
    """The tracks of an alarm's groups; ``listed``: those that it must hear of at zero too."""

    def __init__(self, of_groups: Mapping[Group, Track], listed: Collection[Group]) -> None:
        self.of_groups, self.listed = of_groups, listed
        self.peaks = lru_cache(maxsize=None)(self._peaks)

    def _peaks(self, window: Duration) -> Mapping[Group, int]:
        return {group: track.peak(window) for group, track in self.of_groups.items()}


def track(rule: Definition) -> Track:
    """Begin the track of a group."""
    return _Counted() if rule.condition == Condition.COUNT else _Different()


def tracks(kept: KeptCounts, rule: Definition, scope: Scope, never: NeverCounted) -> Tracks:
    """Sort kept counts by the groups of a rule over events.

    ``never``: what no alarm counts, but for occurrences: how many events did not count because of
    theirs, an hour tells itself.
    """
    listed = frozenset(map(Group, scope.listed))
    found = {group: track(rule) for group in listed}
    for hour in kept.hours:
        sums = _Sorting(kept, hour, rule, scope, never)
        for group, at, number, of in sums.lines():
            of_group = found.get(group)
            if of_group is None:
                of_group = found[group] = track(rule)
            of_group.add(at, number, of)
    return Tracks(found, listed)


class _Sorting:
    """The lines of one hour that count, each with its group."""

    def __init__(
        self, kept: KeptCounts, hour: Hour, rule: Definition, scope: Scope, never: NeverCounted
    ) -> None:
        self._hour, self._rule, self._scope, self._never = hour, rule, scope, never
        self._takes = [
            pair[1] not in never.codes and scope.why_not(pair) is None for pair in hour.pairs
        ]
        self._moments = [
            middle(stretch) if kept.span.covers(stretch) else None for stretch in hour.stretches
        ]

    def lines(self) -> Iterator[tuple[Group, Instant, int, object]]:
        """Go through them: the group, when they came, how many they are, and of which value."""
        hour, takes, moments = self._hour, self._takes, self._moments
        columns: Iterable[tuple[int, int, int, int]] = zip(
            hour.accounts, hour.pair_of, hour.stretch_of, hour.numbers, strict=True
        )
        if hour.closed:
            columns = self._without_closed(columns)
        by, companies, field = self._rule.group_by, self._scope.company_of, self._rule.field
        by_account, by_cuc, by_code = "account" in by, "cuc" in by, "code" in by
        left_out = self._left_out()
        for account_id, pair, stretch, number in columns:
            if not takes[pair] or (at := moments[stretch]) is None:
                continue
            cuc, code = hour.pairs[pair]
            if left_out is not None and left_out(account_id, code):
                continue
            group = Group(
                account_id if by_account else None,
                None if companies is None else companies.get(account_id),
                cuc if by_cuc else None,
                code if by_code else None,
            )
            yield group, at, number, {"account": account_id, "cuc": cuc}.get(field or "", code)

    def _without_closed(
        self, columns: Iterable[tuple[int, int, int, int]]
    ) -> Iterator[tuple[int, int, int, int]]:
        closed = self._hour.closed
        for place, (account_id, pair, stretch, number) in enumerate(columns):
            if left := number - closed.get(place, 0):
                yield account_id, pair, stretch, left

    def _left_out(self) -> Callable[[int, str], bool] | None:
        """Return what tells of an account and code that they do not count; None if all do."""
        scope, injected = self._scope, self._never.injected
        if scope.accounts is None and not scope.excepted and not injected:
            return None
        return lambda account_id, code: (
            scope.why_not_of(account_id) is not None or (account_id, code) in injected
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
