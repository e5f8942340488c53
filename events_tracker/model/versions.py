"""What an alarm was after each change: by whom, when and why."""

from typing import Any

from msgspec import Struct

from events_tracker.base.times import Duration, Instant
from events_tracker.model.alarms import RULE_FIELDS, Alarm, Definition, EmailOptions

CONTENT_FIELDS = (
    "name",
    "description",
    "priority",
    *RULE_FIELDS,
    "enabled",
    "notify",
    "channels",
    "email",
    "catch_up",
    "status",
)
"""What people set of every alarm, as the contract's ALARM names it, in its order."""

OWN_FIELDS = ("clear_below", "clear_after")
"""What an alarm may have of its own instead of the settings'; in JSON only where it has it."""


class Content(Struct, frozen=True, kw_only=True):
    """The part of an alarm that people set: what a version keeps, and a restore takes back.

    It is stored by these names, for ever: a new field has a default, none is renamed.
    """

    name: str
    description: str
    priority: str
    definition: Definition
    enabled: bool
    notify: bool
    channels: tuple[str, ...]
    email: EmailOptions
    catch_up: bool
    status: str
    clear_below: int | None = None
    clear_after: Duration | None = None

    @classmethod
    def of(cls, alarm: Alarm) -> "Content":
        """Take from an alarm what people set."""
        return cls(**{field: getattr(alarm, field) for field in cls.__struct_fields__})

    def value_of(self, field: str) -> Any:
        """Return one of CONTENT_FIELDS or OWN_FIELDS; of a source's alarm, the id."""
        if field == "of":
            return self.definition.source_alarm_id
        return getattr(self if field in self.__struct_fields__ else self.definition, field)


class Version(Struct, frozen=True):
    """An alarm as one change left it. ``comment`` is that change's own, None if there was none."""

    version: int
    changed_at: Instant
    changed_by: str | None
    comment: str | None
    content: Content
