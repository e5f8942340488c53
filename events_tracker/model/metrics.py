"""The numbers by which machines watch the tracker."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from events_tracker.base.times import Duration, Instant
from events_tracker.model.runs import RunStatus


class LastScan(Struct, frozen=True):
    """What the last scan did, as its run recorded it.

    ``fetched`` and ``remembered``: the records of its longest window. ``answered``: whether
    Segware answered any request for events, ``clock_ahead``: how far our clock was ahead of
    Segware's; both None where it asked for nothing, or nobody wrote it down.
    """

    status: RunStatus
    fetched: int
    remembered: int
    requests: int
    answered: bool | None = None
    clock_ahead: Duration | None = None


class OpenAlerts(Struct, frozen=True):
    """How many alerts of one alarm and priority are open, and how many of them for long."""

    alarm: str
    priority: str
    alerts: int
    stale: int


class Metrics(Struct, frozen=True):
    """All of them at one moment.

    ``schema``: the number of its last step. ``good_until``: the end of the last good scan's window,
    None before the first. ``last_scan``: None if there was none lately. ``passes``: runs of the
    last hour by pass and outcome. ``opened``: what each alarm detected since its rule was last
    changed. ``deliveries``: of the last day, by channel and status. ``oldest_due``: by channel, how
    long the delivery that waits longest has been due. ``gap``: how much of time was never
    evaluated, as found in the last seven days.
    """

    version: str
    schema: int
    good_until: Instant | None
    token_expires: Instant | None
    last_scan: LastScan | None
    passes: Mapping[tuple[str, str], int]
    open_alerts: Sequence[OpenAlerts]
    opened: Mapping[str, int]
    muted: int
    holds: int
    deliveries: Mapping[tuple[str, str], int]
    oldest_due: Mapping[str, Duration]
    gap: Duration
