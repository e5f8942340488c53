"""`tracker init`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App, environment_definition
from events_tracker.base.times import format_duration
from events_tracker.model.alarms import Definition

if TYPE_CHECKING:
    from events_tracker.passes.init import Summary


@click.command(
    "init",
    help="""Create or upgrade the database and adopt the settings' default alarm.

    Writes a first .env if there is none. Safe to repeat, and to run on two hosts at once.
    """,
)
@click.pass_obj
def command(app: App) -> None:
    from events_tracker.app import passes

    env_file = app.env_file() or app.folder / ".env"
    _write_first_env(env_file, app)
    settings = app.settings()
    for note in settings.notes:
        app.say(f"note: {note}")
    summary = passes.init(app, settings)
    if app.quiet:
        return
    click.echo(
        f"The database is ready ({summary.steps} steps taken)."
        if summary.steps
        else "The database is up to date."
    )
    click.echo(_told(summary, environment_definition(settings)))
    if settings.segware.token is None:
        click.echo(f"Next: set SEGWARE_TOKEN in {env_file}, then run `tracker status`.")
    elif summary.default == "stored":
        click.echo("Next: `tracker status`, then `tracker scan --dry-run`.")


def _write_first_env(path: Path, app: App) -> None:
    import secrets

    from events_tracker.settings.example import env_example

    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        # Where the environment has every setting, no file is missed; one that there is, or should
        # be, is missed when it is read.
        if app.env_file() is None:
            app.say(f"warning: {path} cannot be written: {error.strerror}")
        return
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(env_example(web_secret=secrets.token_urlsafe(48)))
    if not app.quiet:
        click.echo(f"Wrote {path}: the settings, explained.")


def _told(summary: "Summary", wanted: Definition) -> str:
    rule = f"{wanted.operator.value} {wanted.value} in {format_duration(wanted.window)}"
    if summary.default == "stored":
        return f"The alarm `default` is stored: {rule}."
    if summary.default == "adopted":
        return (
            f"The alarm `default` was redefined ({', '.join(summary.changed)}): {rule}. "
            f"{summary.closed} open alerts were closed, earlier entries are archived."
        )
    return f"The alarm `default` is unchanged: {rule}."
