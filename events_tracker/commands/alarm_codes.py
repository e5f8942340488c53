"""`tracker alarms codes`."""

import click

from events_tracker.app.app import App
from events_tracker.base.parsing import joined
from events_tracker.base.problems import ENGLISH
from events_tracker.commands.alarm_work import opened
from events_tracker.commands.options import list_format, wide
from events_tracker.commands.output import print_items
from events_tracker.commands.pager import paged
from events_tracker.commands.tables import Column, print_table

_COLUMNS = (
    Column("Code"),
    Column("Meaning", least=12),
    Column("Family", rank=1),
    Column("Watched by", least=12, wraps=True),
    Column("Seen"),
)


@click.command(
    "codes",
    help="""List the event codes: what they mean, which alarms count them, which were seen.

    The codes of Contact ID, and those that only your panels or your alarms have. Seen is what scans
    remember of the last two days, and what is in the register.
    """,
)
@wide
@list_format
@click.pass_obj
def command(app: App, format_: str) -> None:
    from events_tracker.formats.code import CODE_FIELDS, code_object
    from events_tracker.messages.codes import family, meaning
    from events_tracker.reports import codes

    store, settings = opened(app)
    found = [
        code_object(
            one.code, meaning(one.code, ENGLISH), family(one.code), one.watched_by, seen=one.seen
        )
        for one in codes.listed(store, settings.injection.code, app.clock.now())
    ]
    if format_ != "table":
        print_items(format_, CODE_FIELDS, found)
        return
    rows = [
        [
            one["code"],
            one["meaning"] or "",
            one["family"] or "",
            joined(one["watched_by"]),
            "yes" if one["seen"] else "",
        ]
        for one in found
    ]
    with paged(app):
        print_table(_COLUMNS, rows)
