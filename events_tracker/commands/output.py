"""Results on stdout for programs: JSON and CSV, in UTF-8 and without a formula."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import click

from events_tracker.base.text import visible

_UNSEEN_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_FORMULA = re.compile(r'^(?=[=+\-@\t\r])|(?<=[;|])(?="*[=+\-@])')
"""Before what a spreadsheet runs: where a cell begins for it, by commas or by another separator.

A comma inside a text begins no cell: such a text is quoted.
"""
_FORMULA_IN_JSON = re.compile(r"(?<=[;|])[=+\-@]")


def json_text(value: object) -> str:
    """JSON with its letters as they are, but what cannot be seen escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return _UNSEEN_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def print_json(value: object) -> None:
    _write(json_text(value) + "\n")


def _write(text: str) -> None:
    """Print what programs read: in UTF-8, whatever the locale or the terminal is set to."""
    click.echo(text.encode("utf-8", "backslashreplace"), nl=False)


def print_json_list(items: Iterable[Mapping[str, Any]]) -> None:
    """A JSON list, item by item as they come."""
    before = "["
    for item in items:
        _write(f"{before}\n {json_text(item)}")
        before = ","
    _write("[]\n" if before == "[" else "\n]\n")


def print_csv(fields: Sequence[str], items: Iterable[Mapping[str, Any]]) -> None:
    """CSV with a heading; nested values as JSON; no cell that a spreadsheet would run."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    for row in _csv_rows(fields, items):
        writer.writerow(row)
        _write(line.getvalue())
        line.seek(0)
        line.truncate()


def _csv_rows(fields: Sequence[str], items: Iterable[Mapping[str, Any]]) -> Iterator[list[str]]:
    yield list(fields)
    for item in items:
        yield [_cell(item[field]) for field in fields]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return _FORMULA_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text(value))
    if isinstance(value, bool):
        return json_text(value)
    if not isinstance(value, str):
        return str(value)
    # First, while a tab or a line break is still itself: both may begin a formula.
    return visible(_FORMULA.sub("'", value))
