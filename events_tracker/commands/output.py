"""Results on stdout for programs, JSON and CSV in UTF-8; and errors on stderr."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, tzinfo
from typing import Any, NoReturn

import click

from events_tracker.commands.streams import say
from events_tracker.formats.cells import csv_lines, json_list_lines, json_text

_INTERRUPTED = 130
"""128 and the number of SIGINT."""


def print_json(value: object) -> None:
    _write(json_text(value) + "\n")


def _write(text: str) -> None:
    """Print what programs read: in UTF-8, whatever the locale or the terminal is set to."""
    click.echo(text.encode("utf-8", "backslashreplace"), nl=False)


def print_json_list(items: Iterable[Mapping[str, Any]]) -> None:
    """Print a JSON list, item by item as they come."""
    for part in json_list_lines(items):
        _write(part)


def exit_with(errors: Iterable[str]) -> None:
    """Print what went wrong, and exit with 1; return if nothing did."""
    told = list(errors)
    for error in told:
        say(f"error: {error}")
    if told:
        click.get_current_context().exit(1)


def exit_stopped(text: str = "") -> NoReturn:
    """Say that Ctrl-C stopped the command, and what that means; exit as a shell has it."""
    if sys.stderr.isatty():
        say("")  # the terminal has written ^C
    say(f"Stopped. {text}".rstrip())
    click.get_current_context().exit(_INTERRUPTED)


def print_csv(fields: Sequence[str], items: Iterable[Mapping[str, Any]]) -> None:
    """Print CSV with a heading; nested values as JSON; no cell that a spreadsheet would run."""
    for line in csv_lines(fields, items):
        _write(line)


def print_items(
    format_: str,
    fields: Sequence[str],
    items: Iterable[Mapping[str, Any]],
    times: Iterable[str] = (),
    place: tzinfo = UTC,
) -> None:
    """Print a list whole, as JSON, CSV or a spreadsheet; in that, ``times`` are those of ``place``.

    Raises UsageError for a spreadsheet on a terminal, or where nothing writes one.
    """
    if format_ == "json":
        print_json_list(items)
    elif format_ == "csv":
        print_csv(fields, items)
    else:
        from events_tracker.commands.spreadsheet import print_xlsx

        print_xlsx(fields, items, times, place)
