"""An alert: a trigger while it is open, and its register entry for ever."""

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.times import Duration, Instant, Span
from events_tracker.model.alarms import Operator
from events_tracker.model.groups import Group

FORCED = "forced"
"""The reason of what somebody closed by hand begins with it: ``forced: TEXT (by WHO)``."""
NOTHING_HEARD = "below; nothing heard since "
"""What ended below, and silent since, has this reason, and a moment as people write it."""
DELETED_BY_HAND = "its trigger was deleted from the database"
"""The text of what nobody signed: somebody deleted the row."""


class Record(Struct, frozen=True):
    """The number of events of one code, CUC and account that an alert counted at opening."""

    code: str | None
    cuc: str | None
    account_code: str | None
    count: int
    account_id: int | None = None


def record_object(record: Record) -> dict[str, str | int | None]:
    """Write a record as programs read it."""
    return {
        "code": record.code,
        "cuc": record.cuc,
        "account_code": record.account_code,
        "count": record.count,
    }


class Trigger(Struct, frozen=True):
    """The row that says "this alarm is open for this group"."""

    alarm_id: str
    group_key: str
    register_id: str
    revision: int
    group: Group
    quantity: int
    highest: int
    observed_seq: int
    observed_at: Instant
    below_since: Instant | None
    muted: bool


class Observation(Struct, frozen=True):
    """One scan's view of an open alert: whether its condition holds, and its extreme so far."""

    trigger: Trigger
    holds: bool
    quantity: int
    highest: int


class Alert(Struct, frozen=True):
    """A register entry: one opening of an alarm for a group, and what became of it.

    ``id`` is None in a dry run; unknown values are None. ``quantity`` is the count at opening, or
    the current one where an open alert is shown; ``highest`` its extreme while the condition held.
    ``facts_due_at`` is when to ask for missing facts (again), None once nothing is missing.
    ``cause`` is a guess, of :class:`Cause`, at what the events came from. ``heard_at`` is when its
    account was last heard, until it cleared; None where it is not of one account, or nobody knows.
    ``hold_id``: the hold that keeps, or kept, its news back.
    """

    id: str | None
    alarm_id: str
    alarm: str
    revision: int
    priority: str
    operator: Operator
    threshold: int
    group_key: str
    account_id: int | None
    account_code: str | None
    trade_name: str | None
    company_id: int | None
    company: str | None
    client_group_id: int | None
    client_group: str | None
    cuc: str | None
    code: str | None
    quantity: int
    highest: int
    partial: bool
    period_started_at: Instant
    period_ended_at: Instant
    opened_at: Instant
    opened_seq: int = 0
    cleared_at: Instant | None = None
    clear_reason: str | None = None
    archived_at: Instant | None = None
    records: tuple[Record, ...] = ()
    facts_due_at: Instant | None = None
    cause: str | None = None
    heard_at: Instant | None = None
    hold_id: str | None = None

    @property
    def register_id(self) -> str:
        """The id of what is in the register, or about to be; what is only foreseen has none."""
        if self.id is None:
            raise ValueError("an alert that is only foreseen has no place in the register")
        return self.id

    @property
    def window(self) -> Span:
        """The time in which came what it counted when it opened."""
        return Span(self.period_started_at, self.period_ended_at)

    @property
    def by_hand(self) -> "ByHand | None":
        """Who closed it by hand, and why; None for what is open or ended by itself."""
        reason = self.clear_reason or ""
        if not reason.startswith(f"{FORCED}: "):
            return None
        given = reason.removeprefix(f"{FORCED}: ")
        text, signed, who = given.rpartition(" (by ")
        return ByHand(text, who.removesuffix(")")) if signed else ByHand(given, None)

    @property
    def silent_since(self) -> str | None:
        """The moment since which nothing was heard of what ended silent, in words; else None."""
        reason = self.clear_reason or ""
        told = reason.startswith(NOTHING_HEARD)
        return reason.removeprefix(NOTHING_HEARD) if told else None

    def closed(self, now: Instant, reason: str) -> "Alert":
        """Return the alert as ended, never before it opened: the closing host's clock may err."""
        return replace(self, cleared_at=max(now, self.opened_at), clear_reason=reason)


class ByHand(Struct, frozen=True):
    """The hand that closed an alert: why, and who signed; None if it was done in the database."""

    text: str
    who: str | None


class Standing(Struct, frozen=True):
    """The standing of an open alert by its trigger and its alarm: all that `clear` decides by.

    ``revision`` is the alarm's that opened it, ``alarm_revision`` the one of today, None once the
    alarm is gone. ``clear_after``: the alarm's own, None where it has none. ``heard_at``: when its
    account was last heard, None where nobody knows.
    """

    register_id: str
    muted: bool
    revision: int
    observed_at: Instant
    below_since: Instant | None
    alarm_revision: int | None
    alarm_enabled: bool
    clear_after: Duration | None = None
    heard_at: Instant | None = None


class Situation(Struct, frozen=True):
    """The situation of an alert as people see it: what the last scan saw, and whose it is.

    Once no scan observes it any more, ``quantity`` and ``observed_at`` are None.
    ``muted``: closed by hand, and silent until a scan has seen its condition not hold.
    """

    register_id: str
    quantity: int | None = None
    observed_at: Instant | None = None
    below_since: Instant | None = None
    muted: bool = False
    acknowledged_by: str | None = None
    acknowledged_at: Instant | None = None


class OpenAlert(Struct, frozen=True):
    """An alert that is open, with how it stands. ``alert.quantity`` is the count at opening.

    ``quantity``: the last one. ``clear_below``: the alarm's own, None where it has none.
    """

    alert: Alert
    standing: Standing
    quantity: int
    clear_below: int | None = None


class Notification(Struct, frozen=True):
    """Something that somebody should be told of an alert. ``kind``: ``opened`` or ``cleared``."""

    id: str
    register_id: str
    kind: str
    created_at: Instant
