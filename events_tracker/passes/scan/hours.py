"""The end of a scan: the counts of hours that are long past are kept, for whoever looks back.

Nothing is decided by them, so what goes wrong here fails no scan.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.base.batches import batches
from events_tracker.base.errors import StorageError
from events_tracker.base.times import HOUR, Duration, Instant, Span
from events_tracker.decisions import hours
from events_tracker.fetch.slice_cache import SliceCache
from events_tracker.model.hours import Hour
from events_tracker.passes.scan.evaluate import Evaluated

if TYPE_CHECKING:
    from events_tracker.storage import Store


class Keeping(Struct, frozen=True):
    """How counts are kept: of which service, and for how long; 0: not at all."""

    source: str
    retention: Duration


def keep(
    keeping: Keeping,
    store: "Store",
    memory: SliceCache,
    seen: Evaluated,
    now: Instant,
) -> list[str]:
    """Keep every hour that is due; return in sentences what went wrong with it."""
    if not keeping.retention or seen.hidden:
        # Hidden: which events did not count is to stand beside the counts.
        return []
    try:
        for hour in _hours(keeping, store, memory, seen, now):
            _keep(keeping.source, store, hour, now)
    except StorageError as error:
        return [f"the counts of the past could not be kept: {error}"]
    return []


def _hours(
    keeping: Keeping,
    store: "Store",
    memory: SliceCache,
    seen: Evaluated,
    now: Instant,
) -> Iterator[Hour]:
    """Make the hours that are due and of which slices say more than what is kept."""
    since = memory.unused_before(seen.window.start)
    known = store.read(lambda rows: rows.hours.known(keeping.source, since - since % HOUR))
    due = hours.due(now, since, keeping.retention, known)
    if not due:
        return
    cached = memory.index(Span(due[0], due[-1] + HOUR - 1))
    is_opening = hours.is_opening(seen.alarms)
    for start in due:
        slices = hours.slices_of(start, cached)
        if not hours.worth_keeping(slices, known.get(start)):
            continue
        folding = hours.Folding(start, seen.never.occurrences, is_opening)
        for some in batches(slices, limits.SLICES_AT_ONCE):
            answers = memory.answers(some)
            for span in filter(answers.__contains__, some):
                folding.add(span, answers[span])
        yield folding.hour()


def _keep(source: str, store: "Store", hour: Hour, now: Instant) -> None:
    store.update(lambda rows: rows.hours.keep(source, hour, now))
