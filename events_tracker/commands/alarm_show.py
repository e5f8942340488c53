"""`tracker alarms show`."""

from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App, clearing_of, zone
from events_tracker.commands.alarm_table import story
from events_tracker.commands.alarm_work import opened
from events_tracker.commands.alert_table import HISTORY_COLUMNS, history_row
from events_tracker.commands.as_of import print_as_of
from events_tracker.commands.completion import alarm_names
from events_tracker.commands.exception_table import print_exceptions
from events_tracker.commands.options import pass_format, wide
from events_tracker.commands.output import print_json
from events_tracker.commands.pager import paged
from events_tracker.commands.tables import print_table
from events_tracker.commands.version_table import VERSION_COLUMNS, version_row
from events_tracker.formats.summaries import story_object
from events_tracker.reports import alarms

if TYPE_CHECKING:
    from events_tracker.settings import Settings
    from events_tracker.storage import Store


@click.command(
    "show",
    help="Tell one alarm's whole story: definition, last run, what is open, what was found lately, "
    "and who changed what.",
)
@click.argument("name", shell_complete=alarm_names)
@wide
@pass_format
@click.pass_obj
def command(app: App, name: str, format_: str) -> None:
    store, settings = opened(app)
    told = alarms.story(store, name, app.clock.now())
    if format_ == "json":
        print_json(story_object(told))
        return
    with paged(app):
        _print(app, store, settings, told)


def _print(app: App, store: "Store", settings: "Settings", told: alarms.Story) -> None:
    place = zone(settings)
    for line in story(told.alarm, told.names, place, clearing_of(settings)):
        click.echo(line)
    if told.exceptions:
        click.echo(f"\nExceptions: {len(told.exceptions)}")
        print_exceptions(told.exceptions, place)
    over = [alert for alert in told.recent if alert.cleared_at is not None]
    for title, alerts in (("Open now", told.is_open), ("Over lately", over)):
        click.echo(f"\n{title}: {len(alerts)}" if alerts else f"\n{title}: nothing.")
        if alerts:
            print_table(HISTORY_COLUMNS, [history_row(alert, place) for alert in alerts], place)
        if alerts is told.is_open:
            print_as_of(app, store, settings)
    steps = told.versions.steps
    click.echo(f"\nVersions: {len(steps)}")
    print_table(VERSION_COLUMNS, [version_row(step, told.names, place) for step in steps], place)
