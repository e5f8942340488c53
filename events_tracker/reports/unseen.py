"""What an alarm names and nobody has ever seen: mistyped, it would never find anything."""

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from events_tracker.base.text import nearest, plain_name
from events_tracker.base.times import Instant
from events_tracker.messages.codes import family, known_codes, spellings
from events_tracker.model.alarms import Definition
from events_tracker.model.unseen import Unseen
from events_tracker.reports import codes

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


def unseen(store: "Store", rule: Definition, never_counted: str, now: Instant) -> list[Unseen]:
    """Find what a rule names that neither the directory, the register nor the scans have seen.

    Where they have seen nothing of a kind, none of it is judged; nor is the code of our own alarms.
    Raises StorageError.
    """
    found = store.read(lambda rows: list(_unseen(rows, rule, now)))
    return [one for one in found if one.text != never_counted]


def _unseen(rows: "Rows", rule: Definition, now: Instant) -> Iterator[Unseen]:
    if rule.codes or rule.values or rule.cucs:
        kinds = codes.seen(rows, now)
        named = dict.fromkeys((*rule.codes, *rule.values))
        yield from _codes(named, kinds.codes)
        yield from _missing("cucs", rule.cucs, kinds.cucs)
    if rule.accounts:
        yield from _missing("accounts", rule.accounts, rows.directory.account_codes())
    if rule.companies:
        companies = rows.directory.named().companies.values()
        names = {plain_name(company.name) for company in companies if company.name}
        yield from _missing("companies", map(plain_name, rule.companies), names)


def _codes(named: Iterable[str], seen: Collection[str]) -> Iterator[Unseen]:
    if not seen:
        return
    choices = {*seen, *known_codes()}
    for code in named:
        if not any(spelling in seen for spelling in spellings(code)):
            known = family(code) is not None
            yield Unseen("codes", code, known, None if known else codes.nearest_code(code, choices))


def _missing(field: str, named: Iterable[str], seen: Collection[str]) -> Iterator[Unseen]:
    for text in named if seen else ():
        if text not in seen:
            yield Unseen(field, text, False, nearest(text, sorted(seen)))
