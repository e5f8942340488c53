"""Sentences on a terminal: folded at words, where they are longer than it is wide."""

import os
import shutil
import sys
import textwrap
from typing import Any

import click

from events_tracker.commands.options import has_flag

_USUAL_SIZE = (80, 24)
_SECOND_CELL = "\0"
"""No visible text has it."""


def tell(text: str, **style: Any) -> None:
    """Print lines of the result, folded; ``style`` as click's ``secho`` takes it."""
    told = "\n".join(part for line in text.split("\n") for part in folded(line))
    click.echo(click.style(told, **style) if style else told)


def folded(text: str, first: str = "", then: str = "  ") -> list[str]:
    """Fold a line of the result; ``first`` is before it, ``then`` before what goes on.

    Off a terminal, and with --wide, it stays whole. No word is broken: it can be copied whole.
    """
    if has_flag("--wide") or not sys.stdout.isatty():
        return [first + text]
    return wrapped(text, shutil.get_terminal_size(_USUAL_SIZE).columns, first, then)


def folded_talk(text: str) -> list[str]:
    """Fold a line for a terminal's standard error."""
    # Where the result goes elsewhere, the terminal is known by standard error alone.
    size = os.get_terminal_size(sys.stderr.fileno())
    room = shutil.get_terminal_size(size if size.columns else _USUAL_SIZE).columns
    return wrapped(text, room, then="  ")


def wrapped(
    text: str, room: int, first: str = "", then: str = "", *, breaks: bool = False
) -> list[str]:
    """Fold a visible text to so many cells of a terminal, in some of which a sign takes two.

    ``breaks``: a word that is longer than that is broken, not left to be copied whole.
    """
    from rich.cells import cell_len

    told = "".join(sign + _SECOND_CELL * (cell_len(sign) - 1) for sign in text)
    lines = textwrap.wrap(
        told,
        room,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=breaks,
        break_on_hyphens=False,
    )
    return [line.replace(_SECOND_CELL, "") for line in lines] or [first]
