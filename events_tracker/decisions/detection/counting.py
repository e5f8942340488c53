"""What alarms count: the events of a window, grouped and measured."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from events_tracker.base.times import Instant, Span
from events_tracker.decisions.detection.counts import Counts
from events_tracker.decisions.detection.scope import Scope
from events_tracker.model.alarms import Alarm, Condition, Definition
from events_tracker.model.groups import Group


class Counted(NamedTuple):
    """How many events of one account, CUC and code an alarm counted."""

    account_id: int | None
    cuc: str | None
    code: str | None
    number: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """What of a window lies in a later one too, which an earlier scan saw whole.

    ``until``: where the later one ended; ``groups``: what was counted in both.
    """

    until: Instant
    groups: Mapping[Group, int]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one alarm saw in its window. ``whole``: every slice of the window was read, and nothing
    that is not known could change the numbers.

    ``counted`` tells of which events the numbers of some groups are made. ``overlap`` is there
    where a later window was seen whole before (hosts' clocks differ). ``unknown``: accounts that
    were left out, because it is not known yet whether and where they count.
    """

    alarm: Alarm
    window: Span
    whole: bool
    groups: Mapping[Group, int]
    counted: Callable[[Collection[Group]], Mapping[Group, Sequence[Counted]]]
    overlap: Overlap | None = None
    unknown: Collection[int] = frozenset()

    @property
    def partial(self) -> bool:
        """Whether there may be more than was counted."""
        return not self.whole or bool(self.unknown)

    @property
    def newest(self) -> bool:
        """Whether no window that ends later was seen whole before."""
        return self.overlap is None

    @property
    def settles(self) -> bool:
        """Whether it may say that a condition does not hold (any more)."""
        return self.whole and self.newest

    @property
    def known_until(self) -> Instant:
        """The end of the latest window that it takes into account."""
        return self.window.end if self.overlap is None else self.overlap.until

    @property
    def decisive(self) -> Mapping[Group, int]:
        """The numbers that are compared.

        Of an older window only what the later one holds too: what has left that one was told and
        over by then, or never reached the value.
        """
        return self.groups if self.overlap is None else self.overlap.groups

    def is_exact(self, group: Group) -> bool:
        """Whether the number of a group may say that its condition does not hold (any more)."""
        return self.settles and group.account_id not in self.unknown


def measure(definition: Definition, of: Scope, counts: Counts) -> dict[Group, int]:
    """Every group that has events in the alarm's scope, with its number."""
    if definition.condition == Condition.UNIQUE:
        groups = {group: len(seen) for group, seen in _unique(definition, of, counts).items()}
    else:
        groups = _sums(definition.group_by, of, counts)
    for account_id in of.listed:
        groups.setdefault(Group(account_id), 0)
    return groups


def _sums(group_by: Sequence[str], of: Scope, counts: Counts) -> dict[Group, int]:
    by_cuc, by_code = "cuc" in group_by, "code" in group_by
    single = "account" in group_by or of.company_of is not None
    sums: defaultdict[Group, int] = defaultdict(int)
    for (cuc, code), accounts in of.of(counts.events):
        cuc_, code_ = cuc if by_cuc else None, code if by_code else None
        if not single:
            if accounts:
                sums[Group(None, None, cuc_, code_)] += sum(accounts.values())
            continue
        group = _grouper(group_by, of, cuc_, code_)
        for account_id, count in accounts.items():
            sums[group(account_id)] += count
    return dict(sums)


def _unique(definition: Definition, of: Scope, counts: Counts) -> dict[Group, set[object]]:
    """The different values of the alarm's field; an event without one adds none."""
    by_cuc, by_code = "cuc" in definition.group_by, "code" in definition.group_by
    seen: defaultdict[Group, set[object]] = defaultdict(set)
    for (cuc, code), accounts in of.of(counts.events):
        occurrences = counts.occurrences.get((cuc, code), {})
        group = _grouper(
            definition.group_by, of, cuc if by_cuc else None, code if by_code else None
        )
        for account_id in accounts:
            values = seen[group(account_id)]
            if definition.field == "account":
                values.add(account_id)
            elif definition.field == "code":
                values.add(code)
            elif definition.field == "occurrence":
                values |= occurrences.get(account_id, set())
            elif cuc is not None:
                values.add(cuc)
    return seen


def _grouper(
    group_by: Sequence[str], of: Scope, cuc: str | None, code: str | None
) -> Callable[[int], Group]:
    """From an account to its group, for events of one CUC and code."""
    company_of = of.company_of
    if "account" not in group_by:
        if company_of is None:
            everything = Group(None, None, cuc, code)
            return lambda account_id: everything
        return lambda account_id: Group(None, company_of.get(account_id), cuc, code)
    if company_of is None:
        return lambda account_id: Group(account_id, None, cuc, code)
    return lambda account_id: Group(account_id, company_of.get(account_id), cuc, code)


def counted_in(
    definition: Definition, of: Scope, counts: Counts
) -> Callable[[Collection[Group]], Mapping[Group, Sequence[Counted]]]:
    """What tells of which events the numbers of some groups are made."""
    by_cuc, by_code = "cuc" in definition.group_by, "code" in definition.group_by

    def counted(wanted: Collection[Group]) -> Mapping[Group, Sequence[Counted]]:
        found: dict[Group, list[Counted]] = {group: [] for group in wanted}
        if not wanted:
            return found
        for (cuc, code), accounts in of.of(counts.events):
            group = _grouper(
                definition.group_by, of, cuc if by_cuc else None, code if by_code else None
            )
            for account_id, count in accounts.items():
                events = found.get(group(account_id))
                if events is not None:
                    events.append(Counted(account_id, cuc, code, count))
        return found

    return counted


def total(scopes: Iterable[tuple[int, Scope]], windows: Mapping[int, Counts]) -> int:
    """How many events at least one alarm counted: each in the longest window that took it.

    ``scopes`` are those of the alarms, each with the start of its window.
    """
    by_start = sorted(_different(scopes), key=lambda item: item[0])
    taken = 0
    pairs = {pair for counts in windows.values() for pair in counts.events}
    for pair in pairs:
        done: set[int] = set()
        for start, of in by_start:
            if of.why_not(pair) is not None:
                continue
            accounts = windows[start].events.get(pair, {})
            inside = accounts.keys() - done
            if of.accounts is not None:
                inside &= of.accounts
            taken += sum(accounts[account] for account in inside)
            done |= inside
            if of.accounts is None:
                break
    return taken


def _different(scopes: Iterable[tuple[int, Scope]]) -> list[tuple[int, Scope]]:
    """The different ones; which companies they group by does not matter here."""
    seen = {}
    for start, of in scopes:
        seen[start, of.codes, of.cucs, of.accounts] = (start, of)
    return list(seen.values())
