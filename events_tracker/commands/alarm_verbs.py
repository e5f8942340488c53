"""`tracker alarms enable`, `disable`, `close`, `reopen` and `delete`: one alarm, one thing."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from events_tracker.app.app import App, zone
from events_tracker.base import limits
from events_tracker.base.text import many
from events_tracker.commands import asking
from events_tracker.commands.alarm_work import Work, opened
from events_tracker.commands.alert_table import OPEN_COLUMNS, open_rows
from events_tracker.commands.as_of import print_as_of
from events_tracker.commands.completion import alarm_names
from events_tracker.commands.folding import tell
from events_tracker.commands.options import by_whom, with_comment
from events_tracker.commands.tables import print_table
from events_tracker.decisions.alarms.names import find
from events_tracker.model.alarms import DEFAULT_ALARM
from events_tracker.model.filters import RegisterQuery, State
from events_tracker.reports import alarms, history

if TYPE_CHECKING:
    from events_tracker.passes.alarms import Change, Editor
    from events_tracker.storage import Store

Act = Callable[["Editor", "Store", str], "Change"]


def _verb(name: str, done: str, act: Act, help_: str) -> click.Command:
    """Make a command that does one thing to one alarm, and takes nothing away."""

    @click.command(name, help=help_)
    @click.argument("name", shell_complete=alarm_names)
    @by_whom
    @with_comment
    @click.pass_obj
    def run(app: App, /, name: str, **given: Any) -> None:
        work = Work.begin(app, given)
        work.tell_change(app, act(work.editor, work.store, name), done)

    return run


def _ending_verb(name: str, done: str, act: Act, help_: str) -> click.Command:
    """Make one after which the alarm finds nothing more: on a terminal it asks first."""

    @click.command(name, help=help_)
    @click.argument("name", shell_complete=alarm_names)
    @click.option("--yes", is_flag=True, help=f"Ask nothing, {name} it at once.")
    @by_whom
    @with_comment
    @click.pass_obj
    def run(app: App, /, name: str, yes: bool, **given: Any) -> None:
        if not yes and asking.possible():
            _ask(app, verb, name)
        work = Work.begin(app, given)
        change = act(work.editor, work.store, name)
        is_open = alarms.number_open(work.store, change.alarm.id)
        left = f"; `clear` closes {many(is_open, 'alert')} that it has open" if is_open else ""
        work.tell_change(app, change, done + left)

    verb = name
    return run


def _ask(app: App, verb: str, name: str) -> None:
    """Show what the next `clear` would close, and ask; not where little would be lost."""
    store, settings = opened(app)
    alarm = find(alarms.listed(store).alarms, name)
    wanted = RegisterQuery(alarm_id=alarm.id, state=State.OPEN)
    is_open = history.page(store, wanted, limits.TABLE_ROWS)
    if count := len(is_open.alerts) + is_open.more:
        tell(f"The next `clear` would close {many(count, 'alert')} of the alarm {alarm.name!r}:")
        print_table(OPEN_COLUMNS, open_rows(is_open.alerts), zone(settings))
        if is_open.more:
            tell(f"{is_open.more} more; `tracker history --open --alarm {name}` lists them.")
        print_as_of(app, store, settings)
    finds = alarm.enabled and (count > 0 or alarm.id == DEFAULT_ALARM)
    if finds or verb == "delete":
        asking.confirm(app, f"{verb.capitalize()} the alarm {alarm.name!r}?")


VERBS = (
    _verb(
        "enable",
        "enabled",
        lambda editor, store, name: editor.enable(store, name),
        "Let scans evaluate it; it starts afresh.",
    ),
    _ending_verb(
        "disable",
        "disabled",
        lambda editor, store, name: editor.disable(store, name),
        "Stop evaluating it; `clear` closes what it has open, which a terminal shows first.",
    ),
    _verb(
        "close",
        "closed",
        lambda editor, store, name: editor.follow_up(store, name, "closed"),
        "Mark that people are done with it. Changes nothing else.",
    ),
    _verb(
        "reopen",
        "reopened",
        lambda editor, store, name: editor.follow_up(store, name, "open"),
        "Mark that people are at it again. Changes nothing else.",
    ),
    _ending_verb(
        "delete",
        "deleted",
        lambda editor, store, name: editor.delete(store, name),
        "End it; a terminal asks first. Its register stays; `clear` closes what it has open; its "
        "name is free again.",
    ),
)
