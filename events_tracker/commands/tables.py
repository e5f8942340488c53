"""Tables for people: whole where a file or a program takes them, fitted where a terminal does."""

import sys
from collections.abc import Callable, Sequence
from datetime import tzinfo

import click
from msgspec import Struct

from events_tracker.base.text import visible

GAP = "  "


class Column(Struct, frozen=True):
    """One column, and what may become of it on a terminal that has no room for all.

    ``rank``: 0 is never left out; of the others, the highest goes first. ``least``: to how many
    characters its texts may be narrowed; None: they are whole or not there at all. What is narrowed
    is cut, or goes on in the next line if the column ``wraps``. ``bare`` takes off a text what only
    explains it: that is cut before anything else, and has what room is left. ``colour`` names the
    colour of a text on a terminal, if it has one: never the only sign of what it says.
    """

    heading: str
    rank: int = 0
    least: int | None = None
    wraps: bool = False
    is_time: bool = False
    is_number: bool = False
    bare: Callable[[str], str] | None = None
    colour: Callable[[str], str | None] | None = None


def print_table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], zone: tzinfo | None = None
) -> None:
    """Print rows under their headings. ``zone``: that of the times in them."""
    shown = [[visible(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        from events_tracker.commands.fitting import draw

        draw(columns, shown, zone)
        return
    headings = [column.heading for column in columns]
    widths = [max(map(len, cells)) for cells in zip(headings, *shown, strict=True)]
    for row in (headings, *shown):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(GAP.join(cells).rstrip())
