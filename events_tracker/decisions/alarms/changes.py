"""From the texts that people write to a changed alarm: for options, forms and programs alike."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from events_tracker.base import parsing
from events_tracker.base.errors import Refused
from events_tracker.base.problems import Problem, Unreadable
from events_tracker.decisions.alarms.rules import LARGEST, problems
from events_tracker.model.alarms import Alarm, Condition, Operator, Source


def changed(alarm: Alarm, given: Mapping[str, Any], others: Mapping[str, Alarm]) -> Alarm:
    """Change an alarm by what was given, by the names of the options; what is None was not given.

    Values are texts as people write them, of what is on or off booleans; ``others`` are the living
    alarms by id; a new alarm has no name yet. Raises Refused with everything that cannot be read,
    and what is wrong with the rest.
    """
    readers = _Readers(given, others)
    rule = replace(alarm.definition, **readers.of(_RULE))
    email = replace(alarm.email, **readers.of(_EMAIL))
    if rule.source == Source.EVENTS and "of" not in readers.read:
        rule = replace(rule, source_alarm_id=None)
    if rule.condition == Condition.COUNT and "field" not in readers.read:
        rule = replace(rule, field=None)
    after = replace(alarm, definition=rule, email=email, **readers.of(_ALARM))
    if readers.problems:
        # What can be read is judged all the same, so that everything is told at once. A name that
        # an alarm has already was fine once.
        kept = "name" if alarm.name and alarm.name == after.name else None
        judged = [problem for problem in problems(after, others) if problem.field != kept]
        raise Refused([*readers.problems, *judged])
    return after


class _Readers:
    """Reads what was given, and collects what is wrong with it."""

    def __init__(self, given: Mapping[str, Any], others: Mapping[str, Alarm]) -> None:
        # What may be repeated, and was not given, is an empty tuple.
        self._given = {name: v for name, v in given.items() if v is not None and v != ()}
        self._ids = {alarm.name: alarm.id for alarm in others.values()}
        self.read: set[str] = set()
        self.problems: list[Problem] = []

    def of(self, fields: Mapping[str, tuple[str, Callable[[Any], Any]]]) -> dict[str, Any]:
        found = {}
        for option, (field, reader) in fields.items():
            if option not in self._given:
                continue
            self.read.add(option)
            text = self._given[option]
            try:
                found[field] = self._id(text) if option == "of" else reader(text)
            except Unreadable as wrong:
                self.problems.append(
                    wrong.of(option, text if isinstance(text, str) else ",".join(text))
                )
        return found

    def _id(self, name: str) -> str | None:
        if not name:
            return None
        if name not in self._ids:
            raise Unreadable("no_such_alarm")
        return self._ids[name]


def _same(value: Any) -> Any:
    return value


def _values(texts: tuple[str, ...]) -> Mapping[str, int]:
    return parsing.values_from(0, LARGEST)(",".join(texts))


def _operator(text: str) -> Operator:
    return Operator(parsing.one_of(*Operator)(text))


def _text_or_none(text: str) -> str | None:
    return text or None


def _or_as_set(reader: Callable[[str], int]) -> Callable[[str], int | None]:
    """Make a reader of what an alarm may have of its own; empty: as in the settings."""
    return lambda text: reader(text) if text.strip() else None


_RULE: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "source": ("source", _same),
    "of": ("source_alarm_id", _same),
    "codes": ("codes", parsing.codes),
    "cucs": ("cucs", parsing.cucs),
    "accounts": ("accounts", parsing.texts_or_all),
    "companies": ("companies", parsing.texts_or_all),
    "group_by": ("group_by", parsing.texts),
    "condition": ("condition", _same),
    "field": ("field", _text_or_none),
    "operator": ("operator", _operator),
    "value": ("value", parsing.number_between(0, LARGEST)),
    "values": ("values", _values),
    "window": ("window", parsing.duration),
}
_EMAIL: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "email_subject": ("subject", _text_or_none),
    "email_to": ("to", parsing.addresses),
    "email_cc": ("cc", parsing.addresses),
    "include_table": ("include_table", _same),
}
_ALARM: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "name": ("name", _same),
    "description": ("description", _same),
    "priority": ("priority", _same),
    "enabled": ("enabled", _same),
    "notify": ("notify", _same),
    "channels": ("channels", parsing.texts_or_all),
    "catch_up": ("catch_up", _same),
    "clear_below": ("clear_below", _or_as_set(parsing.percentage)),
    "clear_after": ("clear_after", _or_as_set(parsing.duration)),
}
