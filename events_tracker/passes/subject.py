"""What `explain` is asked about: an account, a company's accounts or all, a CUC and a code."""

from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.errors import SegwareError, UsageError
from events_tracker.base.text import did_you_mean, nearest, shortened
from events_tracker.decisions.explaining.counted import Slices, of_accounts
from events_tracker.fetch.directory import LookUp
from events_tracker.model.alarms import Alarm
from events_tracker.model.directory import Directory, Facts
from events_tracker.model.filters import Filter, matcher
from events_tracker.model.groups import Group
from events_tracker.passes.client import one_client

if TYPE_CHECKING:
    from events_tracker.storage import Store


class Subject(Struct, frozen=True):
    """Which groups are meant: an account's, those of some companies by id, or everybody's.

    ``companies`` None, and no account: everybody's. ``texts``: what people called it by; its CUC
    and code choose among the groups.
    """

    texts: Filter
    account_id: int | None = None
    account: Facts | None = None
    companies: frozenset[int] | None = None

    @property
    def narrowed(self) -> frozenset[int] | None:
        """The accounts that a scan has to look at for it; None: all, as always."""
        return None if self.account_id is None else frozenset({self.account_id})

    def can_have(self, alarm: Alarm) -> bool:
        """Tell whether an alarm has groups of which it can be told whose they are."""
        by = alarm.definition.group_by
        if self.account_id is not None:
            return "account" in by
        return self.companies is None or "account" in by or "company" in by

    def takes(self, alarm: Alarm, group: Group, directory: Directory) -> bool:
        """Tell whether a group is meant; the directory knows its account.

        An alarm that does not tell codes apart has no group of another code.
        """
        by, texts = alarm.definition.group_by, self.texts
        kind = Filter(
            cuc=texts.cuc if "cuc" in by else None, code=texts.code if "code" in by else None
        )
        return kind.is_of_kind(group.cuc, group.code) and self._is_of(group, directory)

    def _is_of(self, group: Group, directory: Directory) -> bool:
        if self.account_id is not None:
            return group.account_id == self.account_id
        if self.companies is None:
            return True
        of = directory.facts(group.account_id, group.company_id).company_id
        return of in self.companies

    def events(self, slices: Slices, directory: Directory) -> Slices:
        """Choose the events that are meant; the directory knows their accounts."""
        if self.companies is None:
            return slices
        accounts = directory.accounts.values()
        return of_accounts(
            slices, frozenset(one.id for one in accounts if one.company_id in self.companies)
        )

    def names(self, directory: Directory) -> list[str]:
        """Name the companies that are meant."""
        ids = self.companies or ()
        names = (directory.companies[id_].name for id_ in ids if id_ in directory.companies)
        return sorted(filter(None, names))


def subject(texts: Filter, store: "Store", look_up: LookUp) -> Subject:
    """Find who is meant by an account's code, by a company's name, or by both.

    Raises UsageError for names that nobody knows, and for a code that several clients use;
    SegwareError if it cannot be told.
    """
    company = texts.company
    if texts.account is not None:
        return Subject(texts, *one_client(texts.account, company, store, look_up))
    if company is None:
        return Subject(texts)
    found = _companies(company, look_up.directory())
    if not found:
        look_up.know_companies({company}, None)
        found = _companies(company, look_up.directory())
    if not found:
        if look_up.errors:
            raise SegwareError(look_up.errors[0])
        names = [of.name for of in look_up.directory().companies.values() if of.name]
        hint = did_you_mean(nearest(company, names))
        raise UsageError(f"no company {shortened(company)!r} is known{hint}")
    return Subject(texts, companies=found)


def _companies(name: str, directory: Directory) -> frozenset[int]:
    is_meant = matcher(name)
    companies = directory.companies.values()
    return frozenset(of.id for of in companies if of.name is not None and is_meant(of.name))
