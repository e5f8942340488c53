"""`tracker history`."""

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App, zone
from events_tracker.base import limits
from events_tracker.base.times import Instant
from events_tracker.commands.alert_table import (
    HISTORY_COLUMNS,
    NOTE_COLUMNS,
    OPEN_NOW_COLUMNS,
    history_row,
    note_row,
    open_now_row,
)
from events_tracker.commands.as_of import nothing, print_as_of
from events_tracker.commands.completion import alarm_names
from events_tracker.commands.folding import tell
from events_tracker.commands.options import (
    NUMBER_OF_ROWS,
    TIMES,
    account_argument,
    both,
    filter_option,
    list_format,
    opened_within,
    some_priorities,
    wide,
)
from events_tracker.commands.output import print_items
from events_tracker.commands.pager import paged
from events_tracker.commands.tables import print_table
from events_tracker.formats.alert import ALERT_FIELDS, ALERT_TIMES, alert_object
from events_tracker.model.alerts import Alert
from events_tracker.model.filters import Filter, RegisterQuery, State
from events_tracker.reports import history
from events_tracker.reports.alert import told
from events_tracker.reports.known import refuse_unknown

if TYPE_CHECKING:
    from events_tracker.settings import Settings
    from events_tracker.storage import Store


@click.command(
    "history",
    help="""List the register: every alert, newest first. Changes nothing.

    * stands for anything; case and accents are all the same. Options that name something may be
    repeated, and take lists with commas. Tables show 50 entries unless --limit says otherwise;
    JSON, CSV and spreadsheets are complete.

    \b
    tracker history 1950
    tracker history --account 1950,2207 --code E130
    tracker history --open --company 'Vigil*'
    tracker history --month 2026-11 --format xlsx > november.xlsx
    tracker history 1950 --since 7d --evidence proof.zip    for a client
    """,
)
@account_argument
@filter_option("--account", metavar="CODE", help="The account's code, as people know it.")
@filter_option("--name", metavar="TEXT", help="The client's name: the account's trade name.")
@filter_option("--company", metavar="TEXT", help="The company's name.")
@filter_option("--group", "client_group", metavar="TEXT", help="The client group's name.")
@filter_option("--cuc", metavar="CUC", help="The CUC (ALR).")
@filter_option("--code", metavar="CODE", help="The event code (E130).")
@filter_option("--alarm", metavar="NAME", shell_complete=alarm_names, help="The alarm's name.")
@filter_option("--priority", metavar="LEVEL", help="The alarm's priority: low, medium or high.")
@click.option("--since", metavar="TIME", help=f"Opened then or later: {TIMES}.")
@click.option(
    "--until", metavar="TIME", help="Opened then or earlier; a day or a minute is meant to its end."
)
@click.option("--month", metavar="MONTH", help="Opened in this month: 2026-11.")
@click.option("--open", "open_only", is_flag=True, help="Only what is open now.")
@click.option("--archived", is_flag=True, help="Also what earlier revisions of an alarm opened.")
@click.option("--limit", type=NUMBER_OF_ROWS, metavar="N", help="At most so many entries.")
@click.option(
    "--evidence",
    type=click.Path(path_type=Path),
    metavar="FILE.zip",
    help="Write a proof for a client: one account, up to 31 days, counted again at Segware. "
    "Goes with --account, --company, --code, --since, --until and --month.",
)
@click.option(
    "--records", is_flag=True, help="With --evidence: also the very objects that Segware sends."
)
@wide
@list_format
@click.pass_obj
def command(
    app: App,
    bare: str | None,
    account: str | None,
    name: str | None,
    company: str | None,
    client_group: str | None,
    cuc: str | None,
    code: str | None,
    alarm: str | None,
    priority: str | None,
    since: str | None,
    until: str | None,
    month: str | None,
    open_only: bool,
    archived: bool,
    limit: int | None,
    evidence: Path | None,
    records: bool,
    format_: str,
) -> None:
    settings = app.settings(needs_segware=evidence is not None)
    span = opened_within(since, until, month, app, settings)
    texts = Filter(
        account=both(bare, account),
        name=name,
        company=company,
        client_group=client_group,
        cuc=cuc,
        code=code,
        alarm=alarm,
        priority=some_priorities(priority),
    )
    if records and evidence is None:
        raise click.UsageError("--records goes with --evidence")
    if evidence is not None:
        from events_tracker.commands.evidence import ALONE, write_evidence

        if open_only or archived or limit is not None or format_ != "table":
            raise click.UsageError(ALONE)
        write_evidence(app, settings, texts, span, evidence, records=records)
        return
    store = app.store(settings, app.deadline(limits.HISTORY_SECONDS))
    refuse_unknown(store, texts)
    query = RegisterQuery(
        filter=texts,
        since=span.start,
        until=span.end,
        state=State.OPEN if open_only else State.ALL,
        archived=archived,
        limit=limit,
    )
    if format_ == "table":
        with paged(app):
            _print(app, store, query, settings)
        return
    entries = map(alert_object, history.entries(store, query))
    print_items(format_, ALERT_FIELDS, entries, ALERT_TIMES, zone(settings))


def _print(app: App, store: "Store", query: RegisterQuery, settings: "Settings") -> None:
    some = _print_table(store, query, app.clock.now(), settings)
    if query.state is State.OPEN:
        from events_tracker.commands.muting import print_muted

        print_muted(app, store, query.filter, settings)
    if query.state is State.OPEN or not some:
        print_as_of(app, store, settings)


def _print_table(store: "Store", query: RegisterQuery, now: Instant, settings: "Settings") -> bool:
    """Print what matches; False if nothing does."""
    length, place = query.limit or limits.TABLE_ROWS, zone(settings)
    page = history.page(store, query, length)
    if not page.alerts:
        tell(nothing(query, place))
    else:
        # Those of one scan have no order of their own: the worst comes first, each time.
        alerts = sorted(page.alerts, key=lambda alert: (-alert.opened_at, -alert.quantity))
        _print_alerts(store, query, alerts, now, place)
    if len(page.alerts) == 1:
        _print_notes(store, page.alerts[0], place)
    if page.more > 0:
        click.echo(f"{page.more} more; --limit {length + page.more} shows all.")
    return bool(page.alerts)


def _print_alerts(
    store: "Store", query: RegisterQuery, alerts: Sequence[Alert], now: Instant, place: tzinfo
) -> None:
    """Print them, those that are open with how they stand now."""
    if query.state is not State.OPEN:
        print_table(HISTORY_COLUMNS, [history_row(alert, place) for alert in alerts], place)
        return
    standing = history.situations(store, alerts)
    # What was closed between the two looks is not open any more.
    found = [(alert, standing[id_]) for alert in alerts if (id_ := alert.register_id) in standing]
    print_table(OPEN_NOW_COLUMNS, [open_now_row(*one, now, place) for one in found], place)


def _print_notes(store: "Store", alert: Alert, place: tzinfo) -> None:
    """Print what people wrote on the one alert that is shown."""
    found = told(store, alert.register_id)
    if found is not None and found.notes:
        click.echo()
        print_table(NOTE_COLUMNS, [note_row(note, place) for note in found.notes], place)
