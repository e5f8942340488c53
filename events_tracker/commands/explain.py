"""`tracker explain`."""

from datetime import tzinfo
from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App, zone
from events_tracker.base.problems import ENGLISH
from events_tracker.commands.completion import alarm_names
from events_tracker.commands.options import (
    filter_option,
    pass_format,
    past_moment,
    refuse_twice,
    wide,
)
from events_tracker.commands.output import exit_with, print_json
from events_tracker.commands.pager import paged
from events_tracker.commands.progress import progress_shown

if TYPE_CHECKING:
    from events_tracker.model.explanations import Explanation


@click.command(
    "explain",
    help="""Say why an account is open, not open, not over or not told, and what would change it.

    Without an account it is about an alarm, or all accounts of a company: what is open, what is
    muted and what is nearest to opening.

    It sees what `scan --dry-run` sees, and decides nothing that a scan does not. Changes nothing.

    \b
    tracker explain 1950
    tracker explain --account 1950 --company 'Sentinela Monitoramento'
    tracker explain 1950 --alarm default --code E130
    tracker explain 1950 --at 03:12       as it was then
    tracker explain --alarm default       what it sees now, of all accounts
    tracker explain --company 'Vigia*'    what each alarm sees of its accounts
    """,
)
@click.argument("code_of_account", metavar="[CODE]", required=False)
@click.option("--account", metavar="CODE", help="The account's code, as people know it.")
@filter_option("--company", metavar="TEXT", help="The company's name, where several have the code.")
@filter_option(
    "--alarm", metavar="NAME", shell_complete=alarm_names, help="Only this alarm's view."
)
@filter_option("--cuc", metavar="CUC", help="Only this CUC (ALR).")
@filter_option("--code", metavar="CODE", help="Only this event code (E130).")
@click.option("--at", metavar="TIME", help="A past moment (2026-11-21T09:00, 22:00, 3h ago).")
@wide
@pass_format
@click.pass_obj
def command(
    app: App,
    code_of_account: str | None,
    account: str | None,
    company: str | None,
    alarm: str | None,
    cuc: str | None,
    code: str | None,
    at: str | None,
    format_: str,
) -> None:
    from events_tracker.app import looking
    from events_tracker.model.filters import Filter

    refuse_twice(code_of_account, account)
    wanted = account or code_of_account
    if not (wanted or company or alarm):
        raise click.UsageError(
            "say which account, company or alarm: `tracker explain 1950`, "
            "`tracker explain --alarm default`"
        )
    settings = app.settings(needs_segware=True)
    found = looking.explain(
        app,
        settings,
        Filter(account=wanted, company=company, alarm=alarm, cuc=cuc, code=code),
        at=past_moment(at, app, settings),
        watching=progress_shown(app),
    )
    if format_ == "json":
        _print_json(found, zone(settings))
    else:
        from events_tracker.commands.explain_text import lines

        with paged(app):
            for line in lines(found, zone(settings), narrowed=bool(cuc or code)):
                click.echo(line)
    for note in found.notes:
        app.say(f"note: {note}")
    exit_with(found.errors)


def _print_json(found: "Explanation", place: tzinfo) -> None:
    from events_tracker.formats.explain import explanation_object
    from events_tracker.messages.causes import last_hours_texts
    from events_tracker.messages.codes import meaning
    from events_tracker.messages.reasons import reason_text

    print_json(
        explanation_object(
            found,
            last_hours_texts(found.last_hours, found.opened, place, ENGLISH),
            lambda reason: reason_text(reason, found.at, place, ENGLISH),
            lambda code: meaning(code, ENGLISH),
        )
    )
