"""A group: the combination of values that an alarm counts by."""

from typing import NamedTuple

from events_tracker.base.ids import digest
from events_tracker.model.alarms import GROUP_FIELDS


class Group(NamedTuple):
    """The values of one group; None for a field the alarm does not group by.

    A CUC may be None beside that: events without one are a group of their own.
    """

    account_id: int | None = None
    company_id: int | None = None
    cuc: str | None = None
    code: str | None = None

    def key(self, group_by: tuple[str, ...]) -> str:
        """Make the group's key among those of its alarm: 64 hexadecimal digits, never null."""
        named = zip(GROUP_FIELDS, self, strict=True)
        return digest([[field, value] for field, value in named if field in group_by])
