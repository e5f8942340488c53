"""Which alerts are meant: the one way in which every command narrows what it lists or closes."""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct, field

from events_tracker.base.text import folded, shortened
from events_tracker.base.times import LATEST, Instant
from events_tracker.model.alerts import Alert


class Filter(Struct, frozen=True):
    """Alerts by their texts: ``*`` stands for anything, None lets all pass.

    A text may be a list with commas, of which one must match; case, accents and needless blanks
    are all the same. ``storage/filters.py`` says the same to the database.
    """

    account: str | None = None
    name: str | None = None
    """The client's: the account's trade name."""
    company: str | None = None
    client_group: str | None = None
    cuc: str | None = None
    code: str | None = None
    alarm: str | None = None
    priority: str | None = None

    @property
    def everything(self) -> bool:
        """True if it lets every alert pass."""
        return self == Filter()

    @property
    def in_words(self) -> str:
        """What is meant, for people: ``account 1950, code E130``."""
        given = ((word, getattr(self, name)) for name, word in _WORDS.items())
        return ", ".join(f"{word} {shortened(text)}" for word, text in given if text is not None)

    def matches(self, alert: Alert) -> bool:
        """Tell whether this alert is meant."""
        return (
            _matches(self.account, alert.account_code)
            and _matches(self.name, alert.trade_name)
            and _matches(self.company, alert.company)
            and _matches(self.client_group, alert.client_group)
            and _matches(self.cuc, alert.cuc)
            and _matches(self.code, alert.code)
            and _matches(self.alarm, alert.alarm)
            and _matches(self.priority, alert.priority)
        )

    def belongs(self, company: str | None, client_group: str | None) -> bool:
        """Tell the same of whatever only its company and its client group are known of."""
        return _matches(self.company, company) and _matches(self.client_group, client_group)

    def is_of_kind(self, cuc: str | None, code: str | None) -> bool:
        """Tell the same of whatever only its CUC and its code are known of."""
        return _matches(self.cuc, cuc) and _matches(self.code, code)


_WORDS = {
    "account": "account",
    "name": "client",
    "company": "company",
    "client_group": "group",
    "cuc": "CUC",
    "code": "code",
    "alarm": "alarm",
    "priority": "priority",
}
"""The fields of :class:`Filter`, as people call them."""


def listed(text: str) -> list[str]:
    """Return the members of a list with commas; of an empty one, itself."""
    return [part for member in text.split(",") if (part := member.strip())] or [text]


@lru_cache
def matcher(text: str) -> Callable[[str], bool]:
    """Make what tells whether a value is what this text of a filter means.

    A name may have a comma of its own: the text as a whole is meant, too.
    """
    patterns = (".*".join(map(re.escape, folded(one).split("*"))) for one in _meant(text))
    is_meant = re.compile("|".join(patterns)).fullmatch
    return lambda value: is_meant(folded(value)) is not None


def spelled_once(text: str) -> list[str] | None:
    """Return the values that a filter means if digits are all there is to them; None if not."""
    members = listed(text)
    return members if all(one.isascii() and one.isdigit() for one in members) else None


def _meant(text: str) -> list[str]:
    return [text, *listed(text)] if "," in text else [text]


def _matches(wanted: str | None, value: str | None) -> bool:
    return wanted is None or (value is not None and matcher(wanted)(value))


class State(StrEnum):
    """Which alerts are meant, by whether they are over."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class Position(NamedTuple):
    """The place of an entry in the register, which is read newest first."""

    opened_at: Instant
    id: str


class RegisterQuery(Struct, frozen=True):
    """The search of `history`: entries opened from ``since`` to ``until``, both included.

    ``before``: only what comes after the entry of this position, newest first. ``archived``: also
    what earlier revisions of an alarm opened. ``limit`` None: all of them.
    """

    filter: Filter = field(default_factory=Filter)
    alarm_id: str | None = None
    since: Instant = 0
    until: Instant = LATEST
    before: Position | None = None
    state: State = State.ALL
    archived: bool = False
    limit: int | None = None
