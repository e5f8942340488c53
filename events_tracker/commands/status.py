"""`tracker status`."""

import click

from events_tracker.app.app import App
from events_tracker.commands.options import pass_format
from events_tracker.commands.output import exit_with, print_json
from events_tracker.commands.tables import Column, print_table
from events_tracker.formats.status import check_object
from events_tracker.model.health import Health


@click.command(
    "status",
    help="""Check settings, database, Segware and the last scans. Changes nothing.

    Exits 1 if something is wrong.
    """,
)
@pass_format
@click.pass_obj
def command(app: App, format_: str) -> None:
    from events_tracker.app import reports

    checks = reports.status(app, app.settings())
    if format_ == "json":
        print_json([check_object(check) for check in checks])
    elif not app.quiet:
        print_table(
            (Column("Check"), Column("Health"), Column("Detail", least=20, wraps=True)),
            [[check.name, check.health.value, check.detail] for check in checks],
        )
    exit_with(f"{c.name}: {c.detail}" for c in checks if c.health is Health.PROBLEM)
