"""Results on stdout: tables for people, JSON and CSV for programs.

Texts from outside are data: never markup, never a terminal's control characters, never a formula.
"""

import csv
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import click

from events_tracker.model.text import visible

_UNSEEN_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def json_text(value: object) -> str:
    """JSON with its letters as they are, but what cannot be seen escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return _UNSEEN_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def print_json(value: object) -> None:
    click.echo(json_text(value))


def print_json_list(items: Iterable[Mapping[str, Any]]) -> None:
    """A JSON list, item by item as they come."""
    before = "["
    for item in items:
        click.echo(f"{before}\n {json_text(item)}", nl=False)
        before = ","
    click.echo("[]" if before == "[" else "\n]")


def print_csv(fields: Sequence[str], items: Iterable[Mapping[str, Any]]) -> None:
    """CSV with a heading; nested values as JSON; no cell that a spreadsheet would run."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    for row in _csv_rows(fields, items):
        writer.writerow(row)
        click.echo(line.getvalue(), nl=False)
        line.seek(0)
        line.truncate()


def _csv_rows(fields: Sequence[str], items: Iterable[Mapping[str, Any]]) -> Iterator[list[str]]:
    yield list(fields)
    for item in items:
        yield [_cell(item[field]) for field in fields]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        return json_text(value)
    if not isinstance(value, str):
        return str(value)
    # A tab or a line break at the start would be escaped away before a spreadsheet sees it.
    return ("'" if value.startswith(_FORMULA) else "") + visible(value)


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table: drawn and coloured on a terminal, plain columns elsewhere."""
    shown = [[visible(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _draw(headings, shown)
        return
    widths = [max(map(len, column)) for column in zip(headings, *shown, strict=True)]
    for row in (headings, *shown):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _draw(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE, header_style="bold")
    numbers = ("Count", "Highest", "Threshold")
    for heading in headings:
        table.add_column(heading, justify="right" if heading in numbers else "left")
    for row in rows:
        # As Text, so that what looks like markup in a name stays what it is.
        table.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(table)
