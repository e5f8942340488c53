"""Filters that name what nobody here knows: an empty list would look as if all were quiet."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.errors import UsageError
from events_tracker.base.problems import ENGLISH
from events_tracker.base.text import did_you_mean, folded, nearest, shortened
from events_tracker.messages.codes import known_codes, meaning
from events_tracker.model.alarms import TRACKER_ALARM
from events_tracker.model.filters import Filter, listed
from events_tracker.reports.codes import nearest_code

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Unknown(Struct, frozen=True):
    """A text of a filter that nobody knows, and the known one most like it, if any is."""

    field: str
    given: str
    nearest: str | None


def unknown(store: "Store", wanted: Filter) -> list[Unknown]:
    """Find what a filter names that neither the directory, the alarms nor the register know.

    A pattern with ``*`` names nothing. Codes with a meaning are known, whoever sent them. CUCs are
    not judged: any may be sent tomorrow.
    """
    named = {field: text for field in _KNOWN if (text := getattr(wanted, field)) is not None}
    if not named:
        return []
    return store.read(lambda rows: list(_unknown(rows, named)))


def refuse_unknown(store: "Store", wanted: Filter) -> None:
    """Raise UsageError if a filter names what nobody here knows, with the nearest that is known."""
    problems = [
        f"no {Filter(**{one.field: one.given}).in_words} is known"
        + (did_you_mean(one.nearest, shortened) or _asked_elsewhere(one))
        for one in unknown(store, wanted)
    ]
    if problems:
        raise UsageError("\n".join(problems))


def _asked_elsewhere(one: Unknown) -> str:
    """Say how to ask for an account that never had an alert: here none but those are known."""
    if one.field != "account" or not one.given.isalnum():
        return ""
    return f"; `tracker explain {one.given}` asks Segware"


def _unknown(rows: "Rows", named: Mapping[str, str]) -> Iterable[Unknown]:
    for field, text in named.items():
        names = [name for name in listed(text) if not _is_known(rows, field, name)]
        if not names:
            continue
        known = {folded(name): name for name in _KNOWN[field](rows)}
        wanted = {folded(text)}, set(map(folded, names))
        if field in _FORMER and not any(some <= known.keys() for some in wanted):
            known.update({folded(name): name for name in rows.register.texts(field)})
        if folded(text) in known:
            continue
        for name in names:
            if folded(name) not in known:
                like = nearest_code if field == "code" else nearest
                yield Unknown(field, name, like(name, sorted(known.values())))


def _is_known(rows: "Rows", field: str, name: str) -> bool:
    """Tell at little cost of most names that they are known; a register may be long."""
    if "*" in name:
        return True
    if field == "account":
        return rows.register.has_account(name)
    return field == "code" and meaning(name.upper(), ENGLISH) is not None


def _organizations(facts: Mapping[int, object]) -> set[str]:
    return {name for fact in facts.values() if (name := getattr(fact, "name", None))}


_KNOWN: Mapping[str, Callable[["Rows"], Collection[str]]] = {
    "account": lambda rows: rows.directory.account_codes(),
    "name": lambda rows: rows.directory.trade_names(),
    "company": lambda rows: _organizations(rows.directory.named().companies),
    "client_group": lambda rows: _organizations(rows.directory.named().client_groups),
    "code": lambda rows: {
        *known_codes(),
        *(code for _, code in (*rows.register.kinds(), *rows.slices.kinds(0)) if code),
        *(code for alarm in rows.alarms.all() for code in alarm.definition.codes),
    },
    "alarm": lambda rows: {*rows.alarms.names(), TRACKER_ALARM},
}
_FORMER = ("company", "client_group")
"""Of these the register may have names that nobody else has any more: it is read whole for them."""
