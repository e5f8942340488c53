"""The numbers of an alarm's groups, kept so that a group is built only where its number matters.

At twenty thousand accounts a window has far over a hundred thousand groups, and a handful of them
reach their value.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import compress
from typing import NamedTuple

from msgspec import Struct, field

from events_tracker.model.alarms import Definition
from events_tracker.model.groups import Group


class Column(NamedTuple):
    """The values of a group but for its account; None for what is not grouped by."""

    company_id: int | None = None
    cuc: str | None = None
    code: str | None = None


class Numbers(Struct, frozen=True):
    """A number for each group: by its column, then by its account (None where there is none)."""

    columns: Mapping[Column, Mapping[int | None, int]] = field(default_factory=dict)

    def get(self, group: Group) -> int | None:
        """Look a group's number up; None if nothing of it was counted."""
        column = self.columns.get(Column(group.company_id, group.cuc, group.code))
        return None if column is None else column.get(group.account_id)

    def holding(self, rule: Definition, own: Mapping[int, int] | None = None) -> list[Group]:
        """List the groups for which an alarm's condition holds.

        ``own``: values of single accounts that are compared with instead of the alarm's.
        """
        found = []
        for column, accounts in self.columns.items():
            company_id, cuc, code = column
            holds = map(rule.operator.test(rule.value_for(code)), accounts.values())
            found += [Group(id_, company_id, cuc, code) for id_ in compress(accounts, holds)]
        return self._with_own(rule, own, found) if own else found

    def _with_own(
        self, rule: Definition, own: Mapping[int, int], found: Iterable[Group]
    ) -> list[Group]:
        """Decide anew of the accounts that have values of their own; they are few."""
        others = [group for group in found if group.account_id not in own]
        return others + [
            Group(id_, *column)
            for column, accounts in self.columns.items()
            for id_, value in own.items()
            if id_ in accounts and rule.operator.holds(accounts[id_], value)
        ]

    def items(self) -> Iterator[tuple[Group, int]]:
        """Go through all groups with their numbers."""
        for (company_id, cuc, code), accounts in self.columns.items():
            for account_id, number in accounts.items():
                yield Group(account_id, company_id, cuc, code), number

    def __bool__(self) -> bool:
        """Tell whether any group's number is more than zero."""
        return any(any(accounts.values()) for accounts in self.columns.values())


def numbers_of(groups: Mapping[Group, int]) -> Numbers:
    """Sort the numbers of single groups by their columns."""
    columns: dict[Column, dict[int | None, int]] = {}
    for group, number in groups.items():
        column = Column(group.company_id, group.cuc, group.code)
        columns.setdefault(column, {})[group.account_id] = number
    return Numbers(columns)
