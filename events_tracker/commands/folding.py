"""Sentences on a terminal: folded at words, where they are longer than it is wide."""

import os
import shutil
import sys
import textwrap
from typing import Any

import click

from events_tracker.commands.options import is_wide

_USUAL_SIZE = (80, 24)


def tell(text: str, **style: Any) -> None:
    """Print one line of the result, folded; ``style`` as click's ``secho`` takes it."""
    told = "\n".join(folded(text))
    click.echo(click.style(told, **style) if style else told)


def folded(text: str, first: str = "", then: str = "  ") -> list[str]:
    """Fold a line of the result; ``first`` is before it, ``then`` before what goes on.

    Off a terminal, and with --wide, it stays whole. No word is broken: it can be copied whole.
    """
    if is_wide() or not sys.stdout.isatty():
        return [first + text]
    return _wrapped(text, first, then, shutil.get_terminal_size(_USUAL_SIZE).columns)


def folded_talk(text: str) -> list[str]:
    """Fold a line for a terminal's standard error."""
    # Where the result goes elsewhere, the terminal is known by standard error alone.
    size = os.get_terminal_size(sys.stderr.fileno())
    room = shutil.get_terminal_size(size if size.columns else _USUAL_SIZE).columns
    return _wrapped(text, "", "  ", room)


def _wrapped(text: str, first: str, then: str, room: int) -> list[str]:
    wrapped = textwrap.wrap(
        text,
        room,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped or [first]
