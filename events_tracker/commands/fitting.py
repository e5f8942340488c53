"""Tables on a terminal: as wide as it is, and whatever matters most unbroken.

Times are short: day and month, hour and minute, of the zone that is said once. Where not all fits,
what only explains goes first; then names are cut, and the columns that matter least are left out,
which is said. What does not fit even so is a card of lines for each row.
"""

import re
import shutil
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import zip_longest

import click
from rich.cells import cell_len, set_cell_size

from events_tracker.commands.folding import tell, wrapped
from events_tracker.commands.options import has_flag
from events_tracker.commands.tables import GAP, Column

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d) (\d\d:\d\d):\d\d\S+")
_LEAST_OF_A_CARD = 16
_A_WORD = 8

Widths = Mapping[int, int]
"""The columns that are shown, by their numbers, and how wide each is."""


def draw(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], zone: tzinfo | None = None
) -> None:
    """Print rows whose texts are visible already; ``zone`` is that of the times in them."""
    room = shutil.get_terminal_size().columns
    if has_flag("--wide"):
        _print_lines(columns, rows, _widest(columns, rows))
        return
    short = [[_short(*pair) for pair in zip(columns, row, strict=True)] for row in rows]
    bare = [[_bare(*pair) for pair in zip(columns, row, strict=True)] for row in short]
    widest = {n: width for n, width in _widest(columns, bare).items() if _is_told(n, columns, rows)}
    fitted = fit(columns, widest, room)
    if fitted is None or (len(rows) == 1 and fitted != widest):
        _print_cards(columns, rows, room)
        return
    _print_lines(columns, short, _explained(columns, fitted, _widest(columns, short), room))
    if zone is not None:
        tell(f"Times are those of {zone}.", dim=True)
    if left_out := [columns[number].heading for number in widest if number not in fitted]:
        tell(f"Not shown: {', '.join(left_out)}; --wide shows all.", dim=True)


def _is_told(number: int, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a column says anything: what may be left out takes no room for nothing."""
    return columns[number].rank == 0 or any(row[number] for row in rows)


def fit(columns: Sequence[Column], widest: Widths, room: int) -> Widths | None:
    """Choose columns and their widths; None if those that are never left out need more room.

    ``widest`` is what each column would take, ``room`` what there is for all of them.
    """
    chosen = dict(widest)
    while (narrowed := _narrowed(columns, chosen, room)) is None:
        last = max(chosen, key=lambda number: columns[number].rank)
        if columns[last].rank == 0:
            return None
        del chosen[last]
    return narrowed


def _narrowed(columns: Sequence[Column], chosen: Widths, room: int) -> Widths | None:
    """Narrow columns, taking from the widest of those that may be, until all fit."""
    widths = dict(chosen)
    while _total(widths.values()) > room:
        spare = {n: w for n, w in widths.items() if w > (columns[n].least or w)}
        if not spare:
            return None
        widths[max(spare, key=lambda number: spare[number])] -= 1
    return widths


def _widest(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Widths:
    headings = [column.heading for column in columns]
    texts = zip(headings, *rows, strict=True)
    return {number: max(map(cell_len, cells)) for number, cells in enumerate(texts)}


def _total(widths: Collection[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _explained(columns: Sequence[Column], chosen: Widths, whole: Widths, room: int) -> Widths:
    """Give the room that is left to what explains, if a word of it fits."""
    widths = dict(chosen)
    for number, width in chosen.items():
        if columns[number].bare is not None:
            more = min(whole[number] - width, room - _total(widths.values()))
            widths[number] += more if more >= min(_A_WORD, whole[number] - width) else 0
    return widths


def _bare(column: Column, text: str) -> str:
    return text if column.bare is None else column.bare(text)


def _short(column: Column, text: str) -> str:
    found = _TIME.fullmatch(text) if column.is_time else None
    if found is None:
        return text
    year, month, day, clock = found.groups()
    # Nobody takes a day of another year for one of this.
    of_year = "" if int(year) == datetime.now(UTC).year else f"/{year}"
    return f"{day}/{month}{of_year} {clock}"


def _print_lines(columns: Sequence[Column], rows: Sequence[Sequence[str]], widths: Widths) -> None:
    headings = [_padded(columns[n], columns[n].heading, width) for n, width in widths.items()]
    click.secho(GAP.join(headings).rstrip(), bold=True)
    for row in rows:
        folded = [_folded(columns[n], row[n], width) for n, width in widths.items()]
        for line in zip_longest(*folded, fillvalue=""):
            shown = zip(widths.items(), line, strict=True)
            cells = [_coloured(columns[n], text, width) for (n, width), text in shown]
            click.echo(GAP.join(cells).rstrip())


def _folded(column: Column, text: str, width: int) -> list[str]:
    """Fold one cell into lines."""
    if cell_len(text) <= width:
        return [text]
    bare = _bare(column, text)
    if bare != text and cell_len(bare) + _A_WORD > width:
        return [bare]
    if column.wraps:
        return wrapped(text, width, breaks=True)
    return [set_cell_size(text, width - 1) + "…"]


def _padded(column: Column, text: str, width: int) -> str:
    space = " " * (width - cell_len(text))
    return space + text if column.is_number else text + space


def _coloured(column: Column, text: str, width: int) -> str:
    padded = _padded(column, text, width)
    # Beside a cell that goes on in a further line there is nothing to colour.
    colour = None if column.colour is None or not text.strip() else column.colour(text.strip())
    return padded if colour is None else padded.replace(text, click.style(text, fg=colour), 1)


def _print_cards(columns: Sequence[Column], rows: Sequence[Sequence[str]], room: int) -> None:
    """Print a card of lines for each row: only what is empty has none."""
    label = max(len(column.heading) for column in columns) + len(": ")
    for number, row in enumerate(rows):
        if number:
            click.echo()
        for column, text in zip(columns, row, strict=True):
            # A word that is longer than its line is left to the terminal: it can be copied whole.
            lines = wrapped(text, max(room - label, _LEAST_OF_A_CARD)) if text else []
            for line_number, line in enumerate(lines):
                head = "" if line_number else f"{column.heading}:"
                click.echo(f"{head:<{label}}{_coloured(column, line, cell_len(line))}")
