"""Which events an alarm counts, by what is known of their accounts."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.text import nearest, plain_name
from events_tracker.decisions.alarms.rules import holds_at_zero
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.reasons import NotCounted
from events_tracker.model.alarms import Definition, Source
from events_tracker.model.directory import Directory
from events_tracker.model.readings import EventKind, Pair, Tally


class Scope(Struct, frozen=True):
    """An alarm's filters and groupings, with account codes and companies turned into ids.

    ``accounts``: those that count, None for all; ``of_list``: those of the alarm's list, whatever
    their company, None without a list. ``company_of`` is there where the alarm groups by company,
    ``listed`` where it must hear of accounts that have no event at all. ``unknown``: accounts with
    events that are left out, because not enough is known of them yet; not ``whole``: that may make
    the numbers of others too low. ``excepted``: accounts that do not count, whatever else is said.
    """

    codes: frozenset[str]
    cucs: frozenset[str]
    accounts: frozenset[int] | None = None
    company_of: Mapping[int, int | None] | None = None
    listed: tuple[int, ...] = ()
    unknown: frozenset[int] = frozenset()
    whole: bool = True
    of_list: frozenset[int] | None = None
    excepted: frozenset[int] = frozenset()

    def without(self, excepted: frozenset[int]) -> "Scope":
        """Return the scope as it is where these accounts do not count."""
        if not excepted:
            return self
        return replace(
            self,
            accounts=None if self.accounts is None else self.accounts - excepted,
            listed=tuple(id_ for id_ in self.listed if id_ not in excepted),
            unknown=self.unknown - excepted,
            excepted=excepted,
        )

    @property
    def problem(self) -> str | None:
        """The facts that it lacks, in a sentence; None if it lacks none."""
        return _missing(self.unknown) if self.unknown else None

    def why_not(self, pair: Pair) -> NotCounted | None:
        """Return why events of this CUC and code do not count; None if they do."""
        cuc, code = pair
        if self.codes and code not in self.codes:
            return NotCounted.CODE
        if self.cucs and cuc not in self.cucs:
            return NotCounted.CUC
        return None

    def why_not_of(self, account_id: int) -> NotCounted | None:
        """Return why events of this account do not count though their CUC and code do, or None."""
        if account_id in self.excepted:
            return NotCounted.EXCEPTED
        if self.accounts is None or account_id in self.accounts:
            return None
        if account_id in self.unknown:
            return NotCounted.FACTS
        if self.of_list is not None and account_id not in self.of_list:
            return NotCounted.ACCOUNT
        return NotCounted.COMPANY

    def inside(
        self, by_pair: Mapping[Pair, Mapping[int, int]]
    ) -> Iterator[tuple[Pair, Mapping[int, int]]]:
        """Go through the events that the alarm counts, by CUC and code, then by account."""
        for pair, counts in by_pair.items():
            if self.why_not(pair) is None:
                if self.accounts is not None:
                    inside = counts.keys() & self.accounts
                elif counts.keys().isdisjoint(self.excepted):
                    yield pair, counts
                    continue
                else:
                    inside = counts.keys() - self.excepted
                yield pair, {account: counts[account] for account in inside}


def why_not_counted(kind: EventKind, never: NeverCounted, scope: Scope) -> NotCounted | None:
    """Return why an alarm does not count such events; None if it does."""
    why = never.why(kind) or scope.why_not((kind.cuc, kind.code))
    return why or scope.why_not_of(kind.account_id)


def needs_facts(definition: Definition) -> bool:
    """Tell whether an alarm filters or groups by what only the directory knows of an account."""
    by_facts = definition.accounts or definition.companies or "company" in definition.group_by
    return definition.source == Source.EVENTS and bool(by_facts)


def accounts_of_interest(definition: Definition, tally: Tally) -> set[int]:
    """Collect the accounts with events that pass the alarm's codes and CUCs."""
    scope = Scope(frozenset(definition.codes), frozenset(definition.cucs))
    return {account for _, accounts in scope.inside(tally.events) for account in accounts}


def scope(definition: Definition, tally: Tally, directory: Directory) -> Scope | str:
    """Turn an alarm's filters into its scope; or say, in a sentence, why that cannot be told.

    Accounts of which not enough is known are left out, where that can change no other account's
    number, or can only make numbers too low for a condition that rises.
    """
    codes, cucs = frozenset(definition.codes), frozenset(definition.cucs)
    if not needs_facts(definition):
        return Scope(codes, cucs)
    of_interest = accounts_of_interest(definition, tally)
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
    return Scope(
        codes,
        cucs,
        frozenset(accounts),
        company_of,
        absent_too,
        unknown,
        whole,
        frozenset(listed) if definition.accounts else None,
    )


def _missing(unknown: Collection[int]) -> str:
    return f"facts about {len(unknown)} accounts are missing yet"


def unknown_names(definition: Definition, directory: Directory) -> str | None:
    """Name what in the alarm's lists nobody knows, in a sentence; None if there is nothing."""
    return unknown_codes(definition, directory) or unknown_companies(definition, directory)


def unknown_codes(definition: Definition, directory: Directory) -> str | None:
    """Name the accounts of the alarm's list that nobody knows, in a sentence; None if none."""
    codes = {account.code for account in directory.accounts.values() if account.known}
    missing = [code for code in definition.accounts if code not in codes]
    return f"Segware knows no account with the code {', '.join(missing[:5])}" if missing else None


def unknown_companies(definition: Definition, directory: Directory) -> str | None:
    """Name a company of the alarm's list that Segware does not have, and the nearest it has.

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
    """Find the accounts that people know by these codes."""
    wanted = frozenset(codes)
    accounts = directory.accounts.values()
    return {account.id for account in accounts if account.known and account.code in wanted}


def is_told(account_id: int, definition: Definition, directory: Directory) -> bool:
    """Tell whether the directory knows of an account what the alarm filters and groups by."""
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
