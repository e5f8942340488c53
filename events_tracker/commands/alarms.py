"""`tracker alarms`: list, show, create, edit, enable, disable, close, reopen, delete, templates."""

from typing import Any

import click

from events_tracker.app.app import App, zone
from events_tracker.commands import (
    alarm_codes,
    alarm_exceptions,
    alarm_files,
    alarm_show,
    alarm_verbs,
)
from events_tracker.commands.alarm_options import alarm_options, told_by_option
from events_tracker.commands.alarm_table import LIST_COLUMNS, list_row
from events_tracker.commands.alarm_work import Work, opened
from events_tracker.commands.completion import alarm_names
from events_tracker.commands.folding import tell
from events_tracker.commands.options import (
    by_whom,
    list_format,
    pass_format,
    wide,
    with_comment,
)
from events_tracker.commands.output import print_items
from events_tracker.commands.pager import paged
from events_tracker.commands.tables import print_table
from events_tracker.decisions.alarms.templates import TEMPLATES
from events_tracker.formats.alarm import ALARM_FIELDS, ALARM_TIMES, alarm_object
from events_tracker.reports import alarms

_name = click.argument("name", shell_complete=alarm_names)


@click.group(
    "alarms",
    help="""Define alarms of your own beside the default one, and follow what they found.

    \b
    tracker alarms templates
    tracker alarms create night-panic --template panic-storm --priority high
    tracker alarms create no-test --template missing-test --accounts 1950,2207
    tracker alarms edit night-panic --value 3 --comment 'too late with 5'
    tracker scan --dry-run --alarm night-panic
    tracker alarms export > alarms.toml
    """,
)
def command() -> None:
    pass


command.add_command(alarm_codes.command)
command.add_command(alarm_exceptions.command)
command.add_command(alarm_files.export)
command.add_command(alarm_files.import_)
command.add_command(alarm_files.copy)
command.add_command(alarm_show.command)


@command.command("list", help="List the alarms, `default` among them.")
@wide
@list_format
@click.pass_obj
def list_(app: App, format_: str) -> None:
    store, settings = opened(app)
    living = alarms.listed(store)
    place = zone(settings)
    if format_ == "table":
        with paged(app):
            print_table(LIST_COLUMNS, [list_row(alarm, place) for alarm in living.alarms], place)
        return
    objects = (alarm_object(alarm, living.names) for alarm in living.alarms)
    print_items(format_, ALARM_FIELDS, objects, ALARM_TIMES, place)


@command.command(
    "templates",
    help="List the ready-made alarms that `create --template` starts from.",
)
@list_format
def templates(format_: str) -> None:
    if format_ == "table":
        for name, template in TEMPLATES.items():
            needs = f" (needs {template.needs})" if template.needs else ""
            tell(f"{name}{needs}: {template.explanation}")
        return
    found = [
        {"name": n, "needs": t.needs, "explanation": t.explanation} for n, t in TEMPLATES.items()
    ]
    print_items(format_, ("name", "needs", "explanation"), found)


@command.command(
    "create",
    help="Define a new alarm; without options it is like `default` is out of the box, "
    "for all codes.",
)
@click.argument("name")
@click.option(
    "--template",
    type=click.Choice(list(TEMPLATES)),
    metavar="NAME",
    help="Start from a ready-made one; `tracker alarms templates` lists them.",
)
@alarm_options
@by_whom
@with_comment
@pass_format
@click.pass_obj
def create(app: App, /, name: str, template: str | None, format_: str, **given: Any) -> None:
    work = Work.begin(app, given)
    ready = None if template is None else TEMPLATES[template]
    with told_by_option():
        alarm = work.editor.create(work.store, {"name": name, **given}, ready)
    work.tell(app, alarm, "created", format_)
    work.warn(app, alarm)


@command.command(
    "edit",
    help="""Change an alarm. What changes how it detects begins a new revision.

    A new revision closes what the old one has open, and archives its entries. Every change is kept
    as a version, which `show` lists and --restore takes back.
    """,
)
@_name
@click.option(
    "--name", "new_name", metavar="NAME", help="Another name; keeps history and revision."
)
@click.option(
    "--restore",
    metavar="VERSION",
    type=int,
    help="Go back to what it was then, as a new version; alone.",
)
@click.option(
    "--editor",
    "in_editor",
    is_flag=True,
    help="Open it as TOML in $VISUAL or $EDITOR; alone.",
)
@alarm_options
@by_whom
@with_comment
@pass_format
@click.pass_obj
def edit(
    app: App,
    /,
    name: str,
    new_name: str | None,
    restore: int | None,
    in_editor: bool,
    format_: str,
    **given: Any,
) -> None:
    signed = {"by": given["by"], "comment": given["comment"]}
    work = Work.begin(app, given)
    fields = {"name": new_name, **given}
    if restore is not None or in_editor:
        option = "--editor" if restore is None else "--restore"
        if (restore is not None and in_editor) or any(v not in (None, ()) for v in fields.values()):
            raise click.UsageError(f"{option} goes without the options that set fields")
    done = "changed" if restore is None else f"restored to version {restore}"
    with told_by_option():
        if in_editor:
            from events_tracker.commands.alarm_in_editor import edited

            work, change = edited(app, lambda: Work.begin(app, {**signed}), name)
        elif restore is None:
            change = work.editor.edit(work.store, name, fields)
        else:
            change = work.editor.restore(work.store, name, restore)
    work.tell_edit(app, change, done, format_)
    work.warn(app, change.alarm)


for _verb in alarm_verbs.VERBS:
    command.add_command(_verb)
