"""Which alerts are meant: the one way in which every command narrows what it lists or closes."""

import re
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct, field

from events_tracker.base.text import shortened
from events_tracker.base.times import LATEST, Instant
from events_tracker.model.alerts import Alert


class Filter(Struct, frozen=True):
    """Alerts by their texts: each matches exactly, ``*`` stands for anything, None lets all pass.

    ``storage/filters.py`` says the same to the database.
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


def _matches(wanted: str | None, value: str | None) -> bool:
    if wanted is None:
        return True
    pattern = ".*".join(re.escape(part) for part in wanted.split("*"))
    return value is not None and re.fullmatch(pattern, value, re.DOTALL) is not None


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
