"""Passes as rows: their order, their record, and what scans remember of the scans before them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from events_tracker.model.readings import Learned
from events_tracker.model.times import Instant


class Overtaken(Exception):
    """The fence did not move: a scan that started later was applied before this one."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a writing transaction takes its place: its run's id, and a scan's number."""

    run_id: str
    scan: int | None = None


@dataclass(frozen=True, slots=True)
class ScanState:
    """What scans left: the last good one's end and events, and whether silence followed it."""

    good_until: Instant | None
    good_events: int
    silence_met: bool
    learned: Learned = field(default_factory=Learned)
    accounts_listed_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A pass that changed something. ``status`` is ``ok``, ``partial`` or ``error``."""

    id: str
    name: str
    host: str
    started_at: Instant
    status: str
    summary: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Age:
    """Rows from before these moments are old; ``entries`` None: the register is kept."""

    now: Instant
    notifications: Instant
    injected: Instant
    runs: Instant
    entries: Instant | None
