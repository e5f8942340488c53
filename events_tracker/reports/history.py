"""The register, newest first. Reads only."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.times import LATEST, Instant
from events_tracker.model.alerts import Alert, Situation
from events_tracker.model.filters import Filter, Position, RegisterQuery

if TYPE_CHECKING:
    from events_tracker.storage import Store


class Page(Struct, frozen=True):
    """The newest entries that match, and how many more there are."""

    alerts: Sequence[Alert]
    more: int


class Slice(Struct, frozen=True):
    """Some entries in a row, newest first; ``next``: after which one there are more, None if not.

    The same query ``before`` that position goes on where this one ended.
    """

    alerts: Sequence[Alert]
    next: Position | None


def entries(store: "Store", query: RegisterQuery) -> Iterator[Alert]:
    """Read every entry that matches, as they are fetched: a register may be long."""
    return store.stream(lambda streams: streams.history(query))


def page(store: "Store", query: RegisterQuery, length: int) -> Page:
    """Read at most ``length`` of them; the rest is counted only if there is one."""
    alerts = list(entries(store, replace(query, limit=length)))
    if len(alerts) < length:
        return Page(alerts, 0)
    return Page(alerts, store.read(lambda rows: rows.register.count(query)) - length)


def muted(
    store: "Store", wanted: Filter, since: Instant = 0, until: Instant = LATEST
) -> list[Alert]:
    """Read the entries that match of what was closed by hand and still keeps its group silent.

    ``since`` and ``until``: when they opened.
    """
    found = store.read(lambda rows: rows.triggers.muted_alerts())
    return [one for one in found if since <= one.opened_at <= until and wanted.matches(one)]


def slice_of(store: "Store", query: RegisterQuery, length: int) -> Slice:
    """Read at most ``length`` of them, and one more to see whether there are any: none is counted.

    However far ``query.before`` is from the newest, it costs the same.
    """
    alerts = list(entries(store, replace(query, limit=length + 1)))
    if len(alerts) <= length:
        return Slice(alerts, None)
    last = alerts[length - 1]
    return Slice(alerts[:length], Position(last.opened_at, last.register_id))


def situations(store: "Store", alerts: Sequence[Alert]) -> Mapping[str, Situation]:
    """Tell of these entries how they stand now and whose they are, by their ids."""
    ids = [alert.register_id for alert in alerts]
    return store.read(lambda rows: rows.register.situations(ids))
