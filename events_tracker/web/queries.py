"""The query of a list of alerts, as addresses carry it: of the page, of its CSV, and of the API."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import TypeVar

from msgspec import Struct

from events_tracker.base.parsing import one_of, some_of
from events_tracker.base.problems import Problem, Unreadable
from events_tracker.base.times import LATEST, Instant, parse_span
from events_tracker.formats.cursor import read_cursor
from events_tracker.model.alarms import Priority
from events_tracker.model.filters import Filter, RegisterQuery, State

TEXTS = {
    "account": "account",
    "name": "name",
    "company": "company",
    "group": "client_group",
    "code": "code",
    "cuc": "cuc",
    "alarm": "alarm",
    "priority": "priority",
}
"""Filters by their names in addresses, with those of :class:`Filter`."""
NAMES = {field: name for name, field in TEXTS.items()}
TIMES = ("since", "until")
MUTED = "muted"
"""The state of a list of people's pages alone: entries have no such state."""


class BadQuery(ValueError):
    """One part of a query that cannot be read; its words say what would be right.

    ``problem`` is the same for people, in their language.
    """

    def __init__(self, field: str, text: str, problem: Problem) -> None:
        super().__init__(f"{field}: {text}")
        self.field = field
        self.text = text
        self.problem = problem


class AlertQuery(Struct, frozen=True):
    """What an address asks for: ``typed`` are its filters as people wrote them.

    ``only_muted``: of what is closed, only what is silent until it was quiet once.
    """

    state: State
    typed: Mapping[str, str]
    register: RegisterQuery
    only_muted: bool = False

    @property
    def asked_state(self) -> str:
        """The state as addresses have it."""
        return MUTED if self.only_muted else self.state


T = TypeVar("T")


def read_query(
    given: Mapping[str, str], now: Instant, zone: tzinfo, *, for_page: bool = False
) -> AlertQuery:
    """Read the parts of an address; what is empty was not said. Raises BadQuery.

    ``for_page``: the state may be ``muted`` as well.
    """
    typed = {name: text for name in (*TEXTS, *TIMES) if (text := given.get(name, "").strip())}
    only_muted = for_page and given.get("state") == MUTED
    state = State.CLOSED if only_muted else _state(given.get("state") or State.OPEN)
    if "priority" in typed:
        _read("priority", some_of(*Priority), typed["priority"])
    texts = {field: typed[name] for name, field in TEXTS.items() if name in typed}
    since = until = None
    if "since" in typed:
        since = _read("since", lambda text: parse_span(text, now, zone), typed["since"]).start
    if "until" in typed:
        until = _read("until", lambda text: parse_span(text, now, zone), typed["until"]).end
    if since is not None and until is not None and until < since:
        text = "it is before `since`: nothing can lie between"
        raise BadQuery("until", text, Problem("until", "until_before_since"))
    before = given.get("before")
    query = RegisterQuery(
        filter=Filter(**texts),
        since=0 if since is None else since,
        until=LATEST if until is None else until,
        before=_read("before", read_cursor, before) if before else None,
        state=state,
    )
    return AlertQuery(state, typed, query, only_muted)


def _state(text: str) -> State:
    return State(_read("state", one_of(*State), text))


def _read(field: str, reader: Callable[[str], T], text: str) -> T:
    try:
        return reader(text)
    except Unreadable as error:
        raise BadQuery(field, str(error), error.of(field, text)) from None
    except ValueError as error:  # a time's
        raise BadQuery(field, str(error), Problem(field, "time", given=text)) from None
