"""The directory during one pass: what is kept, and what is asked of Segware because it is not."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from events_tracker.base import limits
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import NotKnown, SegwareError, SegwareRefused
from events_tracker.base.text import plain_name
from events_tracker.base.times import Instant
from events_tracker.base.workers import alone, each
from events_tracker.model.directory import Account, Directory, Organization

if TYPE_CHECKING:
    from events_tracker.segware import Segware
    from events_tracker.storage import Store

Fact = TypeVar("Fact", Account, Organization)
_LIST = "/v1/accounts"


class LookUp:
    """One pass's look-ups: each fact at most once, side by side, a bounded number.

    ``known``: what earlier look-ups found that is not kept in the database.

    ``listed_at`` is when the list of all accounts was read for the sake of a code or a company,
    ``errors`` has a sentence for each kind of failure.
    """

    def __init__(
        self,
        store: "Store",
        segware: "Segware",
        now: Instant,
        deadline: Deadline,
        known: Directory | None = None,
    ) -> None:
        known = known or Directory()
        self._store = store
        self._segware = segware
        self._now = now
        self._deadline = deadline
        self._left = limits.LOOK_UPS_PER_PASS
        named = store.read(lambda rows: rows.directory.named())
        self._kept_companies = {**named.companies, **known.companies}
        self._kept_groups = {**named.client_groups, **known.client_groups}
        self._kept = dict(known.accounts)
        self._wanted: set[int] = set()
        self._asked: set[int] = set()
        self._accounts: dict[int, Account] = {}
        self._companies: dict[int, Organization] = {}
        self._client_groups: dict[int, Organization] = {}
        self._all_companies = False
        self._list_was_read = False
        self._list_error: SegwareError | None = None
        self.listed_at: Instant | None = None
        self.errors: list[str] = []

    def know(self, account_ids: Iterable[int], company_ids: Iterable[int] = ()) -> None:
        """Learn what is missing or too old of these accounts, and of their companies and groups."""
        ids = set(account_ids)
        self._wanted |= ids
        self._recall(ids - self._accounts.keys() - self._asked)
        done = {id_ for id_, account in self._accounts.items() if account.complete}
        due = {id_ for id_ in ids - self._asked - done if self._is_due(id_)}
        self._asked |= due
        self._look_up_accounts(due)
        known = self.directory().accounts
        accounts = [known[id_] for id_ in ids if id_ in known]
        companies = {a.company_id for a in accounts if a.company_id is not None} | set(company_ids)
        self._look_up_companies(companies - self._companies.keys())
        groups = {a.client_group_id for a in accounts if a.client_group_id is not None}
        if any(
            self._is_old(self._kept_groups.get(id_)) for id_ in groups - self._client_groups.keys()
        ):
            self._look_up_client_groups(groups)

    def know_codes(
        self, codes: Collection[str], listed_at: Instant | None, *, others: bool = False
    ) -> None:
        """Learn which accounts people know by these codes.

        For a code that nobody knows the list of all accounts is read, at most hourly: ``listed_at``
        is when that was last done. ``others``: it is read for the sake of those as well that have a
        code which we know of somebody else.
        """
        if not codes:
            return
        sorted_codes = sorted(codes)
        self._kept |= self._store.read(lambda rows: rows.directory.accounts_by_code(sorted_codes))
        known = self.directory().accounts.values()
        if others or set(codes) - {account.code for account in known if account.known}:
            self._list_again(listed_at)

    def know_companies(self, names: Collection[str], listed_at: Instant | None) -> None:
        """Learn of all companies there are, if one of these names is not among those we know.

        They are those of the accounts; the list of accounts is read as for :meth:`know_codes`.
        """
        named = {plain_name(c.name) for c in self.directory().companies.values() if c.name}
        if all(plain_name(name) in named for name in names):
            return
        self._list_again(listed_at)
        lacking = {id_ for id_, account in self._accounts.items() if not account.complete}
        if len(lacking) <= limits.LIST_ACCOUNTS_OVER:
            self.know(lacking)
        ids, whole = self._store.read(lambda rows: rows.directory.companies_of_accounts(_LIST))
        if self._list_was_read and self._list_error is None:
            whole = all(account.complete for account in self._accounts.values())
        ids |= {a.company_id for a in self._accounts.values() if a.company_id is not None}
        self._look_up_companies(ids - self._companies.keys())
        self._all_companies = whole and ids <= self.directory().companies.keys()

    def _list_again(self, listed_at: Instant | None) -> None:
        """Read the list of all accounts, unless that was done within the hour."""
        if listed_at is not None and listed_at > self._now - limits.UNKNOWN_ACCOUNT_RETRY:
            return
        self._read_account_list()
        if self._list_error is not None:
            self._note(self._list_error)
        if self._list_error is None or isinstance(self._list_error, SegwareRefused):
            self.listed_at = self._now

    def _recall(self, account_ids: Collection[int]) -> None:
        """Load from the database what is kept of these accounts."""
        new = set(account_ids) - self._kept.keys()
        self._kept |= self._store.read(lambda rows: rows.directory.accounts(new))

    @property
    def fresh(self) -> Directory:
        """The facts that were read anew and are worth keeping.

        Of a list that was only a short cut, that is what was asked for: the twenty thousand others
        would be written for nothing. A list that was read for a code's or a company's sake is kept
        whole, since scans to come look names up in it.
        """
        accounts = self._accounts
        if self.listed_at is None:
            accounts = {id_: accounts[id_] for id_ in self._wanted if id_ in accounts}
        return Directory(accounts, self._companies, self._client_groups)

    def directory(self) -> Directory:
        """Combine what was kept with what was read anew, which replaces it."""
        return Directory(
            {**self._kept, **self._accounts},
            {**self._kept_companies, **self._companies},
            {**self._kept_groups, **self._client_groups},
            self._all_companies,
        )

    def _is_old(self, fact: Organization | Account | None) -> bool:
        if fact is not None and fact.missing_since is not None:
            return self._was_missing_before(fact.missing_since)
        return fact is None or fact.read_at <= self._now - limits.DIRECTORY_MAX_AGE

    def _was_missing_before(self, since: Instant) -> bool:
        """Tell whether it is long enough since Segware answered not to know it for asking again."""
        return not self._now - limits.UNKNOWN_ACCOUNT_RETRY < since <= self._now

    def _is_due(self, id_: int) -> bool:
        account = self._kept.get(id_)
        if account is None or self._is_old(account) or not account.complete:
            return True
        return not account.known and account.read_at <= self._now - limits.UNKNOWN_ACCOUNT_RETRY

    def _look_up_accounts(self, due: set[int]) -> None:
        if len(due) > limits.LIST_ACCOUNTS_OVER:
            self._read_account_list()
            due = {
                id_ for id_ in due if id_ not in self._accounts or not self._accounts[id_].complete
            }
        self._ask_singly(
            due,
            self._segware.account,
            lambda id_: Account(id_, None, None, None, None, False, self._now, "/v5/accounts"),
            self._kept,
            self._accounts,
        )

    def _read_account_list(self) -> None:
        # Only a short cut: where this route is not allowed, each account is asked for by itself.
        if self._list_was_read:
            return
        self._list_was_read = True
        try:
            listed = self._listed(self._segware.accounts, "accounts")
        except SegwareError as error:
            self._list_error = error
            return
        # A list that leaves out companies does not make us forget those that we know.
        self._recall({account.id for account in listed if not account.complete})
        self._accounts |= {
            account.id: account
            for account in listed
            if account.complete or not self._is_complete(account.id)
        }

    def _is_complete(self, id_: int) -> bool:
        account = self._kept.get(id_)
        return account is not None and account.known and account.complete

    def _look_up_companies(self, ids: set[int]) -> None:
        self._ask_singly(
            {id_ for id_ in ids if self._is_old(self._kept_companies.get(id_))},
            self._segware.company,
            lambda id_: Organization(id_, None, False, self._now, "/v1/company"),
            self._kept_companies,
            self._companies,
        )

    def _look_up_client_groups(self, ids: set[int]) -> None:
        try:
            listed = self._listed(self._segware.client_groups, "client groups")
        except SegwareError as error:
            self._note(error)
            return
        groups = {group.id: group for group in listed}
        for id_ in ids - groups.keys():
            gone = Organization(id_, None, False, self._now, "/v1/clientGroups")
            groups[id_] = self._gone(self._kept_groups.get(id_), gone)
        self._client_groups |= groups

    def _listed(self, ask: Callable[[Instant], list[Fact]], what: str) -> list[Fact]:
        """Read a whole list. It is asked for because something must be in it: empty is an error."""
        try:
            listed = alone(self._deadline, lambda: ask(self._now))
        except TimeoutError:
            raise SegwareError(f"the pass ran out of time before all {what} were read") from None
        if not listed:
            raise SegwareError(f"Segware answered an empty list of {what}: it is not believed")
        return listed

    def _ask_singly(
        self,
        due: set[int],
        ask: Callable[[int, Instant], Fact],
        unknown: Callable[[int], Fact],
        kept: Mapping[int, Fact],
        read: dict[int, Fact],
    ) -> None:
        """Ask for each by itself, as far as room and time go; a later scan does the rest."""
        chosen = sorted(due)[: self._left]
        self._left -= len(chosen)
        jobs = {id_: _job(ask, id_, self._now) for id_ in chosen}
        results = each(self._deadline, jobs)
        if len(results) < len(jobs):
            self._note(SegwareError("the pass ran out of time before all accounts were looked up"))
        for id_, result in results.items():
            if isinstance(result, NotKnown):
                read[id_] = self._gone(kept.get(id_), unknown(id_))
            elif isinstance(result, SegwareError):
                self._note(result)
            elif isinstance(result, Exception):
                raise result
            else:
                read[id_] = result

    def _gone(self, kept: Fact | None, unknown: Fact) -> Fact:
        """Note that Segware does not know this; what was known stays until it says so again."""
        if kept is None or not kept.known:
            return unknown
        if kept.missing_since is None:
            return replace(kept, missing_since=self._now)
        return unknown if self._was_missing_before(kept.missing_since) else kept

    def _note(self, error: SegwareError) -> None:
        if str(error) not in self.errors:
            self.errors.append(str(error))


def _job(ask: Callable[[int, Instant], Fact], id_: int, now: Instant) -> Callable[[], Fact]:
    return lambda: ask(id_, now)
