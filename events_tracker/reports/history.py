"""The register, newest first. Reads only."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.model.alerts import Alert
from events_tracker.model.filters import RegisterQuery

if TYPE_CHECKING:
    from events_tracker.storage import Store


class Page(Struct, frozen=True):
    """The newest entries that match, and how many more there are."""

    alerts: Sequence[Alert]
    more: int


def entries(store: "Store", query: RegisterQuery) -> Iterator[Alert]:
    """Read every entry that matches, as they are fetched: a register may be long."""
    return store.stream(lambda streams: streams.history(query))


def page(store: "Store", query: RegisterQuery, length: int) -> Page:
    """Read at most ``length`` of them; the rest is counted only if there is one."""
    alerts = list(entries(store, replace(query, limit=length)))
    if len(alerts) < length:
        return Page(alerts, 0)
    return Page(alerts, store.read(lambda rows: rows.register.count(query)) - length)
