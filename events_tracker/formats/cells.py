"""JSON texts and CSV cells, without a sign that acts on who reads them."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from events_tracker.base.text import visible

_UNSEEN_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_FORMULA = re.compile(r'^(?=[=+\-@\t\r])|(?<=[;|])(?="*[=+\-@])')
"""Before what a spreadsheet runs: where a cell begins for it, by commas or by another separator.

A comma inside a text begins no cell: such a text is quoted.
"""
_FORMULA_IN_JSON = re.compile(r"(?<=[;|])[=+\-@]")


def json_text(value: object) -> str:
    """Write JSON with its letters as they are, but what cannot be seen escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return _UNSEEN_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def json_list_lines(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Write a JSON list as the parts of a file, item by item as they come."""
    before = "["
    for item in items:
        yield f"{before}\n {json_text(item)}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def csv_rows(fields: Sequence[str], items: Iterable[Mapping[str, Any]]) -> Iterator[list[str]]:
    """Write a heading and a row an item; nested values as JSON; no cell that would be run."""
    yield list(fields)
    for item in items:
        yield [_cell(item[field]) for field in fields]


def csv_lines(fields: Sequence[str], items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Write the same as the lines of a file, each with its line break."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    for row in csv_rows(fields, items):
        writer.writerow(row)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


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
