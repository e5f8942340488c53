"""metrics: the numbers by which machines watch the tracker, out of the database alone.

Nothing is asked of Segware: whoever scrapes must not wait for it, nor cost it a request. What is
said of it is what the last scan recorded.
"""

from collections.abc import Collection, Iterable
from itertools import product
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.base.times import DAY, HOUR, Duration, Instant, Span
from events_tracker.model.deliveries import DeliveryStatus
from events_tracker.model.metrics import Metrics, OpenAlerts

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Request(Struct, frozen=True):
    """The moment, and what the settings and the program know: no row says it.

    ``switched_on``: the channels that are on; what waits on another waits by intention.
    """

    now: Instant
    version: str
    token_expires: Instant | None
    switched_on: Collection[str]


def metrics(request: Request, store: "Store") -> Metrics:
    """Read all numbers. Raises StorageError."""
    return store.read(lambda rows: _read(request, rows, store.schema))


def _read(request: Request, rows: "Rows", schema: int) -> Metrics:
    now, on = request.now, sorted(request.switched_on)
    alarms = rows.metrics.alarms()
    is_open = rows.metrics.open_alerts(now - DAY)
    none_open = {(name, priority) for name, priority, _ in alarms} - {
        (found.alarm, found.priority) for found in is_open
    }
    due = rows.metrics.oldest_due()
    return Metrics(
        version=request.version,
        schema=schema,
        good_until=rows.runs.scans().good_until,
        token_expires=request.token_expires,
        last_scan=rows.metrics.last_scan(now - HOUR, now + limits.SKEW),
        passes=rows.metrics.runs(now - HOUR),
        # What is missing would look the same as what nobody asked for: nothing is told as 0.
        open_alerts=[*is_open, *(OpenAlerts(*names, 0, 0) for names in sorted(none_open))],
        opened={name: detections for name, _, detections in alarms},
        muted=rows.metrics.muted(),
        holds=sum(hold.is_active(now) for hold in rows.holds.standing()),
        deliveries={**_none_of(on), **rows.metrics.deliveries(now - DAY)},
        oldest_due={channel: max(0, now - due.get(channel, now)) for channel in on},
        gap=length_of(span for _, span in rows.runs.gaps(now - limits.LOOK_BACK)),
    )


def _none_of(channels: Iterable[str]) -> dict[tuple[str, str], int]:
    return {(channel, status.value): 0 for channel, status in product(channels, DeliveryStatus)}


def length_of(spans: Iterable[Span]) -> Duration:
    """Measure how much time these cover; what several of them cover counts once."""
    total, until = 0, 0
    for span in sorted(spans, key=lambda span: span.start):
        total += max(0, span.end - max(span.start, until))
        until = max(until, span.end)
    return total
