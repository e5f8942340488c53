"""The evidence of one account: what a pack for a client is made of."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from events_tracker.base.times import Instant, Span
from events_tracker.model.alerts import Alert
from events_tracker.model.deliveries import DeliveryState
from events_tracker.model.directory import Facts
from events_tracker.model.readings import EventRecord, Tally
from events_tracker.model.versions import Version


class Origin(StrEnum):
    """Where the events of a slice were counted."""

    SEGWARE = "segware"
    """Asked for now."""
    MEMORY = "memory"
    """As a scan remembered them."""
    KEPT = "kept"
    """As the counts of the past are kept, by minute."""


OPENINGS = "openings"
"""What stands for the code of openings and closings of which only an hour's sum is kept."""


class AccountSlice(Struct, frozen=True):
    """The events of one account in one slice: known together, without times of their own."""

    span: Span
    tally: Tally
    origin: Origin
    records: Sequence[EventRecord] = ()


class Stretch(Struct, frozen=True):
    """A part of the evidence; ``counted``: it lies in an alert's window, and is counted again."""

    span: Span
    counted: bool


class StretchRead(Struct, frozen=True):
    """What was read of a stretch.

    ``slices``: those that begin in it, oldest first. ``today``: the account's events as Segware
    answers now; ``answered``: the records of all accounts among its answers. Both are empty where
    nothing had to be asked.
    """

    stretch: Stretch
    slices: Sequence[AccountSlice]
    today: Tally
    answered: int


class Rule(Struct, frozen=True):
    """The definition under which alerts opened; ``first``: the version that made it.

    None where it was changed before versions were kept.
    """

    number: int
    alarm: str
    revision: int
    first: Version | None

    @property
    def file(self) -> str:
        """The name of its file in the pack."""
        return f"rule-{self.number}.json"


class Evidence(Struct, frozen=True):
    """What is kept of one account, and what is to be asked for it.

    ``rules``: by id of the alarm and revision; ``names``: of alarms by id. ``told``: the deliveries
    of each alert by its id. ``requests``: about how many it will take.
    """

    account_id: int
    account: Facts
    span: Span
    at: Instant
    alerts: Sequence[Alert]
    rules: Mapping[tuple[str, int], Rule]
    names: Mapping[str, str]
    told: Mapping[str, Sequence[DeliveryState]]
    stretches: Sequence[Stretch]
    requests: int

    @property
    def whole(self) -> Span:
        """All time that it reaches over: the windows of its alerts begin before it."""
        starts = [self.span.start, *(stretch.span.start for stretch in self.stretches)]
        return Span(min(starts), self.span.end)

    def rule_of(self, alert: Alert) -> Rule:
        """Return the rule under which an alert opened."""
        return self.rules[alert.alarm_id, alert.revision]


class Verdict(StrEnum):
    """How the events of an alert's window, counted again today, compare with what it says."""

    SAME = "same"
    MORE = "more"
    EXPLAINED = "fewer_explained"
    """Fewer, and for as many as lack it is known why they do not count any more."""
    FEWER = "fewer"
    NOTHING_ANSWERED = "nothing_answered"
    """Segware answers no event of anybody for its window."""
    NOT_EVENTS = "not_events"
    """It counted alerts, not events."""
    NO_RULE = "rule_not_kept"

    @property
    def is_finding(self) -> bool:
        """True if the alert is not proven by this."""
        return self in (Verdict.FEWER, Verdict.NOTHING_ANSWERED, Verdict.NO_RULE)


class Recount(Struct, frozen=True):
    """One alert's events counted again: ``today`` is None where that could not be done.

    ``raised``: today's events that do not count because the tracker raises their code itself;
    ``closed``: because an ignored user has closed their occurrence.
    """

    alert: Alert
    verdict: Verdict
    today: int | None = None
    raised: int = 0
    closed: int = 0


class Proof(Struct, frozen=True):
    """What a pack proves. ``silent``: spans of which Segware answered no event of anybody."""

    evidence: Evidence
    recounts: Sequence[Recount]
    silent: Sequence[Span]


class Written(Struct, frozen=True):
    """A pack that was written; ``digest``: the SHA-256 of its manifest."""

    proof: Proof
    files: int
    digest: str
