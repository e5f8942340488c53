"""The report of a span of time: what a shift hands over, and whom to repair first."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, field

from events_tracker.base.times import Instant, Span
from events_tracker.model.alerts import Alert


class Part(StrEnum):
    """The one part of a report that an entry is in, by when it opened and whether it is over."""

    OPEN_BEFORE = "open_before"
    OPENED_AND_OPEN = "opened_and_open"
    OPENED_AND_OVER = "opened_and_over"
    OPENED_BEFORE_AND_OVER = "opened_before_and_over"


class By(StrEnum):
    """Whose alerts are added up to find the worst."""

    ACCOUNT = "account"
    COMPANY = "company"
    GROUP = "group"


class Entry(Struct, frozen=True):
    """An entry of the register by when it was open."""

    id: str
    opened_at: Instant
    cleared_at: Instant | None


class Opening(Entry, frozen=True):
    """An entry of the register, as far as a report counts it; ``alarm_name``: its name then."""

    alarm_id: str
    alarm_name: str
    group_key: str
    account_id: int | None
    account_code: str | None
    trade_name: str | None
    company: str | None
    client_group: str | None
    cuc: str | None
    code: str | None


class Opened(Struct, frozen=True):
    """How many entries of one account opened in a span."""

    account_id: int | None
    company: str | None
    client_group: str | None
    alerts: int


class Sent(Struct, frozen=True):
    """A delivery that was sent."""

    channel: str
    destination_key: str
    sent_at: Instant
    company: str | None
    client_group: str | None


class Untold(Struct, frozen=True):
    """Deliveries of one channel for one account that ended the same way, and that nobody has.

    ``since``: when the first of them was to be told.
    """

    channel: str
    status: str
    account_id: int | None
    account_code: str | None
    company: str | None
    client_group: str | None
    since: Instant
    deliveries: int


class Scan(Struct, frozen=True):
    """One scan that was applied: the end of its window, and how it went."""

    started_at: Instant
    status: str


class Load(Struct, frozen=True):
    """How much the span asked of whoever was told: the messages in each ten minutes of it."""

    spans: Sequence[int]

    @property
    def messages(self) -> int:
        return sum(self.spans)

    @property
    def per_10_minutes(self) -> float:
        """The mean, to a hundredth."""
        return round(self.messages / len(self.spans), 2)

    @property
    def spans_over_10(self) -> int:
        return sum(count > 10 for count in self.spans)

    @property
    def most(self) -> int:
        return max(self.spans)


class Kind(StrEnum):
    """Why something is to be looked at, in the order in which it is told."""

    SILENT = "silent"
    FLAPPING = "flapping"
    MUTED = "muted"
    HOLD_ENDING = "hold_ending"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    GAP = "gap"
    ALARM_ERROR = "alarm_error"
    STALE = "stale"


class Attention(Struct, frozen=True):
    """Something that whoever takes over has to look at.

    ``words``: the key of its sentence, ``facts`` what that names. Without an account it concerns
    none, or several.
    """

    kind: Kind
    words: str
    since: Instant
    account_code: str | None = None
    account_id: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


Whose = int | str | None
"""Whose alerts or events they are: an account's id, a company's or a group's name, or nobody's."""


class Offender(Struct, frozen=True):
    """One account, company or group, by how many alerts or events it had in the span.

    ``share``: of all of them, from 0 to 1. ``before``: how many it had in the span before, of equal
    length; None if nobody knows. ``alerts``: how many opened.
    """

    whose: Whose
    number: int
    share: float
    before: int | None
    alerts: int

    @property
    def change(self) -> int | None:
        return None if self.before is None else self.number - self.before


class Ranking(Struct, frozen=True):
    """The worst, and all others together; None where there are none."""

    total: int
    worst: Sequence[Offender]
    others: Offender | None


class MostEvents(Struct, frozen=True):
    """Who sent the most events, as far as counts are kept of the span.

    ``until``: the last moment that is kept. ``missing`` and ``missing_before``: the minutes up to
    then, and of the span before, of which nothing is; the second None where nothing at all is.
    """

    ranking: Ranking
    until: Instant
    missing: int
    missing_before: int | None


class Told(Struct, frozen=True):
    """One way in which it was, or was not, told that an alert opened."""

    channel: str
    status: str


class Report(Struct, frozen=True):
    """All of it. ``open`` and ``over`` may be cut to a length; ``parts`` count whole.

    ``told``: of those that are open, by their ids. ``stale``: how many of what is open are so for
    more than a day; ``attention`` has each of them only where nothing is cut. ``scans`` were
    applied, ``good_scans`` of them read everything. ``most_events``: None where no counts are kept
    of the span; ``kept_from``: from when on any are, None if none are. ``names``: codes and trade
    names of accounts, by their ids. ``hidden``: entries of no company, which a filter by company
    leaves out.
    """

    span: Span
    parts: Mapping[Part, int]
    open: Sequence[Alert]
    over: Sequence[Alert]
    told: Mapping[str, Sequence[Told]]
    stale: int
    attention: Sequence[Attention]
    load: Load
    good_scans: int
    scans: int
    most_alerts: Ranking
    most_events: MostEvents | None
    kept_from: Instant | None
    names: Mapping[Whose, tuple[str | None, str | None]]
    hidden: int

    @property
    def is_open(self) -> int:
        return self.parts[Part.OPEN_BEFORE] + self.parts[Part.OPENED_AND_OPEN]

    @property
    def opened(self) -> int:
        return self.parts[Part.OPENED_AND_OPEN] + self.parts[Part.OPENED_AND_OVER]

    @property
    def is_over(self) -> int:
        return self.parts[Part.OPENED_AND_OVER] + self.parts[Part.OPENED_BEFORE_AND_OVER]

    @property
    def nothing(self) -> bool:
        """True if nothing happened that anybody would have to be told."""
        return not (any(self.parts.values()) or self.attention or self.load.messages)
