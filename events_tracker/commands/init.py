"""`tracker init`."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App, environment_definition, zone
from events_tracker.base import limits
from events_tracker.base.times import format_duration, local
from events_tracker.commands.folding import tell
from events_tracker.commands.options import by_whom
from events_tracker.model.alarms import DEFAULT_ALARM, Definition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from events_tracker.passes.init import Summary
    from events_tracker.passes.restoring import Restored
    from events_tracker.settings import Settings


@click.command(
    "init",
    help="""Create or upgrade the database and adopt the settings' default alarm.

    Writes a first .env if there is none, unless the environment has all that is required. Safe to
    repeat, and to run on two hosts at once.

    With --restored, once, before passes run again on a backup: injections that may have been made
    since the copy are not made by themselves, everybody is signed out, every token is revoked.
    """,
)
@click.option("--restored", is_flag=True, help="The database was brought back from a backup.")
@by_whom
@click.pass_obj
def command(app: App, restored: bool, by: str | None) -> None:
    from events_tracker.app import passes

    env_file = app.env_file() or app.folder / ".env"
    if not _says_it_all(app.environ):
        _write_first_env(env_file, app)
    settings = app.settings()
    for note in settings.notes:
        app.say(f"note: {note}")
    summary = passes.init(app, settings, restored=restored, by=by)
    if app.quiet:
        return
    click.echo(
        f"The database is ready ({summary.steps} steps taken)."
        if summary.steps
        else "The database is up to date."
    )
    click.echo(_told(summary, environment_definition(settings)))
    if summary.default == "adopted":
        _warn_of_default(app, settings)
    if summary.restored is not None:
        for line in _of_the_backup(summary.restored, zone(settings)):
            click.echo(line)
    if settings.segware.token is None:
        tell(f"Next: set SEGWARE_TOKEN in {env_file}, then run `tracker status`.")
    elif summary.default == "stored":
        click.echo("Next: `tracker status`, then `tracker scan --dry-run`.")


def _warn_of_default(app: App, settings: "Settings") -> None:
    """Say what the new rule finds now, and what it names that nobody has ever seen."""
    from events_tracker.commands import alarm_warnings
    from events_tracker.decisions.alarms.names import find
    from events_tracker.reports import alarms

    store = app.store(settings, app.deadline(limits.ALARMS_SECONDS))
    alarm_warnings.warn(app, settings, store, find(alarms.listed(store).alarms, DEFAULT_ALARM))


def _says_it_all(environ: Mapping[str, str]) -> bool:
    """Tell whether the environment has all that any command needs, as that of a container."""
    return all(
        environ.get(name, "").strip() or environ.get(f"{name}_FILE", "").strip()
        for name in ("DATABASE_URL", "SEGWARE_TOKEN", "WEB_SECRET")
    )


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
        tell(f"Wrote {path}: the settings, explained.")


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


def _of_the_backup(restored: "Restored", place: "ZoneInfo") -> "Iterator[str]":
    """Say what happens now, and what only people can put right."""
    as_of = "no scan" if restored.as_of is None else local(restored.as_of, place)
    yield f"Restored, as of {as_of}: what is still wrong is told again."
    yield f"Still to be sent, once more if it was sent since: {restored.waiting}."
    yield (
        f"Uncertain now, as they may have been injected since: {restored.injections},"
        " and what opens next."
    )
    yield "`tracker notify --retry-failed --channel segware` injects what is still open."
    yield f"Tokens revoked: {restored.tokens}. Everybody is signed out."
    if restored.people:
        names = ", ".join(restored.people)
        yield f"These may sign in, with their passwords of then: {names}."
        yield "Remove who had left since: `tracker people remove NAME`."
