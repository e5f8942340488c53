"""`tracker clear`."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App, zone
from events_tracker.base import limits
from events_tracker.base.problems import ENGLISH
from events_tracker.base.times import Instant
from events_tracker.commands import asking
from events_tracker.commands.alert_table import (
    HISTORY_COLUMNS,
    STAYING_COLUMNS,
    history_row,
    staying_row,
)
from events_tracker.commands.as_of import print_as_of
from events_tracker.commands.completion import alarm_names
from events_tracker.commands.failing import repeat_errors, told_once
from events_tracker.commands.folding import tell
from events_tracker.commands.options import (
    account_argument,
    both,
    by_whom,
    filter_option,
    pass_format,
    wide,
)
from events_tracker.commands.output import print_json
from events_tracker.commands.tables import print_table
from events_tracker.formats.summaries import clear_object
from events_tracker.model.filters import Filter

if TYPE_CHECKING:
    from events_tracker.passes.clear import Summary
    from events_tracker.passes.staying import Staying
    from events_tracker.settings import Settings


@click.command(
    "clear",
    help="""Close the alerts that are over, as the scans observed them.

    An alert is over once its count was below its clear line (TRACKER_CLEAR_BELOW, or the alarm's
    --clear-below) for as long as TRACKER_CLEAR_AFTER, or the alarm's --clear-after, says.

    By hand, --force closes what the other options name; on a terminal it shows that and asks
    first. The group then stays silent until a scan has seen it below its clear line, so that it
    does not open again a minute later.

    \b
    tracker clear --dry-run
    tracker clear --force --account 1950 --reason 'technician on site'
    tracker clear --unmute --account 1950
    tracker clear --force --id 01a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6 --reason replaced
    """,
)
@click.option("--dry-run", is_flag=True, help="Print what would be closed; change nothing.")
@click.option("--force", is_flag=True, help="Close by hand, whatever the count.")
@click.option("--unmute", is_flag=True, help="Let what was closed by hand open again.")
@click.option("--yes", is_flag=True, help="With --force: ask nothing, close at once.")
@click.option("--reason", metavar="TEXT", help="With --force: why. It is kept in the register.")
@click.option(
    "--id",
    "ids",
    metavar="ID",
    multiple=True,
    help="By hand: the alert with this register id; may be repeated.",
)
@account_argument
@filter_option("--account", metavar="CODE", help="Only this account.")
@filter_option("--company", metavar="TEXT", help="Only this company, by name.")
@filter_option("--cuc", metavar="CUC", help="Only this CUC.")
@filter_option("--code", metavar="CODE", help="Only this event code.")
@filter_option("--alarm", metavar="NAME", shell_complete=alarm_names, help="Only this alarm.")
@repeat_errors
@by_whom
@wide
@pass_format
@click.pass_obj
def command(
    app: App,
    dry_run: bool,
    force: bool,
    unmute: bool,
    yes: bool,
    reason: str | None,
    ids: tuple[str, ...],
    bare: str | None,
    account: str | None,
    company: str | None,
    cuc: str | None,
    code: str | None,
    alarm: str | None,
    by: str | None,
    format_: str,
) -> None:
    from events_tracker.app import outcomes, passes

    only = Filter(account=both(bare, account), company=company, cuc=cuc, code=code, alarm=alarm)
    _refuse_misfits(only, ids, force=force, unmute=unmute, reason=reason, by=by, yes=yes)
    settings = app.settings()
    if unmute:
        from events_tracker.commands.muting import unmute as end_mutes

        why = (reason or "").strip()
        end_mutes(app, settings, only, ids, why, by, dry_run=dry_run, format_=format_)
        return
    forced = reason.strip() if reason else None
    lists = format_ == "json" or not app.quiet
    if forced and not (dry_run or yes) and format_ == "table" and asking.possible():
        ids = _asked(app, settings, only, ids, forced, by)
    by_cron = only.everything and not force and not dry_run
    with told_once(app, settings, "clear", keeps=by_cron) as ending:
        summary = passes.clear(
            app,
            settings,
            only,
            forced=forced,
            ids=ids or None,
            by=by,
            dry_run=dry_run,
            lists=lists,
        )
        if format_ == "json":
            print_json(clear_object(summary))
        elif not app.quiet and not summary.fruitless:
            _print(summary, app, settings, None if force else only)
            store = app.store(settings, app.deadline(limits.CLEAR_SECONDS))
            if dry_run and not force:
                from events_tracker.commands.muting import print_muted

                print_muted(app, store, only, settings)
            print_as_of(app, store, settings)
        ending.outcome = outcomes.of_clear(summary)


def _refuse_misfits(
    only: Filter,
    ids: tuple[str, ...],
    *,
    force: bool,
    unmute: bool,
    reason: str | None,
    by: str | None,
    yes: bool,
) -> None:
    """Raise UsageError for options that do not go together."""
    if ids and not only.everything:
        raise click.UsageError("--id says which alerts: it goes without other filters")
    if force and not (reason and reason.strip() and (ids or not only.everything)):
        raise click.UsageError(
            "--force needs --reason, and one of "
            "--id, --account, --company, --cuc, --code or --alarm"
        )
    if unmute and (force or (only.everything and not ids)):
        raise click.UsageError(
            "--unmute goes without --force, and needs one of "
            "--id, --account, --company, --cuc, --code or --alarm"
        )
    by_hand = (("--reason", reason), ("--id", ids or None), ("--by", by), ("--yes", yes or None))
    for option, given in by_hand:
        if given is not None and not (force or (unmute and option != "--yes")):
            raise click.UsageError(f"{option} goes with --force")


def _asked(
    app: App,
    settings: "Settings",
    only: Filter,
    ids: tuple[str, ...],
    forced: str,
    by: str | None,
) -> tuple[str, ...]:
    """Show what would be closed by hand, and ask; returns the ids of what was agreed to."""
    from events_tracker.app import passes

    foreseen = passes.clear(
        app, settings, only, forced=forced, ids=ids or None, by=by, dry_run=True
    )
    if foreseen.closed:
        _print(foreseen, app, settings)
        store = app.store(settings, app.deadline(limits.CLEAR_SECONDS))
        print_as_of(app, store, settings)
        asking.confirm(app, f"Close {foreseen.closed} by hand?")
        # What opens while somebody reads was not asked about.
        return ids or tuple(alert.register_id for alert in foreseen.cleared)
    return ids


def _print(summary: "Summary", app: App, settings: "Settings", only: Filter | None = None) -> None:
    """Print what came of it; ``only``: what was asked about, None where it was closed by hand."""
    done = "Would close" if summary.dry_run else "Closed"
    meant = "" if only is None or only.everything else f" for {only.in_words}"
    tell(f"{done} {summary.closed}, {summary.kept_of_filter} stay open{meant}.")
    place = zone(settings)
    if summary.cleared:
        rows = [history_row(alert, place) for alert in summary.cleared]
        print_table(HISTORY_COLUMNS, rows, place)
    if summary.staying:
        _print_staying(summary.staying, app.clock.now(), place)


def _print_staying(staying: "Sequence[Staying]", now: Instant, place: tzinfo) -> None:
    """Print what is not over yet, with why: as many as a list of what is open shows."""
    from events_tracker.messages.reasons import reason_text

    shown = staying[: limits.TABLE_ROWS]
    rows = [
        staying_row(one.alert, one.quantity, reason_text(one.reason, now, place, ENGLISH))
        for one in shown
    ]
    print_table(STAYING_COLUMNS, rows, place)
    if more := len(staying) - len(shown):
        tell(f"{more} more; --account and other options narrow it.")
