"""`tracker scan`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App, zone
from events_tracker.base import limits
from events_tracker.base.text import many
from events_tracker.base.times import format_duration, local
from events_tracker.commands.alert_table import OPEN_COLUMNS, open_rows
from events_tracker.commands.as_of import print_as_of
from events_tracker.commands.completion import alarm_names
from events_tracker.commands.failing import repeat_errors, told_once
from events_tracker.commands.folding import tell
from events_tracker.commands.options import (
    account_argument,
    both,
    filter_option,
    pass_format,
    past_moment,
    wide,
)
from events_tracker.commands.output import print_json
from events_tracker.commands.progress import progress_shown
from events_tracker.commands.tables import print_table
from events_tracker.formats.summaries import scan_object
from events_tracker.model.alerts import Alert
from events_tracker.model.filters import Filter

if TYPE_CHECKING:
    from events_tracker.passes.scan.run import Summary
    from events_tracker.settings import Settings


@click.command(
    "scan",
    help="""Count the events of the rolling window and open what reaches its threshold.

    An alert opens once; later scans only observe it, and `tracker clear` closes it once its count
    has been below the clear line (TRACKER_CLEAR_BELOW) for long enough (TRACKER_CLEAR_AFTER).

    \b
    tracker scan --dry-run                            what would happen now
    tracker scan --dry-run --account 1950             to one account
    tracker scan --dry-run --at 2026-11-20T22:00      in the past
    TRACKER_THRESHOLD=30 tracker scan --dry-run       with another threshold
    """,
)
@click.option("--full", is_flag=True, help="Ask for everything, whatever earlier scans remember.")
@click.option("--dry-run", is_flag=True, help="Print what the next scan would do; change nothing.")
@click.option(
    "--at", metavar="TIME", help="With --dry-run: a past moment (2026-11-21T09:00, 22:00, 3h ago)."
)
@account_argument
@filter_option("--account", metavar="CODE", help="With --dry-run: only this account.")
@filter_option(
    "--alarm", metavar="NAME", shell_complete=alarm_names, help="With --dry-run: only this alarm."
)
@repeat_errors
@wide
@pass_format
@click.pass_obj
def command(
    app: App,
    full: bool,
    dry_run: bool,
    at: str | None,
    bare: str | None,
    account: str | None,
    alarm: str | None,
    format_: str,
) -> None:
    from events_tracker.app import outcomes, passes

    account = both(bare, account)
    if not dry_run and any(option is not None for option in (at, account, alarm)):
        raise click.UsageError("--at, --account and --alarm go with --dry-run: a scan is whole")
    settings = app.settings(needs_segware=True)
    past = past_moment(at, app, settings)
    with told_once(app, settings, "scan", keeps=not dry_run) as ending:
        summary = passes.scan(
            app,
            settings,
            full=full,
            dry_run=dry_run,
            at=past,
            account=account,
            alarm=alarm,
            lists=format_ == "json",
            watching=progress_shown(app),
        )
        if format_ == "json":
            print_json(scan_object(summary))
        elif not app.quiet:
            _print(summary, settings)
            if account is not None and past is None:
                _print_muted(app, settings, Filter(account=account, alarm=alarm))
            _print_as_of(app, summary, settings)
        for note in summary.notes:
            app.say(f"note: {note}")
        ending.outcome = outcomes.of_scan(summary)


def _print(summary: "Summary", settings: "Settings") -> None:
    if summary.unread:
        later = (
            "" if summary.dry_run else " Nothing ends because of that; the next scan tries again."
        )
        tell(f"Nothing could be read of {_window(summary, settings)}.{later}")
    else:
        _print_counts(summary, settings)
    if summary.opened or not summary.unread:
        _print_alerts("Would open" if summary.dry_run else "Opened", summary.opened)
    if summary.dry_run:
        _print_alerts("Still open", summary.ongoing)
        _print_alerts("Open, but below the clear line", summary.below)
    elif summary.still_holding or summary.still_below:
        tell(
            f"Open before: {summary.still_holding} going on, {summary.still_below} below the "
            "clear line and not cleared yet."
        )


def _print_muted(app: App, settings: "Settings", only: Filter) -> None:
    """Say what is silent of what was asked about: it is in none of the lists."""
    from events_tracker.commands.muting import print_muted

    print_muted(app, app.store(settings, app.deadline(limits.SCAN_SECONDS)), only, settings)


def _print_as_of(app: App, summary: "Summary", settings: "Settings") -> None:
    """End what is listed as open with its moment: a dry run has seen it itself, if anything."""
    if not (summary.opened or summary.still_holding or summary.still_below):
        return
    if summary.dry_run and not summary.unread:
        tell(f"As of {local(summary.window.end, zone(settings))}; nothing was changed.", dim=True)
    else:
        print_as_of(app, app.store(settings, app.deadline(limits.SCAN_SECONDS)), settings)


def _print_counts(summary: "Summary", settings: "Settings") -> None:
    tell(
        f"{'Would scan' if summary.dry_run else 'Scanned'} {_window(summary, settings)}: "
        f"{summary.fetched} events in {many(summary.requests, 'request')}, "
        + (f"{summary.remembered} remembered, " if summary.remembered else "")
        + f"{summary.counted} counted"
        + (f", {summary.malformed} malformed." if summary.malformed else ".")
    )


def _window(summary: "Summary", settings: "Settings") -> str:
    window, place = summary.window, zone(settings)
    length = format_duration(window.end - window.start)
    return f"{local(window.start, place)} to {local(window.end, place)} ({length})"


def _print_alerts(title: str, alerts: Sequence[Alert]) -> None:
    if not alerts:
        if title in ("Opened", "Would open"):
            click.echo(f"{title} nothing.")
        return
    click.echo(f"{title}: {many(len(alerts), 'alert')}.")
    ordered = sorted(alerts, key=lambda alert: -alert.quantity)
    print_table(OPEN_COLUMNS, open_rows(ordered))
