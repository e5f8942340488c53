"""`tracker purge`."""

import click

from events_tracker.app.app import App
from events_tracker.commands.failing import repeat_errors, told_once
from events_tracker.commands.folding import tell
from events_tracker.commands.options import pass_format
from events_tracker.commands.output import print_json
from events_tracker.formats.summaries import purge_object


@click.command(
    "purge",
    help="""Delete what is older than the settings keep, in batches. Never what is open.

    Notifications, deliveries, runs, gaps and expired tokens go after TRACKER_RETENTION; closed
    register entries only if TRACKER_REGISTER_RETENTION is set; the counts of past hours after
    TRACKER_COUNTS_RETENTION.
    """,
)
@click.option("--dry-run", is_flag=True, help="Count what is old enough; delete nothing.")
@repeat_errors
@pass_format
@click.pass_obj
def command(app: App, dry_run: bool, format_: str) -> None:
    from events_tracker.app import outcomes, passes

    settings = app.settings()
    with told_once(app, settings, "purge", keeps=not dry_run) as ending:
        rows = passes.purge(app, settings, dry_run=dry_run)
        if format_ == "json":
            print_json(purge_object(rows, dry_run=dry_run))
        elif not app.quiet:
            told = ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in rows.items())
            tell(f"{'Would delete' if dry_run else 'Deleted'} {told}.")
        ending.outcome = outcomes.of_purge(rows)
