"""`tracker notifications`."""

from datetime import tzinfo

import click
from msgspec import Struct

from events_tracker.app.app import App, zone
from events_tracker.base import limits
from events_tracker.base.times import Instant, local, short
from events_tracker.commands.alert_table import EVENT, event
from events_tracker.commands.as_of import no_notification
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
    wide,
)
from events_tracker.commands.output import print_items
from events_tracker.commands.pager import paged
from events_tracker.commands.tables import Column, print_table
from events_tracker.formats.masked import masked_destination, masked_error, whole_destination
from events_tracker.formats.notification import NOTIFICATION_FIELDS, notification_object
from events_tracker.messages.names import named
from events_tracker.model.deliveries import DeliveryState, Notice
from events_tracker.model.filters import Filter
from events_tracker.reports import notifications
from events_tracker.reports.known import refuse_unknown

_COLUMNS = (
    Column("When", is_time=True),
    Column("Kind"),
    Column("Alarm", rank=2, least=8),
    Column("Priority", rank=4),
    Column("Account"),
    Column("CUC", rank=3),
    EVENT,
    Column("Count", is_number=True),
    Column("Deliveries", rank=1, least=16, wraps=True),
    Column("Provider's id", rank=5),
)


@click.command(
    "notifications",
    help="""List what was to be told, newest first, and what became of it on each channel.

    Where it went to is masked, unless --full is given.
    Tables show 50 unless --limit says otherwise; JSON, CSV and spreadsheets are complete.
    """,
)
@account_argument
@filter_option(
    "--alarm", metavar="NAME", shell_complete=alarm_names, help="The alarm's name; * is a wildcard."
)
@filter_option("--account", metavar="CODE", help="The account's code; * is a wildcard.")
@click.option("--since", metavar="TIME", help=f"Then or later: {TIMES}.")
@click.option("--limit", type=NUMBER_OF_ROWS, metavar="N", help="At most so many.")
@click.option("--full", is_flag=True, help="Show numbers and addresses whole.")
@wide
@list_format
@click.pass_obj
def command(
    app: App,
    bare: str | None,
    alarm: str | None,
    account: str | None,
    since: str | None,
    limit: int | None,
    full: bool,
    format_: str,
) -> None:
    settings = app.settings()
    store = app.store(settings, app.deadline(limits.NOTIFICATIONS_SECONDS))
    account = both(bare, account)
    wanted = Filter(account=account, alarm=alarm)
    refuse_unknown(store, wanted)
    earliest = opened_within(since, None, None, app, settings).start
    if format_ != "table":
        notices = notifications.listed(store, earliest, alarm, account, limit)
        found = (notification_object(notice, full=full) for notice in notices)
        print_items(format_, NOTIFICATION_FIELDS, found, ("detected_at",), zone(settings))
        return
    shown, place = limit or limits.TABLE_ROWS, zone(settings)
    notices = notifications.listed(store, earliest, alarm, account, shown + 1)
    if not notices:
        tell(no_notification(wanted))
        return
    write = _Writer(app.clock.now(), place, full)
    rows = [[local(n.detected_at, place), *_row(n, write)] for n in notices[:shown]]
    with paged(app):
        print_table(_COLUMNS, rows, place)
        if len(notices) > shown and limit is None:
            click.echo("There are more; --limit N shows them.")


class _Writer(Struct, frozen=True):
    """How a delivery is written: times as of ``now`` in a zone, addresses whole or masked."""

    now: Instant
    zone: tzinfo
    full: bool

    def told(self, one: DeliveryState) -> str:
        """Write to whom, when, and what became of it: ``email sent to a…@example.com at 02:10``."""
        to = (whole_destination if self.full else masked_destination)(one.destination)
        at = "" if one.sent_at is None else f" at {short(one.sent_at, self.now, self.zone)}"
        said = one.error if self.full else masked_error(one.error, one.destination)
        error = f": {said}" if said else ""
        return f"{one.channel} {one.status}{f' to {to}' if to else ''}{at}{error}"


def _row(notice: Notice, write: _Writer) -> list[str]:
    told = [write.told(one) for one in notice.deliveries]
    ids = [f"{one.channel} {one.provider_id}" for one in notice.deliveries if one.provider_id]
    return [
        notice.kind,
        notice.alarm,
        notice.priority,
        named(notice.account_code, notice.account_id),
        notice.cuc or "",
        event(notice.code),
        str(notice.quantity),
        "; ".join(told) or "no channel was on",
        "; ".join(ids),
    ]
