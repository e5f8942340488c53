"""`tracker demo --prepare`: the database of the settings, as a demonstration needs it."""

import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from events_tracker.app import passes
from events_tracker.app.app import App
from events_tracker.base import limits
from events_tracker.base.errors import SettingsError, StorageError
from events_tracker.base.hosts import is_loopback
from events_tracker.commands.extra import needs_web

if TYPE_CHECKING:
    from events_tracker.settings import Settings

_LOOK_SECONDS = 1.0


def prepare(app: App) -> None:
    """Make tables, alarms and a person; where they are, only give the person another password.

    Raises SettingsError where Segware is no simulated one, StorageError if the database does not
    answer in time.
    """
    needs_web()
    from events_tracker.commands.demo_life import PERSON, let_in, make_alarms

    settings = app.settings()
    if not is_loopback(urlsplit(settings.segware.url).hostname or ""):
        raise SettingsError(
            ["SEGWARE_URL is not on this machine: only a simulated Segware has a demo's people"]
        )
    _make_database(app, settings)
    password = secrets.token_urlsafe(9)
    if let_in(app, password):
        make_alarms(app)
    click.echo(f"To sign in: {PERSON}, with the password {password}")


def _make_database(app: App, settings: "Settings") -> None:
    """Make the tables as soon as there is a server: one that was just started takes its time."""
    until = app.clock.monotonic() + limits.INIT_SECONDS
    while True:
        try:
            passes.init(app, settings)
        except StorageError:
            if app.clock.monotonic() > until:
                raise
            app.clock.sleep(_LOOK_SECONDS)
        else:
            return
