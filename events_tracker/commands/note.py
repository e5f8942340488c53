"""`tracker note`."""

import click

from events_tracker.app.app import App
from events_tracker.base.errors import Refused
from events_tracker.base.text import visible
from events_tracker.commands.options import by_whom, pass_format
from events_tracker.commands.output import print_json
from events_tracker.formats.told import note_object


@click.command(
    "note",
    help="""Write a note on one alert, open or over. It is shown with the alert, for ever.

    With --acknowledge you take the alert over: lists show whose it is. That takes nothing back and
    stops nothing.

    \b
    tracker note 01a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6 'client travels until Friday'
    tracker note 01a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6 'calling them' --acknowledge
    """,
)
@click.argument("register_id")
@click.argument("text")
@click.option("--acknowledge", is_flag=True, help="Take the alert over.")
@by_whom
@pass_format
@click.pass_obj
def command(
    app: App, register_id: str, text: str, acknowledge: bool, by: str | None, format_: str
) -> None:
    from events_tracker.app import editing

    try:
        note = editing.note(app, app.settings(), register_id, text, acknowledge=acknowledge, by=by)
    except Refused as refused:
        raise click.BadParameter(str(refused), param_hint="TEXT") from None
    if format_ == "json":
        print_json(note_object(note))
    elif not app.quiet:
        whose = f" {note.written_by} has the alert now." if note.acknowledge else ""
        click.echo(visible(f"Written, signed {note.written_by}.{whose}"))
