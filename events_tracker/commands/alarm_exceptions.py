"""`tracker alarms except`: accounts with a value of their own, or none at all."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from events_tracker.app.app import App, zone
from events_tracker.base.text import many
from events_tracker.base.times import Instant, local
from events_tracker.commands.alarm_options import told_by_option
from events_tracker.commands.alarm_work import opened
from events_tracker.commands.completion import alarm_names
from events_tracker.commands.exception_table import print_exceptions
from events_tracker.commands.options import (
    by_whom,
    list_format,
    named_time,
    refuse_sheet,
    refuse_unkept,
    wide,
)
from events_tracker.commands.output import print_csv, print_items, print_json
from events_tracker.commands.pager import paged
from events_tracker.decisions.alarms.rules import LARGEST
from events_tracker.formats.exception import (
    ENDED_FIELDS,
    EXCEPTION_FIELDS,
    EXCEPTION_TIMES,
    exception_object,
)
from events_tracker.reports import exceptions

if TYPE_CHECKING:
    from events_tracker.passes.exceptions import Change
    from events_tracker.settings import Settings
    from events_tracker.storage import Store


@click.command(
    "except",
    help="""Give one account a value of its own, or leave it out; without --account, list them.

    An exception changes nothing else: only what is open for this account and is compared with
    another value from now on is closed.

    \b
    tracker alarms except default --account 1950 --value 200 --reason school
    tracker alarms except default --account 1950 --never --reason 'under repair'
    tracker alarms except default --account 1950 --end
    tracker alarms except default --all
    """,
)
@click.argument("name", shell_complete=alarm_names)
@click.option("--account", metavar="CODE", help="The account's code, as people know it.")
@click.option(
    "--value",
    type=click.IntRange(0, LARGEST),
    metavar="N",
    help="Compare it with this instead of all of the alarm's values.",
)
@click.option("--never", is_flag=True, help="Do not count it at all.")
@click.option("--end", is_flag=True, help="Let it be as all other accounts again.")
@click.option(
    "--until",
    metavar="TIME",
    help="It ends by itself then: 2026-12-20 (that whole day), 2026-12-20T18:00, 2026-12.",
)
@click.option("--reason", metavar="TEXT", help="Why; it is kept with the exception.")
@by_whom
@click.option("--all", "ended", is_flag=True, help="List also those that have ended.")
@wide
@list_format
@click.pass_obj
def command(
    app: App,
    /,
    name: str,
    account: str | None,
    ended: bool,
    format_: str,
    **given: Any,
) -> None:
    if account is None:
        if any(option is not None and option is not False for option in given.values()):
            raise click.UsageError("say of which account: --account CODE")
        _list(app, name, format_, ended=ended)
        return
    if ended:
        raise click.UsageError("--all lists exceptions: it goes without --account")
    refuse_sheet(format_)
    _refuse(account, given)
    _change(app, name, account.strip(), format_, given)


def _refuse(account: str, given: Mapping[str, Any]) -> None:
    """Refuse what does not go together, and what cannot be kept whole."""
    if [given["value"] is not None, given["never"], given["end"]].count(True) != 1:
        raise click.UsageError("say what is to hold: one of --value N, --never or --end")
    if given["end"] and given["until"] is not None:
        raise click.UsageError("--until goes with --value or --never: --end is at once")
    if not given["end"] and not (given["reason"] or "").strip():
        raise click.UsageError("--reason is missing: why is this account an exception?")
    if not account.strip():
        raise click.UsageError("--account is empty: write the account's code")
    refuse_unkept(account, given["reason"], given["by"])


def _list(app: App, name: str, format_: str, *, ended: bool) -> None:
    store, settings = opened(app)
    found = exceptions.of_alarm(store, name, app.clock.now(), ended=ended)
    if format_ != "table":
        objects = (exception_object(one, ended=ended) for one in found)
        fields = ENDED_FIELDS if ended else EXCEPTION_FIELDS
        print_items(format_, fields, objects, EXCEPTION_TIMES, zone(settings))
    elif found:
        with paged(app):
            print_exceptions(found, zone(settings), ended=ended)
    else:
        click.echo(f"The alarm {name!r} has no exceptions.")


def _change(app: App, name: str, account: str, format_: str, given: Mapping[str, Any]) -> None:
    from events_tracker.app import editing

    store, settings = opened(app)
    reason = (given["reason"] or "").strip()
    editor = editing.exception_editor(app, settings, by=given["by"])
    with told_by_option():
        if given["end"]:
            change = editor.end(store, name, account, reason or None)
        else:
            ends_at = _ends_at(given["until"], app, settings)
            change = editor.make(store, name, account, given["value"], ends_at, reason)
    if format_ != "table":
        _print(app, store, change, format_)
    elif not app.quiet:
        click.echo(_told(change, account, settings))
    if change.after is not None and (doubt := exceptions.doubt(store, change.alarm, account)):
        app.say(f"warning: {doubt}")


def _ends_at(until: str | None, app: App, settings: "Settings") -> Instant | None:
    """Read --until: the last moment that it names still belongs to the exception."""
    if until is None:
        return None
    ends_at = named_time("--until", until, app, settings).end + 1
    if ends_at <= app.clock.now():
        raise click.BadParameter(
            f"{until!r} is over already: write a day or a time to come (2026-12-20T18:00)",
            param_hint="--until",
        )
    return ends_at


def _print(app: App, store: "Store", change: "Change", format_: str) -> None:
    """Print the exception that was made, or the one that was ended, for programs."""
    ended = change.after is None
    all_ = exceptions.of_alarm(store, change.alarm.name, app.clock.now(), ended=True)
    made = change.after or change.before
    (one,) = (one for one in all_ if made is not None and one.exception.id == made.id)
    found = exception_object(one, ended=ended)
    if format_ == "json":
        print_json(found)
    else:
        print_csv(ENDED_FIELDS if ended else EXCEPTION_FIELDS, [found])


def _told(change: "Change", account: str, settings: "Settings") -> str:
    """Say what holds from now on, and what that closed."""
    alarm, after = f"The alarm {change.alarm.name!r}", change.after
    if after is None:
        said = f"{alarm} treats the account {account} like every other again."
    elif after == change.before:
        return f"Nothing changed: {alarm[0].lower()}{alarm[1:]} has this exception already."
    elif after.value is None:
        said = f"{alarm} does not count the account {account} any more."
    else:
        said = f"{alarm} compares the account {account} with {after.value}."
    if after is not None and after.ends_at is not None:
        said = f"{said[:-1]}, until {local(after.ends_at - 1, zone(settings))}."
    if change.closed:
        were = "was" if change.closed == 1 else "were"
        said += f" {many(change.closed, 'open alert')} {were} closed."
    return said
