"""Asking whoever sits at a terminal before something is done that a slip would make a loss."""

import select
import sys

import click

from events_tracker.app.app import App
from events_tracker.base import limits
from events_tracker.commands.output import exit_stopped
from events_tracker.commands.streams import say

_NOTHING = "Nothing was changed."


def is_answered() -> bool:
    """Tell whether somebody is there who can answer a question."""
    return sys.stdin.isatty()


def possible() -> bool:
    """Tell whether somebody is there who also reads what is printed before the question."""
    return is_answered() and sys.stdout.isatty()


def confirm(app: App, question: str) -> None:
    """Ask, and end the command with exit code 1 unless the answer is yes."""
    app.close()  # a connection would only grow old while somebody thinks
    try:
        agreed = agrees(question)
    except (click.Abort, KeyboardInterrupt):
        exit_stopped(_NOTHING)
    if not agreed:
        say(_NOTHING)
        click.get_current_context().exit(1)


def agrees(question: str, *, default: bool = False, err: bool = False) -> bool:
    """Ask until the answer is yes or no; nothing but Enter is the default.

    Raises Abort at the end of what is typed (Ctrl-D), and KeyboardInterrupt. A line is not read
    before it is there: a Ctrl-C that comes just before Python begins to read would be missed.
    """
    answers = {"y": True, "yes": True, "n": False, "no": False, "": default}
    while True:
        click.echo(f"{question} [{'Y/n' if default else 'y/N'}]: ", nl=False, err=err)
        while not select.select([sys.stdin], [], [], limits.CTRL_C_SECONDS)[0]:
            pass
        line = sys.stdin.readline()
        if not line:
            raise click.Abort
        if (agreed := answers.get(line.strip().lower())) is not None:
            return agreed
        click.echo("Please answer y for yes or n for no.", err=err)
