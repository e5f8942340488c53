"""The options that define an alarm, for `create` and `edit`: from texts to a changed alarm."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

import click

from events_tracker.base import parsing
from events_tracker.base.errors import Refused, UsageError
from events_tracker.base.problems import ENGLISH, Problem, Unreadable, words
from events_tracker.base.text import shortened
from events_tracker.commands.completion import alarm_names
from events_tracker.decisions.alarms.rules import LARGEST, problems
from events_tracker.model.alarms import Alarm, Operator

F = TypeVar("F", bound=Callable[..., Any])

_LIST = "comma-separated; empty for all"
_OPTIONS = (
    click.option("--description", metavar="TEXT", help="What it is for."),
    click.option("--priority", metavar="LEVEL", help="low, medium or high."),
    click.option("--source", metavar="SOURCE", help="events, or detections of another alarm."),
    click.option(
        "--of",
        metavar="ALARM",
        shell_complete=alarm_names,
        help="With --source detections: the other alarm.",
    ),
    click.option("--codes", metavar="LIST", help=f"Event codes that count ({_LIST})."),
    click.option("--cucs", metavar="LIST", help=f"CUCs that count ({_LIST})."),
    click.option("--accounts", metavar="LIST", help=f"Account codes that count ({_LIST})."),
    click.option("--companies", metavar="LIST", help=f"Companies that count, by name ({_LIST})."),
    click.option(
        "--group-by", metavar="LIST", help="account, company, cuc, code; empty: one group for all."
    ),
    click.option("--condition", metavar="KIND", help="count, or unique with --field."),
    click.option("--field", metavar="FIELD", help="How many different: account, code, cuc, ..."),
    click.option("--operator", metavar="OP", help="<, <=, =, > or >=."),
    click.option("--value", metavar="N", help="What the number is compared with."),
    click.option("--values", metavar="LIST", multiple=True, help="Of single codes: E130=30,..."),
    click.option("--window", metavar="TIME", help="How far back it counts: 15m, 2h, 7d."),
    click.option("--enabled/--disabled", default=None, help="Whether scans evaluate it."),
    click.option("--notify/--no-notify", default=None, help="Whether anybody is told."),
    click.option("--channels", metavar="LIST", help="On which channels; empty: all that are on."),
    click.option("--email-subject", metavar="TEXT", help="Empty: the settings'."),
    click.option("--email-to", metavar="LIST", help="Recipients; empty: the settings'."),
    click.option("--email-cc", metavar="LIST", help="Copies; empty: the settings'."),
    click.option(
        "--include-table/--no-include-table", default=None, help="A table of what was counted."
    ),
    click.option(
        "--catch-up/--no-catch-up", default=None, help="Also evaluate what missed scans left out."
    ),
)


def alarm_options(function: F) -> F:
    """Every option that defines an alarm, in the contract's order."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def changed(alarm: Alarm, given: Mapping[str, Any], others: Mapping[str, Alarm]) -> Alarm:
    """The alarm with the options that were given; ``others`` are the living alarms by id.

    Raises Refused with every option that cannot be read, and what is wrong with the others.
    """
    readers = _Readers(given, others)
    rule = replace(alarm.definition, **readers.of(_RULE))
    email = replace(alarm.email, **readers.of(_EMAIL))
    if rule.source == "events" and "of" not in readers.read:
        rule = replace(rule, source_alarm_id=None)
    if rule.condition == "count" and "field" not in readers.read:
        rule = replace(rule, field=None)
    alarm = replace(alarm, definition=rule, email=email, **readers.of(_ALARM))
    if readers.problems:
        # What can be read is judged all the same, so that everything is told at once. A name that
        # an alarm has already was fine once.
        judged = [problem for problem in problems(alarm, others) if problem.field != "name"]
        raise Refused([*readers.problems, *judged])
    return alarm


@contextmanager
def told_by_option() -> Iterator[None]:
    """Tell what is wrong with an alarm by the options that would put it right."""
    try:
        yield
    except Refused as refused:
        raise UsageError("\n".join(map(_told, refused.problems))) from None


def _told(problem: Problem) -> str:
    said = words(problem, ENGLISH, _option)
    if not problem.field:
        return said
    given = "" if problem.given is None else f" is {shortened(problem.given)!r}"
    return f"{_option(problem.field)}{given}: {said}"


def _option(field: str) -> str:
    return "the name" if field == "name" else f"--{field.replace('_', '-')}"


class _Readers:
    """Reads the options that were given, and collects what is wrong with them."""

    def __init__(self, given: Mapping[str, Any], others: Mapping[str, Alarm]) -> None:
        # Repeatable options that were not given are empty tuples.
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

    def _id(self, name: str) -> str:
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
    "description": ("description", _same),
    "priority": ("priority", _same),
    "enabled": ("enabled", _same),
    "notify": ("notify", _same),
    "channels": ("channels", parsing.texts_or_all),
    "catch_up": ("catch_up", _same),
}
