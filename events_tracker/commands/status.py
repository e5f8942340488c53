"""`tracker status`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App
from events_tracker.commands.options import pass_format
from events_tracker.commands.output import exit_with, print_json
from events_tracker.commands.tables import Column, print_table
from events_tracker.formats.status import check_object
from events_tracker.model.health import Health

if TYPE_CHECKING:
    from pathlib import Path

_COLOURS: Mapping[str, str] = {Health.OK: "green", Health.WARNING: "yellow", Health.PROBLEM: "red"}


@click.command(
    "status",
    help="""Check settings, database, Segware and the last scans. Changes nothing.

    Exits 1 if something is wrong.

    With --metrics nothing is checked: the numbers are written to FILE, whatever they say, for
    the textfile collector of Prometheus's node_exporter, which reads *.prom. If the database
    does not answer, FILE stays as it is, and the exit code is 1.

    \b
    Examples:
      tracker status
      tracker -q status --metrics /var/lib/prometheus/node-exporter/tracker.prom
    """,
)
@pass_format
@click.option(
    "--metrics",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write numbers for Prometheus to this file instead.",
)
@click.pass_obj
def command(app: App, format_: str, metrics: str | None) -> None:
    from events_tracker.app import reports

    if metrics is not None:
        if format_ != "table":
            raise click.UsageError("--metrics writes Prometheus's format: leave --format out")
        _write_metrics(app, app.folder / metrics)
        return
    checks = reports.status(app, app.settings())
    if format_ == "json":
        print_json([check_object(check) for check in checks])
    elif not app.quiet:
        print_table(
            (
                Column("Check"),
                Column("Health", colour=lambda text: _COLOURS[text]),
                Column("Detail", least=20, wraps=True),
            ),
            [[check.name, check.health.value, check.detail] for check in checks],
        )
    exit_with(f"{c.name}: {c.detail}" for c in checks if c.health is Health.PROBLEM)


def _write_metrics(app: App, file: "Path") -> None:
    """Write the numbers to a file, at once and as a whole. Raises TrackerError."""
    from events_tracker.app import reports
    from events_tracker.base import limits
    from events_tracker.commands.metrics_file import write

    settings = app.settings()
    store = app.store(settings, app.deadline(limits.STATUS_ANSWER_SECONDS))
    write(file, reports.metrics(settings, store, app.clock.now()), app.who)
    if not app.quiet:
        click.echo(f"The metrics are in {file}.")
