"""The directory of accounts, companies and client groups, as rows."""

from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from events_tracker.model.directory import Account, Directory, Organization
from events_tracker.storage.convert import convert
from events_tracker.storage.session import Statements

Fact = TypeVar("Fact", Account, Organization)


class StoredDirectory:
    """Accounts, companies and client groups as they were last read from Segware."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def accounts(self, ids: Collection[int]) -> dict[int, Account]:
        """Read those of these accounts that are kept, by id."""
        rows = self._statements.chunks("accounts_read", sorted(ids))
        return _by_id(convert(rows, list[Account]))

    def accounts_by_code(self, codes: Sequence[str]) -> dict[int, Account]:
        """Read the accounts that people know by these codes, by id."""
        rows = self._statements.chunks("accounts_read_by_code", codes)
        return _by_id(convert(rows, list[Account]))

    def account_codes(self) -> set[str]:
        """Read every code by which an account is known to the directory or the register."""
        return {str(row["account_code"]) for row in self._statements.rows("accounts_codes")}

    def trade_names(self) -> set[str]:
        """Read the names of all accounts that are kept."""
        return {str(row["trade_name"]) for row in self._statements.rows("accounts_trade_names")}

    def first_accounts(self, count: int) -> list[Account]:
        """Read accounts that Segware knows, in the order of their codes, at most so many."""
        return convert(self._statements.rows("accounts_first", count=count), list[Account])

    def companies_of_accounts(self, list_route: str) -> tuple[set[int], bool]:
        """Read the ids of all accounts' companies; True with them if they are surely all.

        They are where a list of all accounts was read, and no account lacks its company.
        """
        rows = self._statements.rows("accounts_companies", list_route=list_route)
        ids = {convert(row["company_id"], int) for row in rows if row["company_id"] is not None}
        listed = any(row["listed"] for row in rows)
        return ids, listed and all(row["complete"] for row in rows)

    def named(self) -> Directory:
        """Read all companies and client groups that are kept."""
        companies = convert(self._statements.rows("companies_all"), list[Organization])
        client_groups = convert(self._statements.rows("client_groups_all"), list[Organization])
        return Directory({}, _by_id(companies), _by_id(client_groups))

    def of(self, account_ids: Collection[int]) -> Directory:
        """Read these accounts, with all companies and client groups."""
        return replace(self.named(), accounts=self.accounts(account_ids))

    def save(self, fresh: Directory) -> None:
        """Keep these facts in place of what was kept of the same ids."""
        self._statements.insert(
            "accounts_save",
            [
                {
                    "account_id": account.id,
                    "account_code": account.code,
                    "trade_name": account.trade_name,
                    "company_id": account.company_id,
                    "client_group_id": account.client_group_id,
                    "known": int(account.known),
                    "complete": int(account.complete),
                    "read_at": account.read_at,
                    "read_from": account.read_from,
                    "missing_since": account.missing_since,
                }
                for account in fresh.accounts.values()
            ],
        )
        for statement, named in (
            ("companies_save", fresh.companies),
            ("client_groups_save", fresh.client_groups),
        ):
            self._statements.insert(
                statement,
                [
                    {
                        "id": item.id,
                        "name": item.name,
                        "known": int(item.known),
                        "read_at": item.read_at,
                        "read_from": item.read_from,
                        "missing_since": item.missing_since,
                    }
                    for item in named.values()
                ],
            )


def _by_id(facts: Iterable[Fact]) -> dict[int, Fact]:
    return {fact.id: fact for fact in facts}
