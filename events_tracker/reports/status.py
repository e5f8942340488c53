"""status: look at everything that a pass needs, one thing's failure hiding none of the others."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import THEN_STATUS, SegwareError, TrackerError
from events_tracker.base.times import DAY, HOUR, Duration, Instant
from events_tracker.base.workers import alone
from events_tracker.decisions import health
from events_tracker.model.alarms import Definition
from events_tracker.model.health import Check, Health

if TYPE_CHECKING:
    from events_tracker.segware import Segware
    from events_tracker.storage import Rows, Store


class Request(Struct, frozen=True):
    """What the settings say: `default` as they define it, the token, and the channels that are on.

    ``stale_after``: the age of the last good scan from which something is wrong.
    """

    environment: Definition
    token: str | None
    stale_after: Duration
    switched_on: Sequence[str]


def run(
    request: Request,
    store: "Store",
    segware: "Segware | None",
    clock: Callable[[], Instant],
    deadline: Deadline,
) -> list[Check]:
    """Make all checks, in the order in which their failures explain one another."""
    checks = _database(request, store, clock())
    checks.append(health.token(request.token, clock()))
    if segware is not None:
        checks += _segware(segware, clock, deadline)
    return checks


def _database(request: Request, store: "Store", now: Instant) -> list[Check]:
    try:
        store.require_current()
        store.read(lambda rows: rows.register.require_readable())
        found = store.read(lambda rows: _kept(request, rows, now))
    except TrackerError as error:
        return [Check("database", Health.PROBLEM, _told(error))]
    return [Check("database", Health.OK, "reachable, with this program's schema"), *found]


def _kept(request: Request, rows: "Rows", now: Instant) -> list[Check]:
    """Judge what passes left in the database."""
    state, alarms = rows.runs.scans(), rows.alarms.all()
    last_scan = rows.metrics.last_scan(now - HOUR, now + limits.SKEW)
    last = None if last_scan is None else last_scan.status
    since = now - limits.LOOK_BACK
    return [
        health.default_alarm(alarms, request.environment),
        health.scans(state.good_until, now, request.stale_after, last),
        health.gaps(rows.runs.gaps(since)),
        health.alarms(alarms, state.good_events),
        health.lateness(rows.slices.late(since)),
        Check("alerts", Health.OK, f"{rows.triggers.count()} open"),
        health.muted(rows.triggers.muted(now - DAY)),
        health.holds(rows.holds.standing(), now),
        _deliveries(rows, request.switched_on, now, since),
    ]


def _deliveries(rows: "Rows", channels: Sequence[str], now: Instant, since: Instant) -> Check:
    if not channels:
        return Check("deliveries", Health.OK, "no channel is on")
    stuck = rows.deliveries.stuck(channels, now - limits.OVERDUE, since)
    retried = stuck.pop("retried")
    return health.deliveries(stuck, retried)


def _segware(segware: "Segware", clock: Callable[[], Instant], deadline: Deadline) -> list[Check]:
    seconds = limits.STATUS_ANSWER_SECONDS
    # The question itself ends a moment later, so that it is this limit which is told.
    asked = segware.within(deadline.within(seconds + 1))
    try:
        theirs = alone(deadline.within(seconds), asked.clock)
    except TimeoutError:
        return [
            Check(
                "segware",
                Health.PROBLEM,
                f"did not answer before `status` ran out of time ({seconds:.0f} s); if that lasts, "
                "look at this machine's network, then call Segware's support",
            )
        ]
    except SegwareError as error:
        return [Check("segware", Health.PROBLEM, _told(error))]
    return [
        Check("segware", Health.OK, "answers, and takes the token"),
        health.clocks(theirs, clock()),
    ]


def _told(error: TrackerError) -> str:
    """Say what went wrong and what to do; `status` is what tells it already."""
    return str(error).removesuffix(THEN_STATUS)
