"""`tracker status`."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App
from events_tracker.app.channels import switched_on
from events_tracker.base import limits
from events_tracker.commands.options import pass_format
from events_tracker.commands.output import print_json
from events_tracker.commands.tables import Column, print_table
from events_tracker.decisions.health import Check, Health

if TYPE_CHECKING:
    from events_tracker.settings import Settings


@click.command(
    "status",
    help="""Check settings, database, Segware and the last scans. Changes nothing.

    Exits 1 if something is wrong.
    """,
)
@pass_format
@click.pass_obj
def command(app: App, format_: str) -> None:
    from events_tracker.reports import status

    settings = app.settings()
    deadline = app.deadline(limits.STATUS_SECONDS)
    store = app.unchecked_store(settings, deadline)
    token = settings.segware.token
    segware = app.segware(settings, deadline) if token else None
    source = app.env_file() or "the environment alone"
    checks = [
        _settings_check(settings, source),
        *status.run(
            store,
            segware,
            token,
            app.clock.now,
            settings.tracker.stale_after,
            sorted(switched_on(settings)),
            deadline,
        ),
    ]
    if format_ == "json":
        print_json([asdict(check) for check in checks])
    elif not app.quiet:
        print_table(
            (Column("Check"), Column("Health"), Column("Detail", least=20, wraps=True)),
            [[check.name, check.health.value, check.detail] for check in checks],
        )
    problems = [check for check in checks if check.health is Health.PROBLEM]
    for check in problems:
        click.echo(f"error: {check.name}: {check.detail}", err=True)
    if problems:
        click.get_current_context().exit(1)


def _settings_check(settings: "Settings", source: object) -> Check:
    """That the settings are complete, and what in them is probably not meant."""
    if settings.notes:
        return Check("settings", Health.WARNING, "; ".join(settings.notes))
    return Check("settings", Health.OK, f"complete, from {source}")
