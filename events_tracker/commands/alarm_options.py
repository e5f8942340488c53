"""The options that define an alarm, for `create` and `edit`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

import click

from events_tracker.base.errors import Refused, UsageError
from events_tracker.base.problems import ENGLISH, Problem, words
from events_tracker.base.text import shortened
from events_tracker.commands.completion import alarm_names

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
    click.option(
        "--clear-below",
        metavar="PERCENT",
        help="Of > and >=: what is open goes on down to so much of the value (80%); empty: the "
        "settings'.",
    ),
    click.option(
        "--clear-after",
        metavar="TIME",
        help="How long it must be below that before it is over; empty: the settings'.",
    ),
)


def alarm_options(function: F) -> F:
    """Add every option that defines an alarm, in the contract's order."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@contextmanager
def told_by_option(**other: str) -> Iterator[None]:
    """Tell what is wrong by the options that would put it right.

    ``other``: fields that were given by an option of another name.
    """
    try:
        yield
    except Refused as refused:
        problems = [replace(one, field=other.get(one.field, one.field)) for one in refused.problems]
        raise UsageError("\n".join(map(_told, problems))) from None


def _told(problem: Problem) -> str:
    said = words(problem, ENGLISH, _option)
    if not problem.field:
        return said
    given = "" if problem.given is None else f" is {shortened(problem.given)!r}"
    return f"{_option(problem.field)}{given}: {said}"


def _option(field: str) -> str:
    return "the name" if field == "name" else f"--{field.replace('_', '-')}"
