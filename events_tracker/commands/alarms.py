"""`tracker alarms`: list, show, create, edit, enable, disable, close, reopen, delete, templates."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from events_tracker.app.app import App, zone
from events_tracker.base import limits
from events_tracker.base.errors import UsageError
from events_tracker.base.text import storable
from events_tracker.commands.alarm_options import alarm_options, told_by_option
from events_tracker.commands.alarm_table import LIST_COLUMNS, list_row, story
from events_tracker.commands.alert_table import HISTORY_COLUMNS, history_row
from events_tracker.commands.completion import alarm_names
from events_tracker.commands.options import list_format, pass_format, wide
from events_tracker.commands.output import print_csv, print_json, print_json_list
from events_tracker.commands.tables import print_table
from events_tracker.decisions.alarms.templates import TEMPLATES
from events_tracker.formats.alarm import ALARM_FIELDS, alarm_object
from events_tracker.formats.summaries import story_object
from events_tracker.model.alarms import Alarm
from events_tracker.reports import alarms

if TYPE_CHECKING:
    from events_tracker.passes.alarms import Editor
    from events_tracker.settings import Settings
    from events_tracker.storage import Store


_name = click.argument("name", shell_complete=alarm_names)
_by = click.option("--by", metavar="NAME", help="Who does this; your login if left out.")
_comment = click.option("--comment", metavar="TEXT", help="Why; it is kept with the alarm.")


@click.group(
    "alarms",
    help="""Define alarms of your own beside the default one, and follow what they found.

    \b
    tracker alarms templates
    tracker alarms create night-panic --template panic-storm --priority high
    tracker alarms create test-overdue --template missing-test --accounts 1950,2207
    tracker alarms edit night-panic --value 3 --comment 'too late with 5'
    tracker scan --dry-run --alarm night-panic
    """,
)
def command() -> None:
    pass


@command.command("list", help="List the alarms, `default` among them.")
@wide
@list_format
@click.pass_obj
def list_(app: App, format_: str) -> None:
    store, settings = _opened(app)
    living = alarms.listed(store)
    objects = (alarm_object(alarm, living.names) for alarm in living.alarms)
    if format_ == "json":
        print_json_list(objects)
    elif format_ == "csv":
        print_csv(ALARM_FIELDS, objects)
    else:
        place = zone(settings)
        print_table(LIST_COLUMNS, [list_row(alarm, place) for alarm in living.alarms], place)


@command.command(
    "show",
    help="Tell one alarm's whole story: definition, last run, what is open, what was found lately.",
)
@_name
@wide
@pass_format
@click.pass_obj
def show(app: App, name: str, format_: str) -> None:
    store, settings = _opened(app)
    told = alarms.story(store, name)
    if format_ == "json":
        print_json(story_object(told))
        return
    place = zone(settings)
    for line in story(told.alarm, told.names, place):
        click.echo(line)
    for title, alerts in (("Open now", told.is_open), ("Found lately", told.recent)):
        click.echo(f"\n{title}: {len(alerts)}" if alerts else f"\n{title}: nothing.")
        if alerts:
            print_table(HISTORY_COLUMNS, [history_row(alert, place) for alert in alerts], place)


@command.command(
    "templates",
    help="List the ready-made alarms that `create --template` starts from.",
)
@list_format
def templates(format_: str) -> None:
    if format_ == "table":
        for name, template in TEMPLATES.items():
            needs = f" (needs {template.needs})" if template.needs else ""
            click.echo(f"{name}{needs}: {template.explanation}")
        return
    found = [
        {"name": n, "needs": t.needs, "explanation": t.explanation} for n, t in TEMPLATES.items()
    ]
    if format_ == "json":
        print_json_list(found)
    else:
        print_csv(("name", "needs", "explanation"), found)


@command.command(
    "create",
    help="Define a new alarm; without options it is like `default` is out of the box, "
    "for all codes.",
)
@click.argument("name")
@click.option("--template", type=click.Choice(list(TEMPLATES)), help="Start from a ready-made one.")
@alarm_options
@_by
@_comment
@pass_format
@click.pass_obj
def create(app: App, /, name: str, template: str | None, format_: str, **given: Any) -> None:
    work = _Work.begin(app, given)
    ready = None if template is None else TEMPLATES[template]
    with told_by_option():
        alarm = work.editor.create(work.store, {"name": name, **given}, ready)
    work.tell(app, alarm, "created", format_)
    work.warn(app, alarm)


@command.command(
    "edit",
    help="""Change an alarm. What changes how it detects begins a new revision.

    A new revision closes what the old one has open, and archives its entries.
    """,
)
@_name
@click.option(
    "--name", "new_name", metavar="NAME", help="Another name; keeps history and revision."
)
@alarm_options
@_by
@_comment
@pass_format
@click.pass_obj
def edit(app: App, /, name: str, new_name: str | None, format_: str, **given: Any) -> None:
    work = _Work.begin(app, given)
    with told_by_option():
        before, alarm = work.editor.edit(work.store, name, {"name": new_name, **given})
    again = " as a new revision" if alarm.revision != before.revision else ""
    work.tell(app, alarm, f"changed{again}", format_)
    work.warn(app, alarm)


def _verb(name: str, done: str, act: "Callable[[Editor, Store, str], Alarm]", help_: str) -> None:
    """Make a command that does one thing to one alarm."""

    @command.command(name, help=help_)
    @_name
    @_by
    @_comment
    @click.pass_obj
    def run(app: App, /, name: str, **given: Any) -> None:
        work = _Work.begin(app, given)
        work.tell(app, act(work.editor, work.store, name), done, "table")


_verb(
    "enable",
    "enabled",
    lambda editor, store, name: editor.enable(store, name),
    "Let scans evaluate it; it starts afresh.",
)
_verb(
    "disable",
    "disabled",
    lambda editor, store, name: editor.disable(store, name),
    "Stop evaluating it; `clear` closes what it has open.",
)
_verb(
    "close",
    "closed",
    lambda editor, store, name: editor.follow_up(store, name, "closed"),
    "Mark that people are done with it. Changes nothing else.",
)
_verb(
    "reopen",
    "reopened",
    lambda editor, store, name: editor.follow_up(store, name, "open"),
    "Mark that people are at it again. Changes nothing else.",
)
_verb(
    "delete",
    "deleted",
    lambda editor, store, name: editor.delete(store, name),
    "End it. Its register stays; `clear` closes what it has open; its name is free again.",
)


class _Work(Struct, frozen=True):
    """One change to an alarm: where, and by whom."""

    store: "Store"
    editor: "Editor"
    injected_code: str

    @classmethod
    def begin(cls, app: App, given: dict[str, Any]) -> "_Work":
        """Take ``by`` and ``comment`` out of the options, and open what is needed."""
        from events_tracker.app import passes

        _refuse_bytes(given)
        by, comment = given.pop("by"), given.pop("comment")
        store, settings = _opened(app)
        editor = passes.editor(app, settings, by=by, comment=comment)
        return cls(store, editor, settings.injection.code)

    def tell(self, app: App, alarm: Alarm, done: str, format_: str) -> None:
        if format_ == "json":
            living = alarms.listed(self.store)
            stored = next(other for other in living.alarms if other.id == alarm.id)
            print_json(alarm_object(stored, living.names))
        elif not app.quiet:
            click.echo(f"The alarm {alarm.name!r} is {done}.")

    def warn(self, app: App, alarm: Alarm) -> None:
        """Tell of a code that the alarm names and that no scan counts."""
        if self.injected_code in (*alarm.definition.codes, *alarm.definition.values):
            app.say(f"note: {self.injected_code} never counts: it is SEGWARE_ALARM_CODE")


def _refuse_bytes(given: dict[str, Any]) -> None:
    """Refuse what a shell passes on that is no UTF-8: it can be neither stored nor shown."""
    for option, value in given.items():
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and storable(text, len(text)) != text:
                raise UsageError(f"--{option.replace('_', '-')} is not a text in UTF-8")


def _opened(app: App) -> "tuple[Store, Settings]":
    settings = app.settings()
    return app.store(settings, app.deadline(limits.ALARMS_SECONDS)), settings
