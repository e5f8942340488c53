"""Facts about accounts, companies and client groups, as Segware describes them."""

from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct, field

from events_tracker.base import limits
from events_tracker.base.times import Instant

T = TypeVar("T")


class Account(Struct, frozen=True):
    """People know the ``code``; the API speaks of the ``id``.

    ``known`` is False after a 404; ``complete`` is False where a list told it without its company.
    """

    id: int
    code: str | None
    trade_name: str | None
    company_id: int | None
    client_group_id: int | None
    known: bool
    read_at: Instant
    read_from: str
    complete: bool = True
    missing_since: Instant | None = None
    """When Segware first answered not to know it any more; it is believed at the second time."""


class Organization(Struct, frozen=True):
    """A company or a client group: an id and its name.

    ``known`` is False after a 404. ``read_at``: when it was read; ``read_from``: by which route.
    """

    id: int
    name: str | None
    known: bool
    read_at: Instant
    read_from: str
    missing_since: Instant | None = None


class Facts(Struct, frozen=True):
    """The facts that an alert tells of its account; None for what is not known or not there."""

    account_code: str | None = None
    trade_name: str | None = None
    company_id: int | None = None
    company: str | None = None
    client_group_id: int | None = None
    client_group: str | None = None
    complete: bool = False
    """Whether all that Segware can tell has been told; otherwise a later scan asks again."""


class Directory(Struct, frozen=True):
    """All facts at hand, by id. ``all_companies``: there is no company that is not among them."""

    accounts: Mapping[int, Account] = field(default_factory=dict)
    companies: Mapping[int, Organization] = field(default_factory=dict)
    client_groups: Mapping[int, Organization] = field(default_factory=dict)
    all_companies: bool = False

    def facts(self, account_id: int | None, company_id: int | None = None) -> Facts:
        """Gather what is known of an account; of its company alone where a group has no account."""
        if account_id is None:
            company = _of(self.companies, company_id)
            return Facts(
                company_id=company_id,
                company=company.name if company else None,
                complete=company_id is None or company is not None,
            )
        account = _of(self.accounts, account_id)
        if account is None or not account.known:
            return Facts()
        company = _of(self.companies, account.company_id)
        client_group = _of(self.client_groups, account.client_group_id)
        return Facts(
            account_code=account.code,
            trade_name=account.trade_name,
            company_id=account.company_id,
            company=company.name if company else None,
            client_group_id=account.client_group_id,
            client_group=client_group.name if client_group else None,
            complete=account.complete
            and (account.company_id is None or company is not None)
            and (account.client_group_id is None or client_group is not None),
        )

    def account_code(self, account_id: int | None) -> str | None:
        """Return the code by which people know an account."""
        account = _of(self.accounts, account_id)
        return account.code if account and account.known else None

    def ask_again_at(self, account_id: int | None, now: Instant) -> Instant:
        """Tell when to ask for missing facts: now, or in an hour where the account is unknown.

        The hour begins when Segware last answered not to know it.
        """
        account = _of(self.accounts, account_id)
        if account is None or account.known:
            return now
        return account.read_at + limits.UNKNOWN_ACCOUNT_RETRY


def _of(known: Mapping[int, T], id_: int | None) -> T | None:
    return None if id_ is None else known.get(id_)
