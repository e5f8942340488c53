"""purge: retention, batch by batch."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.base.deadline import Deadline
from events_tracker.base.times import HOUR, Duration, Instant
from events_tracker.model.runs import RetentionCutoffs

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Request(Struct, frozen=True):
    """``retention``: how long notifications, deliveries, runs, gaps and expired tokens are kept.

    ``register_retention``: how long entries are; None: for ever. ``counts_retention``: how long the
    counts of hours are.
    """

    now: Instant
    retention: Duration
    register_retention: Duration | None
    counts_retention: Duration
    dry_run: bool = False


def run(request: Request, store: "Store", deadline: Deadline) -> Mapping[str, int]:
    """Delete what is old, or count it in a dry run; returns rows by kind."""
    kept = request.register_retention
    cutoffs = RetentionCutoffs(
        now=request.now,
        notifications=request.now - request.retention,
        # As long as any window may look back at what the tracker itself raised.
        injected=request.now - limits.LONGEST_WINDOW,
        # As long as a pass may still ask whether it was committed.
        runs=request.now - max(request.retention, HOUR),
        gaps=request.now - request.retention,
        tokens=request.now - request.retention,
        hours=request.now - request.counts_retention,
        entries=None if kept is None else request.now - kept,
    )
    if request.dry_run:
        return store.read(lambda rows: rows.old.count(cutoffs))
    total: dict[str, int] = {}
    while not deadline.passed():
        gone = _one_batch(store, cutoffs)
        total = {kind: total.get(kind, 0) + number for kind, number in gone.items()}
        if not any(gone.values()):
            break
    return total


def _one_batch(store: "Store", cutoffs: RetentionCutoffs) -> Mapping[str, int]:
    """Delete one batch; returns rows by kind."""
    gone: dict[str, int] = {}

    def delete(rows: "Rows") -> None:
        # A batch whose commit was lost on the way finds nothing when it is run again: what it
        # deleted at first counts.
        for kind, number in rows.old.purge(cutoffs).items():
            gone[kind] = max(number, gone.get(kind, 0))

    store.update(delete)
    return gone
