"""How a pass that fails says so: at once, then once an hour, and once more when that is over."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App
from events_tracker.app.outcomes import FAILED, STOPPED, Outcome, of_error
from events_tracker.base.errors import StorageError, TrackerError
from events_tracker.commands.options import has_flag, remembered_flag
from events_tracker.commands.output import exit_stopped, exit_with
from events_tracker.commands.streams import say

if TYPE_CHECKING:
    from events_tracker.settings import Settings

repeat_errors = remembered_flag(
    "--repeat-errors", help="Off a terminal too: print errors that the last run printed already."
)


@dataclass(slots=True)
class Ending:
    """The end of a pass, for whoever ran it to say."""

    outcome: Outcome = FAILED


@contextmanager
def told_once(
    app: App, settings: "Settings", name: str, *, keeps: bool, sends: bool = False
) -> Iterator[Ending]:
    """Run a pass that leaves its outcome in what this yields, then say its errors and exit.

    Off a terminal, what the last run of the pass ``name`` on this host said is said again only
    after an hour. ``keeps`` False: it is a run that others have nothing to do with, and all is
    said. Errors of usage and configuration go through: those are always said. Where it is stopped
    by Ctrl-C, what became of it is said; ``sends``: it tells people, as it goes.
    """
    ending, began = Ending(), app.clock.monotonic()
    once = keeps and not has_flag("--repeat-errors") and not sys.stderr.isatty()
    try:
        yield ending
    except TrackerError as error:
        # What the database cannot do it cannot keep either, and whoever waits has waited enough.
        if not once or error.exit_code != 1 or isinstance(error, StorageError):
            raise
        ending.outcome = of_error(error, app.secrets)
    except KeyboardInterrupt:
        ending.outcome = STOPPED
        exit_stopped(_left_behind(app, sends=sends))
    except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
        raise
    except Exception as error:
        if not once:
            raise
        ending.outcome = of_error(error, app.secrets)
    finally:
        _log(app, f"{ending.outcome.text}, in {app.clock.monotonic() - began:.1f} s")
    if not once:
        exit_with(ending.outcome.errors)
        return
    from events_tracker.app import failures

    told = failures.told(app, settings, name, ending.outcome.errors, ending.outcome.untried)
    for text in told.errors:
        say(f"error: {text}")
    for text in told.again:
        _log(app, f"again: {text}")
    if told.recovered:
        say(f"{name} {told.recovered}")
    if ending.outcome.errors:
        click.get_current_context().exit(1)


def _left_behind(app: App, *, sends: bool) -> str:
    if sends:
        return (
            "What was sent is kept, and what was on its way is tried again or called uncertain: "
            "see `tracker notifications`."
        )
    if app.recorded:
        return "What was decided by then is in the database: see `tracker history`."
    return "Nothing was changed."


def _log(app: App, text: str) -> None:
    """Tell who keeps a log what nobody else is told."""
    if app.logs is not None:
        app.logs.say(text)
