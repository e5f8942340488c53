"""status: look at everything that a pass needs, one thing's failure hiding none of the others."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from events_tracker.base import limits
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import SegwareError, TrackerError
from events_tracker.base.times import Duration, Instant
from events_tracker.base.workers import alone
from events_tracker.decisions import health
from events_tracker.model.health import Check, Health

if TYPE_CHECKING:
    from events_tracker.segware import Segware
    from events_tracker.storage import Store


def run(
    store: "Store",
    segware: "Segware | None",
    token: str | None,
    clock: Callable[[], Instant],
    stale_after: Duration,
    channels: Sequence[str],
    deadline: Deadline,
) -> list[Check]:
    """Make all checks, in the order in which their failures explain one another."""
    checks = _database(store, clock(), stale_after, channels)
    checks.append(health.token(token, clock()))
    if segware is not None:
        checks += _segware(segware, clock, deadline)
    return checks


def _database(
    store: "Store", now: Instant, stale_after: Duration, channels: Sequence[str]
) -> list[Check]:
    try:
        store.require_current()
        store.read(lambda rows: rows.register.require_readable())
        state = store.read(lambda rows: rows.runs.scans())
        alerts = store.read(lambda rows: rows.triggers.count())
        stuck = _stuck(store, now, channels)
        gaps = store.read(lambda rows: rows.runs.gaps(now - limits.LOOK_BACK))
        alarms = store.read(lambda rows: rows.alarms.all())
        late = store.read(lambda rows: rows.slices.late(now - limits.LOOK_BACK))
    except TrackerError as error:
        return [Check("database", Health.PROBLEM, str(error))]
    return [
        Check("database", Health.OK, "reachable, with this program's schema"),
        health.last_good_scan(state.good_until, now, stale_after),
        health.gaps(gaps),
        health.alarms(alarms, state.good_events),
        health.lateness(late),
        Check("alerts", Health.OK, f"{alerts} open"),
        *stuck,
    ]


def _stuck(store: "Store", now: Instant, channels: Sequence[str]) -> list[Check]:
    if not channels:
        return [Check("deliveries", Health.OK, "no channel is on")]
    overdue, since = now - limits.OVERDUE, now - limits.LOOK_BACK
    stuck = store.read(lambda rows: rows.deliveries.stuck(channels, overdue, since))
    return [health.deliveries(stuck)]


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
                f"did not answer before `status` ran out of time ({seconds:.0f} s)",
            )
        ]
    except SegwareError as error:
        return [Check("segware", Health.PROBLEM, str(error))]
    return [
        Check("segware", Health.OK, "answers, and takes the token"),
        health.clocks(theirs, clock()),
    ]
