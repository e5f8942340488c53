"""An alarm: the named rule that says which events count, how, and from what number on."""

from collections.abc import Callable, Mapping
from enum import StrEnum

import msgspec
from msgspec import Struct

from events_tracker.base.times import Duration, Instant

TRACKER_ALARM = "tracker"
"""The built-in alarm about the tracker itself; it has no row among the alarms."""
DEFAULT_ALARM = "default"
"""Id and name of the alarm that the environment defines."""

GROUP_FIELDS = ("account", "company", "cuc", "code")
"""What a group may be made of, in the order in which keys and texts name it."""

RULE_FIELDS = (
    "source",
    "of",
    "codes",
    "cucs",
    "accounts",
    "companies",
    "group_by",
    "condition",
    "field",
    "operator",
    "value",
    "values",
    "window",
)
"""The fields that say what an alarm detects, as the contract names them, in its order.

Of `default` they are the settings' matter.
"""


class Priority(StrEnum):
    """The urgency that people give an alarm's alerts, in its order."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Source(StrEnum):
    """The things that an alarm may count."""

    EVENTS = "events"
    DETECTIONS = "detections"


class Condition(StrEnum):
    """The number that an alarm compares: of events, or of different values of a field."""

    COUNT = "count"
    UNIQUE = "unique"


class Operator(StrEnum):
    """The comparison of a group's number with the alarm's value."""

    LESS = "<"
    AT_MOST = "<="
    EQUAL = "="
    AT_LEAST = ">="
    MORE = ">"

    def test(self, value: int) -> Callable[[int], bool]:
        """Return what tells of a quantity whether it compares so with ``value``.

        It is the comparison of `int` itself, so that thousands are compared without a line of
        Python each.
        """
        match self:
            case Operator.LESS:
                return value.__gt__
            case Operator.AT_MOST:
                return value.__ge__
            case Operator.EQUAL:
                return value.__eq__
            case Operator.AT_LEAST:
                return value.__le__
            case Operator.MORE:
                return value.__lt__

    def holds(self, quantity: int, value: int) -> bool:
        """Tell whether a quantity compares so with ``value``."""
        return self.test(value)(quantity)

    @property
    def rises(self) -> bool:
        """True if more events can only make the condition hold, never end it."""
        return self in (Operator.AT_LEAST, Operator.MORE)

    def keeps(self, quantity: int, value: int, percent: int) -> bool:
        """Tell whether what is open still holds: whether it compares so with its clear line.

        The line is ``percent`` of the value, to the exact fraction, where many is what the alarm
        looks for (``>``, ``>=``); of other operators it is the value itself.
        """
        if not self.rises:
            return self.holds(quantity, value)
        return self.holds(quantity * 100, value * percent)

    def extreme(self, one: int, other: int) -> int:
        """Return the one of two numbers that is further in the operator's direction."""
        return min(one, other) if self in (Operator.LESS, Operator.AT_MOST) else max(one, other)


class Definition(Struct, frozen=True):
    """The part of an alarm that decides what it detects: a change here makes a new revision."""

    source: str = Source.EVENTS
    source_alarm_id: str | None = None
    codes: tuple[str, ...] = ()
    cucs: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    group_by: tuple[str, ...] = ("account", "cuc", "code")
    condition: str = Condition.COUNT
    field: str | None = None
    operator: Operator = Operator.AT_LEAST
    value: int = 50
    values: Mapping[str, int] = msgspec.field(default_factory=dict)
    window: Duration = 7_200_000

    def lists(self, cuc: str | None, code: str | None) -> bool:
        """Tell whether the CUC and the code are among those that count; an empty list means all."""
        return (not self.codes or code in self.codes) and (not self.cucs or cuc in self.cucs)

    def value_for(self, code: str | None) -> int:
        """Return the number to compare with: the one of the group's code, if it has its own."""
        return self.values.get(code, self.value) if code is not None else self.value


class Clearing(Struct, frozen=True):
    """When what is open is over: once it was below its clear line for ``after``.

    The line is ``below`` percent of the value. An alarm may have its own of either.
    """

    after: Duration
    below: int = 100

    def of(self, alarm: "Alarm") -> "Clearing":
        """Return what holds for an alarm, where these are the settings'."""
        return self.but(alarm.clear_after, alarm.clear_below)

    def but(self, after: Duration | None, below: int | None) -> "Clearing":
        """Return these with what an alarm has of its own."""
        return Clearing(
            self.after if after is None else after, self.below if below is None else below
        )


class EmailOptions(Struct, frozen=True):
    """The differences of an alarm's e-mails from the settings'; empty means as there."""

    subject: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    include_table: bool = False


class Alarm(Struct, frozen=True):
    """A rule with its name, its life and what scans recorded of it."""

    id: str
    name: str
    defined_in: str
    definition: Definition
    created_at: Instant
    description: str = ""
    priority: str = Priority.MEDIUM
    enabled: bool = True
    notify: bool = True
    channels: tuple[str, ...] = ()
    email: EmailOptions = EmailOptions()
    catch_up: bool = False
    evaluated_until: Instant | None = None
    """The end of the last window that was evaluated whole; from there on it may catch up."""
    clear_below: int | None = None
    """The percentage of its value down to which what is open holds; None: as in the settings."""
    clear_after: Duration | None = None
    """How long what is open must be below that before it is over; None: as in the settings."""
    status: str = "open"
    changed_by: str | None = None
    changed_at: Instant | None = None
    comment: str | None = None
    last_run_at: Instant | None = None
    last_run_status: str | None = None
    last_error: str | None = None
    runs: int = 0
    detections: int = 0
    last_detection_at: Instant | None = None
    counted_at: Instant | None = None
    """When its present revision first counted an event; until then it may match none at all."""
    revision: int = 1
    version: int = 1
    created_by: str | None = None

    @property
    def last_signed(self) -> tuple[str | None, Instant]:
        """Who changed it last, and when; who made it, if nobody has since."""
        if self.changed_at is None:
            return self.created_by, self.created_at
        return self.changed_by, self.changed_at
