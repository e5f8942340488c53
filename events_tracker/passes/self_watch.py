"""The tracker watches itself: without good scans its own alarm opens, once, and clears again."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.ids import new_id
from events_tracker.base.times import Duration, Instant
from events_tracker.decisions.detection.clearing import BELOW
from events_tracker.decisions.detection.self_watch import (
    Close,
    Grow,
    Open,
    Step,
    next_step,
    stale_alert,
    tracker_alarm,
)
from events_tracker.model.deliveries import Destination
from events_tracker.model.groups import Group
from events_tracker.model.runs import Numbers, Run
from events_tracker.passes import telling
from events_tracker.passes.ending import close_lost, close_marked

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Request(Struct, frozen=True):
    """The order for one look: when, on which host, and after how long scans count as stale.

    ``switched_on`` are the channels that are on.
    """

    now: Instant
    host: str
    stale_after: Duration
    switched_on: Mapping[str, Destination]


def look(request: Request, store: "Store") -> None:
    """Open or clear the alarm `tracker`, if it is time to, through the same tables as every alarm.

    It is first looked without a write: most of the time there is nothing to do.
    """
    if store.read(lambda rows: _step(request, rows)) is None:
        return
    run = Run(new_id(request.now), "watch", request.host, request.now)
    register_id = new_id(request.now)
    store.write(run, lambda rows: _write(request, rows, run.id, register_id))


def _step(request: Request, rows: "Rows") -> Step | None:
    """Decide what is to be done now, if anything."""
    alert = rows.triggers.of_tracker()
    return next_step(alert, _good_until(rows), request.now, request.stale_after)


def _good_until(rows: "Rows") -> Instant | None:
    """Find the end of the last good scan; before the first one, when `init` was run."""
    until = rows.runs.scans().good_until
    if until is None and (default := rows.alarms.default()):
        return default.created_at
    return until


def _write(request: Request, rows: "Rows", pass_id: str, register_id: str) -> tuple[None, Numbers]:
    step, now, on = _step(request, rows), request.now, request.switched_on
    if isinstance(step, Open):
        close_lost(rows, pass_id, now, on)
        _open(request, rows, step, register_id)
    elif step is not None:
        rows.triggers.grow(step.register_id, step.minutes)
        if isinstance(step, Close):
            rows.triggers.mark([step.register_id], pass_id)
            close_marked(rows, pass_id, now, BELOW, on)
    return None, {"stale": int(isinstance(step, Open | Grow))}


def _open(request: Request, rows: "Rows", step: Open, register_id: str) -> None:
    alert = stale_alert(register_id, step.since, request.now, request.stale_after)
    rows.triggers.open([alert], [Group()], 0, request.now)
    rows.register.add([alert])
    opening = (tracker_alarm(request.now), alert)
    telling.opened(rows, [opening], request.switched_on, request.now)
