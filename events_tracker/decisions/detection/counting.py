"""What alarms count: the events of a window, grouped and measured."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from events_tracker.base.times import Instant, Span
from events_tracker.decisions.detection.exceptions import NOBODY, Excepted
from events_tracker.decisions.detection.numbers import Column, Numbers
from events_tracker.decisions.detection.scope import Scope
from events_tracker.model.alarms import Alarm, Condition, Definition
from events_tracker.model.groups import Group
from events_tracker.model.readings import Pair, Tally


class Counted(NamedTuple):
    """The number of events of one account, CUC and code that an alarm counted."""

    account_id: int | None
    cuc: str | None
    code: str | None
    number: int


CountedOf = Callable[[Collection[Group]], Mapping[Group, Sequence[Counted]]]
"""Tells of which events the numbers of some groups are made."""


class Overlap(Struct, frozen=True):
    """The part of a window that lies in a later one too, which an earlier scan saw whole.

    ``until``: where the later one ended; ``numbers``: what was counted in both.
    """

    until: Instant
    numbers: Numbers


class Evaluation(Struct, frozen=True):
    """The view of one alarm of its window.

    ``whole``: every slice of it was read, and nothing that is not known could change the numbers.
    ``counted`` tells of which events the numbers of some groups are made. ``overlap`` is there
    where a later window was seen whole before (hosts' clocks differ). ``unknown``: accounts that
    were left out, because it is not known yet whether and where they count. ``holding``: the groups
    whose decisive number makes the condition hold; :func:`compared` fills it in. ``excepted``: the
    accounts that the alarm does not count, or compares with values of their own.
    """

    alarm: Alarm
    window: Span
    whole: bool
    numbers: Numbers
    counted: CountedOf
    overlap: Overlap | None
    unknown: Collection[int]
    holding: Sequence[Group]
    excepted: Excepted = NOBODY

    @property
    def partial(self) -> bool:
        """True if there may be more than was counted."""
        return not self.whole or bool(self.unknown)

    @property
    def newest(self) -> bool:
        """True if no window that ends later was seen whole before."""
        return self.overlap is None

    @property
    def settles(self) -> bool:
        """True if it may say that a condition does not hold (any more)."""
        return self.whole and self.newest

    @property
    def known_until(self) -> Instant:
        """The end of the latest window that it takes into account."""
        return self.window.end if self.overlap is None else self.overlap.until

    @property
    def decisive(self) -> Numbers:
        """The numbers that are compared.

        Of an older window only what the later one holds too: what has left that one was told and
        over by then, or never reached the value.
        """
        return self.numbers if self.overlap is None else self.overlap.numbers

    def value_for(self, group: Group) -> int:
        """Return the number that a group's is compared with: its account's own, if it has one."""
        own = None if group.account_id is None else self.excepted.values.get(group.account_id)
        return self.alarm.definition.value_for(group.code) if own is None else own

    def is_exact(self, group: Group) -> bool:
        """Tell whether a group's number may say that its condition does not hold (any more)."""
        return self.settles and group.account_id not in self.unknown


def compared(
    alarm: Alarm,
    window: Span,
    whole: bool,
    numbers: Numbers,
    counted: CountedOf,
    *,
    overlap: Overlap | None = None,
    unknown: Collection[int] = frozenset(),
    excepted: Excepted = NOBODY,
) -> Evaluation:
    """Compare what was counted with the alarm's value, once for all that follows."""
    decisive = numbers if overlap is None else overlap.numbers
    holding = decisive.holding(alarm.definition, excepted.values)
    return Evaluation(alarm, window, whole, numbers, counted, overlap, unknown, holding, excepted)


def measure(definition: Definition, scope: Scope, tally: Tally) -> Numbers:
    """Give every group that has events in the alarm's scope its number."""
    if definition.condition == Condition.UNIQUE:
        columns = _unique(definition, scope, tally)
    elif "account" in definition.group_by and scope.company_of is None:
        columns = _sums_by_account(definition.group_by, scope, tally)
    else:
        columns = _sums(definition.group_by, scope, tally)
    return Numbers(with_listed(columns, scope.listed))


_Columns = Mapping[Column, Mapping[int | None, int]]


def with_listed(columns: _Columns, listed: Collection[int]) -> _Columns:
    """Add the accounts that an alarm must hear of though they have no event at all."""
    if not listed:
        return columns
    numbers: dict[int | None, int] = dict.fromkeys(listed, 0)
    return {**columns, Column(): numbers | dict(columns.get(Column(), {}))}


def _column_of(group_by: Sequence[str]) -> Callable[[Pair], Column]:
    """Return what finds the column of a CUC and code, companies aside."""
    by_cuc, by_code = "cuc" in group_by, "code" in group_by
    return lambda pair: Column(None, pair[0] if by_cuc else None, pair[1] if by_code else None)


def _sums_by_account(group_by: Sequence[str], scope: Scope, tally: Tally) -> _Columns:
    """Add up by account; a column of one CUC and code takes its counter as it is."""
    column_of = _column_of(group_by)
    shared: dict[Column, Mapping[int | None, int]] = {}
    own: dict[Column, dict[int | None, int]] = {}
    for pair, accounts in scope.inside(tally.events):
        column = column_of(pair)
        if column not in shared:
            shared[column] = accounts  # type: ignore[assignment]
            continue
        sums = own.get(column)
        if sums is None:
            sums = own[column] = dict(shared[column])
        for account_id, number in accounts.items():
            sums[account_id] = sums.get(account_id, 0) + number
    return {**shared, **own}


def _sums(group_by: Sequence[str], scope: Scope, tally: Tally) -> _Columns:
    """Add up what is not grouped by account alone."""
    column_of, company_of = _column_of(group_by), scope.company_of
    by_account = "account" in group_by
    sums: dict[Column, dict[int | None, int]] = {}
    for pair, accounts in scope.inside(tally.events):
        column = column_of(pair)
        if company_of is None:
            _add(sums, column, None, sum(accounts.values()))
            continue
        for id_, number in accounts.items():
            of_company = Column(company_of.get(id_), column.cuc, column.code)
            _add(sums, of_company, id_ if by_account else None, number)
    return sums


def _add(
    sums: dict[Column, dict[int | None, int]], column: Column, account_id: int | None, number: int
) -> None:
    if number:
        accounts = sums.setdefault(column, {})
        accounts[account_id] = accounts.get(account_id, 0) + number


def _unique(definition: Definition, scope: Scope, tally: Tally) -> _Columns:
    """Count the different values of the alarm's field; an event without one adds none."""
    seen: defaultdict[Column, defaultdict[int | None, set[object]]] = defaultdict(
        lambda: defaultdict(set)
    )
    column_of, company_of = _column_of(definition.group_by), scope.company_of or {}
    by_account = "account" in definition.group_by
    for pair, accounts in scope.inside(tally.events):
        occurrences = _occurrences_of(pair, tally) if definition.field == "occurrence" else {}
        _, cuc, code = column_of(pair)
        for account_id in accounts:
            values = seen[Column(company_of.get(account_id), cuc, code)][
                account_id if by_account else None
            ]
            if definition.field == "account":
                values.add(account_id)
            elif definition.field == "code":
                values.add(pair[1])
            elif definition.field == "occurrence":
                values |= occurrences.get(account_id, set())
            elif pair[0] is not None:
                values.add(pair[0])
    return {
        column: {account_id: len(values) for account_id, values in of_account.items()}
        for column, of_account in seen.items()
    }


def _occurrences_of(pair: Pair, tally: Tally) -> Mapping[int, set[str]]:
    """Collect the different occurrences of one CUC and code, by account."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for account_id, occurrence in tally.occurrences.get(pair, {}):
        found[account_id].add(occurrence)
    return found


def counted_in(definition: Definition, scope: Scope, tally: Tally) -> CountedOf:
    """Return what tells of which events the numbers of some groups are made."""

    def counted(wanted: Collection[Group]) -> Mapping[Group, Sequence[Counted]]:
        found: dict[Group, list[Counted]] = {group: [] for group in wanted}
        if not wanted:
            return found
        if "account" in definition.group_by:
            _look_up(found, definition.group_by, scope, tally)
        else:
            _go_through(found, definition.group_by, scope, tally)
        return found

    return counted


def _look_up(
    found: Mapping[Group, list[Counted]], group_by: Sequence[str], scope: Scope, tally: Tally
) -> None:
    """Find what the groups of single accounts counted, without a look at any other account."""
    column_of = _column_of(group_by)
    of_column: dict[Column, list[tuple[Pair, Mapping[int, int]]]] = {}
    for pair, accounts in scope.inside(tally.events):
        of_column.setdefault(column_of(pair), []).append((pair, accounts))
    for group, counted in found.items():
        id_ = group.account_id
        for (cuc, code), accounts in of_column.get(Column(None, group.cuc, group.code), ()):
            number = None if id_ is None else accounts.get(id_)
            if number is not None:
                counted.append(Counted(id_, cuc, code, number))


def _go_through(
    found: Mapping[Group, list[Counted]], group_by: Sequence[str], scope: Scope, tally: Tally
) -> None:
    """Find what groups without accounts counted: that of all accounts, or of all of a company."""
    column_of, company_of = _column_of(group_by), scope.company_of or {}
    for pair, accounts in scope.inside(tally.events):
        _, cuc, code = column_of(pair)
        for account_id, number in accounts.items():
            counted = found.get(Group(None, company_of.get(account_id), cuc, code))
            if counted is not None:
                counted.append(Counted(account_id, *pair, number))


def total(scopes: Iterable[tuple[Instant, Scope]], windows: Mapping[Instant, Tally]) -> int:
    """Count the events that at least one alarm counted: each in the longest window that took it.

    ``scopes`` are those of the alarms, each with the start of its window.
    """
    by_age = sorted(_different(scopes), key=lambda item: item[0])
    pairs = {pair for tally in windows.values() for pair in tally.events}
    return sum(_total_of(pair, by_age, windows) for pair in pairs)


def _total_of(
    pair: Pair, by_age: Sequence[tuple[Instant, Scope]], windows: Mapping[Instant, Tally]
) -> int:
    taken = 0
    done: set[int] = set()
    for start, scope in by_age:
        if scope.why_not(pair) is not None:
            continue
        accounts = windows[start].events.get(pair, {})
        if scope.accounts is not None:
            inside = (accounts.keys() & scope.accounts) - done
        elif scope.excepted:
            inside = accounts.keys() - scope.excepted - done
        else:
            return taken + sum(accounts.values()) - sum(accounts.get(id_, 0) for id_ in done)
        taken += sum(accounts[account] for account in inside)
        done |= inside
    return taken


def _different(scopes: Iterable[tuple[Instant, Scope]]) -> list[tuple[Instant, Scope]]:
    """Return the different ones; which companies they group by does not matter here."""
    seen = {
        (start, scope.codes, scope.cucs, scope.accounts, scope.excepted): (start, scope)
        for start, scope in scopes
    }
    return list(seen.values())
