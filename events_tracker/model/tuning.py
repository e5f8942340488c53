"""What `tracker tune` finds: the alerts that rules would have opened, and how many messages."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from events_tracker.base.times import DAY, Duration, Instant, Span
from events_tracker.model.alarms import Clearing
from events_tracker.model.groups import Group


class Episode(NamedTuple):
    """An alert as it would have lived: opened by one scan, over at another, or open yet.

    ``quantity``: what was counted when it opened.
    """

    group: Group
    opened_at: Instant
    quantity: int
    ended_at: Instant | None


class Rule(Struct, frozen=True):
    """What is varied of an alarm; all else of it stays."""

    window: Duration
    value: int
    clearing: Clearing


class Grade(StrEnum):
    """How much a rule asks of one operator, by EEMUA 191 and ISA-18.2."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Figures(Struct, frozen=True):
    """What a rule would have done. What is a share lies between 0 and 1, None of no alerts.

    ``accounts``: how many had alerts; groups of no account are one each. ``reopened``: the share of
    alerts that opened soon after the last one of their group was over. The messages are those of
    the channel that carries most: ``spans_over_10`` is the share of spans of ten minutes with more
    than ten. ``stale_per_day``: the alerts that stayed open for more than a day. ``top10_share``:
    that of the ten accounts with the most alerts. ``grade``: None where too little is kept.
    """

    alerts: int
    alerts_per_day: float
    accounts: int
    reopened: float | None
    messages_per_10_minutes: float
    spans_over_10: float
    most_in_10_minutes: int
    stale_per_day: float
    top10_share: float | None
    grade: Grade | None


class Tried(Struct, frozen=True):
    """A rule with its figures. ``current``: it is the one in force."""

    rule: Rule
    current: bool
    figures: Figures


class NotFound(Struct, frozen=True):
    """An entry of the register that the replay does not have, and why it may be so."""

    register_id: str
    account_code: str | None
    account_id: int | None
    cuc: str | None
    code: str | None
    opened_at: Instant
    why: str


class Check(Struct, frozen=True):
    """The rule in force, replayed, beside the register.

    ``register``: the entries of the span under this revision. ``within``: the furthest that one
    which is found opens from its entry. ``others``: entries under earlier revisions, which are not
    compared.
    """

    register: int
    found: int
    within: Duration
    not_found: Sequence[NotFound]
    others: int


class Tuned(Struct, frozen=True):
    """All that is told of an alarm's rules over a span; ``notes`` are sentences for people.

    ``openings``: the events that the alarm may count and that are in no number, because they were
    kept by the hour only. ``by_facts``: what is known of accounts today decides; ``left_out``: how
    many accounts are in no number, because too little is known of them. ``scans_from``: the first
    good scan, where the replay begins before it, and looks each minute until then; after the span
    if there was none.
    """

    alarm: str
    span: Span
    missing_minutes: int
    coarse_minutes: int
    check: Check
    rules: Sequence[Tried]
    notes: Sequence[str]
    openings: int
    by_facts: bool
    left_out: int
    scans_from: Instant | None

    @property
    def days(self) -> float:
        return round(self.span.length / DAY, 1)
