"""clear: close what is over, from what scans observed. Needs no API."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from events_tracker.base.errors import UsageError
from events_tracker.base.ids import new_id
from events_tracker.base.text import REASON_WIDTH, visible
from events_tracker.base.times import Duration, Instant
from events_tracker.decisions.detection.clearing import (
    BY_HAND_IN_DATABASE,
    FORCED,
    ambiguous,
    reason,
)
from events_tracker.model.alerts import Alert, OpenAlert
from events_tracker.model.filters import Filter
from events_tracker.model.runs import Numbers, Run
from events_tracker.passes.ending import close_lost, close_marked, tell_over

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


@dataclass(frozen=True, slots=True)
class Request:
    """What one clear is asked to do. ``now`` only dates what it writes.

    ``forced`` is the reason for closing by hand, with ``who``; None for what scans observed.
    ``switched_on`` are the channels that are on.
    """

    now: Instant
    host: str
    clear_after: Duration
    switched_on: Collection[str]
    only: Filter
    dry_run: bool = False
    forced: str | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What was closed, and how many alerts stay open."""

    dry_run: bool
    cleared: Sequence[Alert]
    kept: int


def run(request: Request, store: "Store") -> Summary:
    """Run one clear, or one closing by hand.

    Raises UsageError if closing by hand would close more than one client's by one account code,
    and StorageError if the database fails.
    """
    foreseen = _chosen(request, store.read(lambda rows: rows.triggers.open_alerts()))
    lost = [] if request.forced else store.read(lambda rows: rows.register.lost())
    if request.dry_run or not (foreseen or lost):
        cleared = [
            found.alert.closed(request.now, why)
            for why, some in foreseen.items()
            for found in some
            if not found.muted
        ]
        kept = store.read(lambda rows: rows.triggers.count()) - len(cleared)
        cleared += [alert.closed(request.now, BY_HAND_IN_DATABASE) for alert in lost]
        return Summary(request.dry_run, cleared, kept)
    run = Run(new_id(request.now), "clear", request.host, request.now)
    return store.write(run, lambda rows: _write(request, rows, run.id))


def _write(request: Request, rows: "Rows", pass_id: str) -> tuple[Summary, Numbers]:
    cleared: list[Alert] = []
    for why, some in _chosen(request, rows.triggers.open_alerts()).items():
        rows.triggers.mark([found.alert.register_id for found in some], pass_id)
        if request.forced is None:
            cleared += close_marked(rows, pass_id, request.now, why, request.switched_on)
        else:
            cleared += tell_over(rows, pass_id, request.now, why, request.switched_on)
            # While the group still breaches, its row stays and keeps it silent.
            rows.triggers.mute(pass_id)
            rows.triggers.close(pass_id)
    if request.forced is None:
        cleared += close_lost(rows, pass_id, request.now, request.switched_on)
    kept = rows.triggers.count()
    return Summary(False, cleared, kept), {"cleared": len(cleared), "kept": kept}


def _chosen(request: Request, open_alerts: Sequence[OpenAlert]) -> dict[str, list[OpenAlert]]:
    """What is to be closed, by reason."""
    chosen: dict[str, list[OpenAlert]] = {}
    for found in open_alerts:
        if not request.only.matches(found.alert):
            continue
        if request.forced is not None:
            why = None if found.muted else _by_hand(request.forced, request.who)
        else:
            why = reason(found, request.clear_after)
        if why is not None:
            chosen.setdefault(why, []).append(found)
    if request.forced is not None:
        _refuse_ambiguous(request.only, [found.alert for some in chosen.values() for found in some])
    return chosen


def _refuse_ambiguous(only: Filter, alerts: Sequence[Alert]) -> None:
    for code, clients in ambiguous(only, alerts).items():
        raise UsageError(
            f"the account code {visible(code)} belongs to several clients: "
            f"{visible('; '.join(clients))}: say which with --company, or --company '*' for all"
        )


def _by_hand(text: str, who: str) -> str:
    end = f" (by {who})"
    return f"{FORCED}: {text}"[: REASON_WIDTH - len(end)] + end
