"""init: the schema, and the alarm `default` as the environment defines it."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from events_tracker.decisions.default_alarm import adopted, differing_settings, first_default
from events_tracker.model.alarms import Alarm, Definition
from events_tracker.model.ids import new_id
from events_tracker.model.runs import Order, Run
from events_tracker.model.times import Instant
from events_tracker.passes.closing import close_marked

if TYPE_CHECKING:
    from events_tracker.storage import Store


@dataclass(frozen=True, slots=True)
class Summary:
    """Steps of the schema that were taken, and what became of `default`.

    ``default`` is ``stored`` (for the first time), ``adopted`` (redefined) or ``unchanged``;
    ``changed`` names the settings that made the difference, ``closed`` counts the alerts it closed.
    """

    steps: int
    default: str
    changed: tuple[str, ...] = ()
    closed: int = 0


def run(store: "Store", wanted: Definition, now: Instant, host: str, who: str) -> Summary:
    """Bring the database up to date. Safe to repeat, and to run on several hosts at once."""
    steps = store.upgrade(now)
    pass_id = new_id(now)
    return store.write(
        Order(pass_id), lambda: _adopt(store, wanted, now, host, who, pass_id, steps)
    )


def _adopt(
    store: "Store", wanted: Definition, now: Instant, host: str, who: str, pass_id: str, steps: int
) -> Summary:
    stored = store.alarms.default()
    if stored is None:
        store.alarms.add(replace(first_default(wanted, now), created_by=who))
        summary = Summary(steps, "stored")
    elif (redefined := adopted(stored, wanted)) is None:
        summary = Summary(steps, "unchanged")
    else:
        changed = tuple(differing_settings(stored.definition, wanted))
        closed = _redefine(store, replace(redefined, changed_by=who, changed_at=now), now, pass_id)
        summary = Summary(steps, "adopted", changed, closed)
    numbers = {"steps": steps, "closed": summary.closed}
    store.state.add_run(Run(pass_id, "init", host, now, "ok", numbers))
    return summary


def _redefine(store: "Store", alarm: Alarm, now: Instant, pass_id: str) -> int:
    """A new revision: what the old one opened is closed, its entries are archived."""
    store.alarms.edit(alarm)
    closed = 0
    if store.triggers.mark_outdated(pass_id):
        closed = len(close_marked(store, pass_id, now, "redefined"))
    store.register.archive(alarm.id, now)
    return closed
