"""Results on stdout as a spreadsheet, for people who open it with a double click."""

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import IO, Any

import click

from events_tracker.base.errors import UsageError
from events_tracker.base.text import visible
from events_tracker.formats.cells import json_text

_MOST_ROWS = 1_048_576
"""Of one sheet, as the format has it; what is more goes on in another one."""
_MOST_TEXT = 32_767
_MOST_EXACT = 10**15
"""Spreadsheets keep 15 digits: a larger number is written as a text."""
_PIECE = 65_536
_NARROW, _OF_TIMES, _WIDE = 12, 20, 30
_WIDE_FIELDS = ("name", "trade_name", "company", "client_group", "description", "clear_reason")


def print_xlsx(
    fields: Sequence[str], items: Iterable[Mapping[str, Any]], times: Iterable[str], place: tzinfo
) -> None:
    """Print a workbook with a heading and a row an item; no text in it is ever run or a link.

    ``times``: the fields that hold ISO 8601 in UTC; they become dates in ``place``. Raises
    UsageError on a terminal, and where what writes workbooks is not installed.
    """
    if sys.stdout.isatty():
        raise UsageError("a spreadsheet is nothing for a terminal: add > and the name of a file")
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise UsageError(
            "--format xlsx needs the extra `excel`: pip install XlsxWriter, where the tracker is"
        ) from None
    with tempfile.TemporaryFile() as file:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd hh:mm:ss",
        }
        with Workbook(file, options) as book:
            _write(book, fields, items, frozenset(times), place)
        file.seek(0)
        for piece in _pieces(file):
            click.echo(piece, nl=False)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _write(
    book: Any,
    fields: Sequence[str],
    items: Iterable[Mapping[str, Any]],
    times: frozenset[str],
    place: tzinfo,
) -> None:
    sheet, row = _sheet(book, fields, times, place), 0
    for item in items:
        if row == _MOST_ROWS - 1:
            sheet.autofilter(0, 0, row, len(fields) - 1)
            sheet, row = _sheet(book, fields, times, place), 0
        row += 1
        for column, field in enumerate(fields):
            _cell(sheet, row, column, item[field], place if field in times else None)
    sheet.autofilter(0, 0, row, len(fields) - 1)


def _sheet(book: Any, fields: Sequence[str], times: frozenset[str], place: tzinfo) -> Any:
    """Begin a sheet: its heading stays where it is while the rows go by."""
    sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    # An account's code may be all digits, and is a text all the same.
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    for column, field in enumerate(fields):
        heading = f"{field} ({place})" if field in times else field
        least = _OF_TIMES if field in times else _WIDE if field in _WIDE_FIELDS else _NARROW
        sheet.set_column(column, column, max(least, len(heading) + 3))
        sheet.write_string(0, column, heading, bold)
    return sheet


def _cell(sheet: Any, row: int, column: int, value: object, place: tzinfo | None) -> None:
    if value is None:
        return
    if place is not None:
        at = datetime.fromisoformat(str(value)).astimezone(place)
        sheet.write_datetime(row, column, at.replace(tzinfo=None))
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float) and abs(value) < _MOST_EXACT:
        sheet.write_number(row, column, value)
    else:
        text = json_text(value) if isinstance(value, list | dict) else str(value)
        sheet.write_string(row, column, visible(text)[:_MOST_TEXT])
