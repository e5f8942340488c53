"""init: the schema, and the alarm `default` as the environment defines it."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.ids import new_id
from events_tracker.base.times import Instant
from events_tracker.decisions.alarms.default import adopted, differing_settings, first_default
from events_tracker.model.alarms import Alarm, Definition
from events_tracker.model.runs import Numbers, Run
from events_tracker.passes import versions
from events_tracker.passes.ending import close_outdated
from events_tracker.passes.restoring import Restored, settle

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Summary(Struct, frozen=True):
    """Steps of the schema that were taken, and what became of `default`.

    ``default`` is ``stored`` (for the first time), ``adopted`` (redefined) or ``unchanged``;
    ``changed`` names the settings that made the difference, ``closed`` counts the alerts it closed.
    """

    steps: int
    default: str
    changed: tuple[str, ...] = ()
    closed: int = 0
    restored: Restored | None = None


class Request(Struct, frozen=True):
    """The definition to adopt, and who asks. ``switched_on``: the channels that are on.

    ``restored``: the database was brought back from a backup.
    """

    wanted: Definition
    now: Instant
    host: str
    who: str
    switched_on: Collection[str]
    restored: bool = False


def run(request: Request, store: "Store") -> Summary:
    """Bring the database up to date. Safe to repeat, and to run on several hosts at once."""
    steps = store.upgrade(request.now)
    run = Run(new_id(request.now), "init", request.host, request.now)
    return store.write(run, lambda rows: _write(request, rows, run.id, steps))


def _write(request: Request, rows: "Rows", pass_id: str, steps: int) -> tuple[Summary, Numbers]:
    summary = _adopt(request, rows, pass_id, steps)
    if request.restored:
        # A key is worth nothing by itself: it only tells new sessions from old ones.
        restored = settle(rows, request.now, pass_id)
        summary = replace(summary, restored=restored)
    return summary, {"steps": steps, "closed": summary.closed}


def _adopt(request: Request, rows: "Rows", pass_id: str, steps: int) -> Summary:
    stored = rows.alarms.default()
    if stored is None:
        first = first_default(request.wanted, request.now)
        versions.write_first(rows, replace(first, created_by=request.who), None)
        return Summary(steps, "stored")
    redefined = adopted(stored, request.wanted)
    if redefined is None:
        return Summary(steps, "unchanged")
    changed = tuple(differing_settings(stored.definition, request.wanted))
    alarm = replace(redefined, changed_by=request.who, changed_at=request.now, comment=None)
    versions.write_next(rows, stored, alarm, None)
    closed = _start_afresh(alarm, request, rows, pass_id)
    return Summary(steps, "adopted", changed, closed)


def _start_afresh(alarm: Alarm, request: Request, rows: "Rows", pass_id: str) -> int:
    """Close what earlier revisions opened, and archive their entries; return how many closed."""
    closed = close_outdated(rows, pass_id, request.now, request.switched_on)
    rows.register.archive(alarm.id, request.now)
    return closed
