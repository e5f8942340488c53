"""What alarms count: the events of a window, filtered, grouped and measured."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from events_tracker.base.text import nearest, plain_name
from events_tracker.base.times import Instant, Span
from events_tracker.decisions.alarms.rules import holds_at_zero
from events_tracker.model.alarms import Alarm, Definition
from events_tracker.model.directory import Directory
from events_tracker.model.groups import Group
from events_tracker.model.readings import EventKind, Tally

Pair = tuple[str | None, str]
"""A CUC and a code: what most filters ask for."""


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


@dataclass(frozen=True, slots=True)
class NeverCounted:
    """Events that no alarm counts.

    ``codes``: the code that the tracker injects; ``injected``: (account id, code) of what it did
    inject; ``occurrences``: those that an ignored user closed. ``only``: if not None, the accounts
    that a dry run is narrowed to.
    """

    codes: frozenset[str] = frozenset()
    injected: frozenset[tuple[int, str]] = frozenset()
    occurrences: frozenset[str] = frozenset()
    only: frozenset[int] | None = None

    def has(self, kind: EventKind) -> bool:
        return (
            kind.code in self.codes
            or (kind.account_id, kind.code) in self.injected
            or kind.occurrence in self.occurrences
            or (self.only is not None and kind.account_id not in self.only)
        )


@dataclass(slots=True)
class Counts:
    """The countable events of one window by CUC and code, then by account.

    ``occurrences``: the same with the different occurrences, where an alarm asks for them.
    """

    events: dict[Pair, dict[int, int]] = field(default_factory=dict)
    occurrences: dict[Pair, dict[int, set[str]]] = field(default_factory=dict)

    def extended(self, tally: Tally, never: NeverCounted, *, by_occurrence: bool) -> "Counts":
        """These events and those of an older stretch; ``self`` stays as it is."""
        events = {pair: dict(accounts) for pair, accounts in self.events.items()}
        occurrences = {
            pair: {account: set(ids) for account, ids in accounts.items()}
            for pair, accounts in self.occurrences.items()
        }
        for kind, count in tally.items():
            if never.has(kind):
                continue
            account_id, cuc, code, occurrence = kind
            accounts = events.setdefault((cuc, code), {})
            accounts[account_id] = accounts.get(account_id, 0) + count
            if by_occurrence and occurrence is not None:
                ids = occurrences.setdefault((cuc, code), {}).setdefault(account_id, set())
                ids.add(occurrence)
        return Counts(events, occurrences)


@dataclass(frozen=True, slots=True)
class Scope:
    """An alarm's filters and groupings, with account codes and companies turned into ids.

    ``accounts`` None: all. ``company_of`` is there where the alarm groups by company, ``listed``
    where it must hear of accounts that have no event at all. ``unknown``: accounts with events that
    are left out, because not enough is known of them yet; not ``whole``: that may make the numbers
    of others too low.
    """

    codes: frozenset[str]
    cucs: frozenset[str]
    accounts: frozenset[int] | None = None
    company_of: Mapping[int, int | None] | None = None
    listed: tuple[int, ...] = ()
    unknown: frozenset[int] = frozenset()
    whole: bool = True

    @property
    def problem(self) -> str | None:
        """What is missing of it, in a sentence; None if nothing is."""
        return _missing(self.unknown) if self.unknown else None

    def narrowed(self, accounts: frozenset[int]) -> "Scope":
        """The same, hearing of these accounts at most where there is no event."""
        return replace(self, listed=tuple(id_ for id_ in self.listed if id_ in accounts))

    def takes(self, pair: Pair) -> bool:
        cuc, code = pair
        return (not self.codes or code in self.codes) and (not self.cucs or cuc in self.cucs)

    def of(self, by_pair: Mapping[Pair, dict[int, int]]) -> Iterable[tuple[Pair, dict[int, int]]]:
        """The events that it takes, by CUC and code, then by account."""
        for pair, counts in by_pair.items():
            if self.takes(pair):
                if self.accounts is None:
                    yield pair, counts
                else:
                    inside = counts.keys() & self.accounts
                    yield pair, {account: counts[account] for account in inside}


def needs_facts(definition: Definition) -> bool:
    """Whether an alarm filters or groups by what only the directory knows of an account."""
    by_facts = definition.accounts or definition.companies or "company" in definition.group_by
    return definition.source == "events" and bool(by_facts)


def accounts_of_interest(definition: Definition, counts: Counts) -> set[int]:
    """The accounts with events that pass the alarm's codes and CUCs."""
    scope = Scope(frozenset(definition.codes), frozenset(definition.cucs))
    return {account for _, accounts in scope.of(counts.events) for account in accounts}


