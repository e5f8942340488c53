"""The directory of accounts, companies and client groups, to and from its rows."""

from collections.abc import Collection, Sequence

from events_tracker.model.directory import Account, Directory, Organization
from events_tracker.storage.engines.engine import FetchedRow
from events_tracker.storage.session import Statements


class StoredDirectory:
    """Facts as they were last read."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def accounts(self, ids: Collection[int]) -> dict[int, Account]:
        """What is kept of these accounts, by id."""
        return _by_id(self._statements.chunks("accounts_read", sorted(ids)))

    def accounts_by_code(self, codes: Sequence[str]) -> dict[int, Account]:
        """What is kept of the accounts that people know by these codes, by id."""
        return _by_id(self._statements.chunks("accounts_read_by_code", codes))

    def companies_of_accounts(self, list_route: str) -> tuple[set[int], bool]:
        """The companies of all accounts; and whether a list told all accounts, and each company."""
        rows = self._statements.rows("accounts_companies", list_route=list_route)
        ids = {int(row["company_id"]) for row in rows if row["company_id"] is not None}
        listed = any(row["listed"] for row in rows)
        return ids, listed and all(row["complete"] for row in rows)

    def named(self) -> Directory:
        """All companies and client groups that are kept."""
        return Directory({}, self._named("companies_all"), self._named("client_groups_all"))

    def _named(self, statement: str) -> dict[int, Organization]:
        return {
            int(row["id"] or 0): Organization(
                id=row["id"],  # type: ignore[arg-type]
                name=row["name"],  # type: ignore[arg-type]
                known=bool(row["known"]),
                read_at=row["read_at"],  # type: ignore[arg-type]
                read_from=row["read_from"],  # type: ignore[arg-type]
                missing_since=row["missing_since"],  # type: ignore[arg-type]
            )
            for row in self._statements.rows(statement)
        }

    def save(self, fresh: Directory) -> None:
        """Keep what was read anew."""
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


def _by_id(rows: Sequence[FetchedRow]) -> dict[int, Account]:
    return {
        int(row["account_id"] or 0): Account(
            id=row["account_id"],  # type: ignore[arg-type]
            code=row["account_code"],  # type: ignore[arg-type]
            trade_name=row["trade_name"],  # type: ignore[arg-type]
            company_id=row["company_id"],  # type: ignore[arg-type]
            client_group_id=row["client_group_id"],  # type: ignore[arg-type]
            known=bool(row["known"]),
            complete=bool(row["complete"]),
            read_at=row["read_at"],  # type: ignore[arg-type]
            read_from=row["read_from"],  # type: ignore[arg-type]
            missing_since=row["missing_since"],  # type: ignore[arg-type]
        )
        for row in rows
    }
