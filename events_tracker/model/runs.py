"""Passes as rows: their order, their record, and what scans remember of the scans before them."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from events_tracker.base.times import Instant
from events_tracker.model.readings import LimitEstimate


class Overtaken(Exception):
    """The fence did not move: a scan that started later was applied before this one."""


class ScanState(Struct, frozen=True):
    """The trace of earlier scans: the last good one's end and events, and any silence after.

    ``restored_at``: when the database was restored, or else the end of the first good scan since.
    """

    good_until: Instant | None
    good_events: int
    silence_met: bool
    learned: LimitEstimate = field(default_factory=LimitEstimate)
    accounts_listed_at: Instant | None = None
    restored_at: Instant | None = None


class RunStatus(StrEnum):
    """The outcome of a run of a pass, or of an alarm within it."""

    OK = "ok"
    PARTIAL = "partial"
    ERROR = "error"


class Run(Struct, frozen=True):
    """A pass that changes something, as it is recorded with what it changes.

    ``status`` is ``ok``, ``partial`` or ``error``. ``scan``: a scan's number, its place in the
    order of scans; None for what any scan may come before or after.
    """

    id: str
    name: str
    host: str
    started_at: Instant
    status: RunStatus = RunStatus.OK
    scan: int | None = None


Numbers = Mapping[str, int]
"""What a run did, in numbers by name; recorded with it."""


class RetentionCutoffs(Struct, frozen=True):
    """Rows from before these moments are old; ``entries`` None: the register is kept."""

    now: Instant
    notifications: Instant
    injected: Instant
    runs: Instant
    gaps: Instant
    tokens: Instant
    hours: Instant
    entries: Instant | None
