"""Why an account is open, not open, not over or not told: what `explain` answers."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, field

from events_tracker.base.times import Instant, Span
from events_tracker.model.alarms import Alarm, Clearing
from events_tracker.model.alerts import Alert
from events_tracker.model.causes import LastHours
from events_tracker.model.deliveries import DeliveryState
from events_tracker.model.directory import Facts
from events_tracker.model.holds import Listed
from events_tracker.model.notes import Note
from events_tracker.model.silence import Silence


class GroupState(StrEnum):
    """The standing of a group: of what the next scan opens, that it is open."""

    OPEN = "open"
    BELOW = "below"
    MUTED = "muted"
    QUIET = "quiet"
    """It has no event that counts."""


class Reason(Struct, frozen=True):
    """One reason: a key that does not change, and the facts that its sentence names."""

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)


class Bucket(Struct, frozen=True):
    """The number of a group's events in one slice of the window."""

    span: Span
    count: int


class NotCountedEvents(Struct, frozen=True):
    """Events of one CUC and code that an alarm does not count, and why."""

    cuc: str | None
    code: str
    count: int
    reason: Reason


class Next(Struct, frozen=True):
    """What would change the state.

    ``opens_with``: so many events more. ``below_at`` and ``over_at``: the earliest moments at which
    the condition can cease to hold and the alert be over, if nothing more comes. None where nobody
    can say.
    """

    opens_with: int | None = None
    below_at: Instant | None = None
    over_at: Instant | None = None


class ExplainedGroup(Struct, frozen=True):
    """One group of an alarm. ``at_least``: part of its window was not read.

    ``account_id`` and ``company_id``: None where the alarm does not group by them; ``facts``: what
    is known of either.
    ``buckets``: oldest first; empty where what is counted are no events. ``alert``: the one that
    is, or was, open; None where there is none yet.
    """

    cuc: str | None
    code: str | None
    quantity: int
    value: int
    state: GroupState
    at_least: bool
    reasons: Sequence[Reason]
    buckets: Sequence[Bucket]
    next: Next
    alert: Alert | None = None
    account_id: int | None = None
    company_id: int | None = None
    facts: Facts = Facts()
    deliveries: Sequence[DeliveryState] = ()
    notes: Sequence[Note] = ()
    hold: Listed | None = None
    """The hold that keeps, or kept, news of it back at that moment; of several, the last to end."""


class ExplainedAlarm(Struct, frozen=True):
    """One alarm's view of what is asked about: of an account, of a company's, of all.

    ``clears``: when what is open is over. ``reasons``: what holds for the alarm as a whole.
    ``fetched``: the events in this alarm's window, ``counted`` those of them that count, the others
    are ``not_counted``. Of an alarm over detections all of it is nothing. ``more``: so many groups
    with an event or an alert are left out, because there are more than anybody reads.
    """

    alarm: Alarm
    window: Span
    clears: Clearing
    reasons: Sequence[Reason]
    fetched: int
    counted: int
    groups: Sequence[ExplainedGroup]
    more: int
    not_counted: Sequence[NotCountedEvents]


class Explanation(Struct, frozen=True):
    """The whole answer, as of the moment ``at``: about one account, or about many.

    ``account_id`` and ``account``: None where it is about many; ``companies``: those whose accounts
    are meant, empty if all are. ``as_of``: the end of the last good scan, None if there was none.
    ``fetched``: the events in the longest of the windows. ``heard_at``: the end of the newest slice
    with an event that an account sent itself. ``silence``: the verdict on the one account, None
    where no alert of it was over lately, or no counts are kept. ``last_hours``: what the one
    account looks like; ``opened``: when its alerts opened in the last 30 days. ``holds``: those of
    the account, or else those of the groups that are told of. ``names`` are those of alarms by id.
    ``notes`` are for people, ``errors`` say what could not be read.
    """

    account_id: int | None
    account: Facts | None
    companies: Sequence[str]
    at: Instant
    as_of: Instant | None
    fetched: int
    alarms: Sequence[ExplainedAlarm]
    heard_at: Instant | None
    silence: Silence | None
    last_hours: LastHours | None
    opened: Sequence[Instant]
    holds: Sequence[Listed]
    names: Mapping[str, str]
    notes: Sequence[str]
    errors: Sequence[str]

    @property
    def codes(self) -> set[str]:
        """The event codes that are told of, counted or not."""
        groups = {one.code for alarm in self.alarms for one in alarm.groups}
        others = {one.code for alarm in self.alarms for one in alarm.not_counted}
        return {code for code in groups | others if code is not None}
