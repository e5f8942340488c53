"""scan: fetch, count, compare, open, observe.

Order lives in the fence: a scan takes its number before it looks at the clock or reads anything,
and changes nothing once a later one was applied. Of what was seen, the window that ends latest
counts, whoever's clock it was. Whether something was already told lives in the trigger table alone.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.deadline import Deadline
from events_tracker.base.times import Instant, Span
from events_tracker.model.alerts import Alert
from events_tracker.model.ports import Progress
from events_tracker.passes.scan.apply import Outcome, apply, foresee
from events_tracker.passes.scan.hours import keep
from events_tracker.passes.scan.look import Look, Request, look
from events_tracker.passes.scan.rules import differing

if TYPE_CHECKING:
    from events_tracker.segware import Segware
    from events_tracker.storage import Store


class Summary(Struct, frozen=True):
    """The report of one scan. ``notes`` are for people; ``errors`` make the exit code 1.

    ``still_holding`` and ``still_below``: how many alerts were open before, and what their
    conditions do. ``ongoing`` and ``below`` are their entries, where the request wants them.
    ``unread``: Segware told nothing at all of the window.
    """

    dry_run: bool
    overtaken: bool
    unread: bool
    window: Span
    fetched: int
    remembered: int
    counted: int
    malformed: int
    requests: int
    opened: Sequence[Alert]
    still_holding: int
    still_below: int
    ongoing: Sequence[Alert]
    below: Sequence[Alert]
    errors: Sequence[str]
    notes: Sequence[str]

    @property
    def untried(self) -> tuple[str, ...]:
        """The beginnings of errors of which this scan proves nothing: all, if overtaken."""
        return ("",) if self.overtaken else ()


def run(
    request: Request,
    store: "Store",
    segware: "Segware",
    clock: Callable[[], Instant],
    deadline: Deadline,
    progress: Progress,
) -> Summary:
    """Run one scan. Raises StorageError; what Segware fails is in the summary."""
    found = look(request, store, segware, clock, deadline, progress)
    scan = found.scan
    outcome = foresee(scan, store, found.triggers) if request.dry_run else apply(scan, store)
    notes: Sequence[str] = ()
    if not request.dry_run and not outcome.overtaken:
        notes = keep(request.keeping, store, found.memory, scan.seen, scan.now)
    return _summary(request, found, outcome, notes)


def _summary(request: Request, found: Look, outcome: Outcome, not_kept: Sequence[str]) -> Summary:
    rules, scan, catch_up = found.rules, found.scan, found.catch_up
    seen = scan.seen
    errors = [*seen.errors, *catch_up.errors, *outcome.errors, *scan.look_up.errors]
    differs, notes = differing(rules), [*seen.notes, *not_kept]
    if outcome.overtaken:
        notes.append("a later scan was applied before this one: nothing was changed")
    if differs is not None:
        (notes if rules.afresh else errors).append(differs)
    if rules.left_out:
        notes.append(f"left out, because they do not group by account: {', '.join(rules.left_out)}")
    return Summary(
        dry_run=request.dry_run,
        overtaken=outcome.overtaken,
        unread=seen.reading.nothing,
        window=seen.window,
        fetched=seen.reading.fetched,
        remembered=seen.reading.remembered,
        counted=seen.counted,
        malformed=seen.reading.malformed,
        requests=seen.reading.requests,
        # What missed scans left out was detected before what this one sees.
        opened=_named(request.alarm, [*catch_up.found, *outcome.opened]),
        still_holding=sum(one.holds for one in outcome.before),
        still_below=sum(not one.holds for one in outcome.before),
        ongoing=_named(request.alarm, outcome.entries_before(holding=True)),
        below=_named(request.alarm, outcome.entries_before(holding=False)),
        errors=() if outcome.overtaken else errors,
        notes=notes,
    )


def _named(alarm: str | None, alerts: Sequence[Alert]) -> Sequence[Alert]:
    """Choose those of the alarm that a dry run is narrowed to; all of them otherwise."""
    return [alert for alert in alerts if alarm is None or alert.alarm == alarm]