def scope(definition: Definition, counts: Counts, directory: Directory) -> Scope | str:
    """The alarm's scope; or, in a sentence, why it cannot be told.

    Accounts of which not enough is known are left out, where that can change no other account's
    number, or can only make numbers too low for a condition that rises.
    """
    codes, cucs = frozenset(definition.codes), frozenset(definition.cucs)
    if not needs_facts(definition):
        return Scope(codes, cucs)
    of_interest = accounts_of_interest(definition, counts)
    listed = ids_of(definition.accounts, directory)
    concerned = of_interest | listed if holds_at_zero(definition) else of_interest
    unknown = frozenset(id_ for id_ in concerned if not is_told(id_, definition, directory))
    by_account = "account" in definition.group_by
    if unknown and (unknown == concerned or not (definition.operator.rises or by_account)):
        return _missing(unknown)
    problem = unknown_names(definition, directory)
    if problem and not unknown:
        return problem
    whole = problem is None and (by_account or not unknown)
    accounts = (listed if definition.accounts else of_interest) - unknown
    if definition.companies:
        accounts &= _of_companies(accounts, definition.companies, directory)
    company_of = None
    if "company" in definition.group_by:
        company_of = {id_: _company(id_, directory) for id_ in accounts}
    absent_too = tuple(sorted(accounts)) if holds_at_zero(definition) else ()
    return Scope(codes, cucs, frozenset(accounts), company_of, absent_too, unknown, whole)


def _missing(unknown: Collection[int]) -> str:
    return f"facts about {len(unknown)} accounts are missing yet"


def unknown_names(definition: Definition, directory: Directory) -> str | None:
    """Which name in the alarm's lists nobody knows, in a sentence; None if there is none."""
    return unknown_codes(definition, directory) or unknown_companies(definition, directory)


def unknown_codes(definition: Definition, directory: Directory) -> str | None:
    """Which accounts of the alarm's list nobody knows, in a sentence; None if there is none."""
    codes = {account.code for account in directory.accounts.values() if account.known}
    missing = [code for code in definition.accounts if code not in codes]
    return f"Segware knows no account with the code {', '.join(missing[:5])}" if missing else None


def unknown_companies(definition: Definition, directory: Directory) -> str | None:
    """Which company of the alarm's list Segware does not have, with the nearest that it has.

    None if there is none, or if not all companies are known.
    """
    if not (definition.companies and directory.all_companies):
        return None
    known = [company.name for company in directory.companies.values() if company.name]
    plain = {plain_name(name) for name in known}
    for name in definition.companies:
        if plain_name(name) not in plain:
            near = nearest(name, known)
            hint = f": did you mean {near!r}?" if near else ""
            return f"Segware knows no company called {name[:80]!r}{hint}"
    return None


def ids_of(codes: Collection[str], directory: Directory) -> set[int]:
    """The accounts that people know by these codes."""
    wanted = frozenset(codes)
    accounts = directory.accounts.values()
    return {account.id for account in accounts if account.known and account.code in wanted}


def is_told(account_id: int, definition: Definition, directory: Directory) -> bool:
    """Whether the directory knows of an account what the alarm filters and groups by."""
    account = directory.accounts.get(account_id)
    if account is None:
        return False
    if not account.known:
        return True
    if definition.accounts and account.code is None and not account.complete:
        return False
    if not definition.companies and "company" not in definition.group_by:
        return True
    named = account.company_id is None or account.company_id in directory.companies
    return account.complete and (named or not definition.companies)


def _of_companies(ids: Iterable[int], names: Sequence[str], directory: Directory) -> set[int]:
    wanted = {plain_name(name) for name in names}
    companies = {
        company.id
        for company in directory.companies.values()
        if company.name is not None and plain_name(company.name) in wanted
    }
    return {id_ for id_ in ids if _company(id_, directory) in companies}


def _company(account_id: int, directory: Directory) -> int | None:
    account = directory.accounts.get(account_id)
    return account.company_id if account else None


def measure(definition: Definition, of: Scope, counts: Counts) -> dict[Group, int]:
    """Every group that has events in the alarm's scope, with its number."""
    if definition.condition == "unique":
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
            if not of.takes(pair):
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
