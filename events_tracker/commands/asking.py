"""Asking whoever sits at a terminal before something is done that a slip would make a loss."""

import sys

import click

from events_tracker.app.app import App
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
        agreed = click.confirm(question)
    except click.Abort:
        exit_stopped(_NOTHING)
    if not agreed:
        say(_NOTHING)
        click.get_current_context().exit(1)
