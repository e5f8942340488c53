"""Event codes: those with a meaning, those that alarms watch, those that were seen. Reads only."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.base.times import Instant
from events_tracker.messages.codes import known_codes
from events_tracker.model.alarms import Alarm, Source

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store

_DIGITS = str.maketrans("OQDILZSGB", "000112568")
"""Letters that are taken for digits."""


class Kinds(Struct, frozen=True):
    """The codes and CUCs that were ever seen, as far as anybody remembers."""

    codes: Collection[str]
    cucs: Collection[str]


class Listed(Struct, frozen=True):
    """One code, with the names of the alarms that scans evaluate and that count it."""

    code: str
    watched_by: Sequence[str]
    seen: bool


def listed(store: "Store", never_counted: str, now: Instant) -> list[Listed]:
    """List codes by their numbers. ``never_counted`` is the code of our own alarms.

    Raises StorageError.
    """
    alarms, kinds = store.read(lambda rows: (rows.alarms.all(), seen(rows, now)))
    watching = [
        alarm for alarm in alarms if alarm.enabled and alarm.definition.source == Source.EVENTS
    ]
    named = {code for alarm in alarms for code in alarm.definition.codes}
    codes = {*known_codes(), *named, *kinds.codes, never_counted}
    return [
        Listed(
            code,
            () if code == never_counted else list(_watching(code, watching)),
            code in kinds.codes,
        )
        for code in sorted(codes, key=lambda code: (code[1:], code))
    ]


def seen(rows: "Rows", now: Instant) -> Kinds:
    """Find what scans remember of the last days, and what is in the register."""
    kinds = {*rows.slices.kinds(now - limits.CODES_LOOK_BACK), *rows.register.kinds()}
    return Kinds({code for _, code in kinds if code}, {cuc for cuc, _ in kinds if cuc})


def nearest_code(code: str, choices: Collection[str]) -> str | None:
    """Find the code that was meant, if there is hardly a doubt; None otherwise.

    Letters are typed for digits, even as the first character. Else it is the one code from which a
    single slip leads here: codes are so alike that two are no better than a guess.
    """
    after_the_first = code[1:].upper().translate(_DIGITS)
    for first in (code[:1].upper(), code[:1].upper().translate(_DIGITS)):
        if first + after_the_first in choices:
            return first + after_the_first
    near = [choice for choice in choices if _is_one_slip(code.upper(), choice)]
    return near[0] if len(near) == 1 else None


def _is_one_slip(typed: str, meant: str) -> bool:
    """Tell whether one character is other, too many or missing, or two neighbours changed about."""
    if len(typed) != len(meant):
        long, short = sorted((typed, meant), key=len, reverse=True)
        return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
    other = [at for at in range(len(typed)) if typed[at] != meant[at]]
    if len(other) == 2 and other[1] == other[0] + 1:
        return typed[other[0]] == meant[other[1]] and typed[other[1]] == meant[other[0]]
    return len(other) == 1


def _watching(code: str, alarms: Iterable[Alarm]) -> Iterable[str]:
    for alarm in alarms:
        if not alarm.definition.codes or code in alarm.definition.codes:
            yield alarm.name
