"""Filters that name what nobody here knows: an empty list would look as if all were quiet."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.errors import UsageError
from events_tracker.base.text import nearest, shortened
from events_tracker.model.alarms import TRACKER_ALARM
from events_tracker.model.filters import Filter

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Unknown(Struct, frozen=True):
    """A text of a filter that nobody knows, and the known one most like it, if any is."""

    field: str
    given: str
    nearest: str | None


def unknown(store: "Store", wanted: Filter) -> list[Unknown]:
    """Find what a filter names that neither the directory, the alarms nor the register know.

    A pattern with ``*`` names nothing. Codes and CUCs are not judged: any may be sent tomorrow.
    """
    return store.read(lambda rows: list(_unknown(rows, wanted)))


def refuse_unknown(store: "Store", wanted: Filter) -> None:
    """Raise UsageError if a filter names what nobody here knows, with the nearest that is known."""
    problems = [
        f"no {Filter(**{one.field: one.given}).in_words} is known"
        + (f"; did you mean {shortened(one.nearest)}?" if one.nearest else "")
        for one in unknown(store, wanted)
    ]
    if problems:
        raise UsageError("\n".join(problems))


def _unknown(rows: "Rows", wanted: Filter) -> Iterable[Unknown]:
    for field, given in _named(wanted).items():
        if field == "account" and rows.register.has_account(given):
            continue
        known = _KNOWN[field](rows)
        if given not in known:
            yield Unknown(field, given, nearest(given, sorted(known)))


def _named(wanted: Filter) -> Mapping[str, str]:
    """Return the texts that are names, by their field."""
    texts = {field: getattr(wanted, field) for field in _KNOWN}
    return {field: text for field, text in texts.items() if text is not None and "*" not in text}


def _organizations(facts: Mapping[int, object]) -> set[str]:
    return {name for fact in facts.values() if (name := getattr(fact, "name", None))}


_KNOWN: Mapping[str, Callable[["Rows"], Collection[str]]] = {
    "account": lambda rows: rows.directory.account_codes(),
    "name": lambda rows: rows.directory.trade_names(),
    "company": lambda rows: _organizations(rows.directory.named().companies),
    "client_group": lambda rows: _organizations(rows.directory.named().client_groups),
    "alarm": lambda rows: {*rows.alarms.names(), TRACKER_ALARM},
}
