"""What the shell offers for the Tab key."""

from typing import TYPE_CHECKING

import click

from events_tracker.base import limits

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def alarm_names(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    """Offer the names of alarms; none if the database cannot be asked just now."""
    from pathlib import Path

    from click.shell_completion import CompletionItem

    from events_tracker.app.app import App

    given = ctx.find_root().params.get("env_file")
    app = App(given_env_file=Path(given) if given else None, quiet=True)
    try:
        store = app.store(app.settings(), app.deadline(limits.COMPLETION_SECONDS))
        names = [alarm.name for alarm in store.read(lambda rows: rows.alarms.all())]
    except Exception:
        # Whatever it is, a command will say it: here it would only be typed into the user's line.
        return []
    finally:
        app.close()
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
