"""`tracker alarms export`, `import` and `copy`: alarms as files."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from events_tracker.app.app import App
from events_tracker.base.errors import Refused, RefusedTogether, UsageError
from events_tracker.base.problems import ENGLISH, Problem, words
from events_tracker.base.text import visible
from events_tracker.commands.alarm_table import rule
from events_tracker.commands.alarm_work import Work, opened
from events_tracker.commands.completion import alarm_names
from events_tracker.commands.folding import tell
from events_tracker.commands.options import by_whom, with_comment
from events_tracker.commands.version_table import differences_told
from events_tracker.decisions.alarms.names import find
from events_tracker.decisions.alarms.versions import differences
from events_tracker.model.alarms import DEFAULT_ALARM
from events_tracker.model.versions import Content
from events_tracker.reports import alarms

if TYPE_CHECKING:
    from events_tracker.decisions.alarms.importing import Planned


@click.command(
    "export",
    help="""Write alarms as TOML: all, or those that are named.

    It has all that people set, and nothing of what scans found: a file for git, or for another
    installation. `default` is defined by the settings and left out unless it is named.

    \b
    tracker alarms export > alarms.toml
    tracker alarms export night-panic vip
    """,
)
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=alarm_names)
@click.pass_obj
def export(app: App, names: tuple[str, ...]) -> None:
    from events_tracker.formats.alarm_file import alarm_file

    store, _ = opened(app)
    living = alarms.listed(store)
    chosen = {alarm.id: alarm for alarm in (find(living.alarms, name) for name in names)}
    if not names:
        chosen = {alarm.id: alarm for alarm in living.alarms if alarm.id != DEFAULT_ALARM}
    text = alarm_file(map(Content.of, chosen.values()), living.names)
    click.echo(text.encode(), nl=False)


@click.command(
    "import",
    help="""Create and change alarms by their names, as a TOML file has them: all, or none.

    It says first what differs. - reads standard input. Alarms and fields that the file does not
    mention stay as they are.

    \b
    tracker alarms import alarms.toml --dry-run
    tracker alarms import alarms.toml --by Ana --comment 'as agreed in November'
    """,
)
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
@by_whom
@with_comment
@click.pass_obj
def import_(app: App, /, file: str, dry_run: bool, **given: Any) -> None:
    wanted = _wanted(_read(file), "standard input" if file == "-" else file)
    work = Work.begin(app, given)
    try:
        plan = work.editor.plan(work.store, wanted)
    except RefusedTogether as refused:
        raise UsageError(told_by_field(refused.problems)) from None
    names = {**alarms.listed(work.store).names, **{one.after.id: one.after.name for one in plan}}
    differing = [one for one in plan if one.differs]
    if not app.quiet:
        for one in differing:
            tell(visible(f"{one.after.name}: {_difference(one, names)}"))
    if differing and not dry_run:
        try:
            work.editor.bring_in(work.store, wanted, plan)
        except RefusedTogether as refused:
            raise UsageError(told_by_field(refused.problems)) from None
    for one in differing:
        work.warn(app, one.after, by_name=len(differing) > 1)
    if not app.quiet:
        new = sum(one.before is None for one in differing)
        counts = f"{new} created, {len(differing) - new} changed"
        alike = f"{len(plan) - len(differing)} as before"
        done = "Nothing was changed; it would be" if dry_run else "Imported"
        click.echo(f"{done}: {counts}, {alike}.")


@click.command(
    "copy",
    help="Define a new alarm that is like another one. Its exceptions and alerts stay there.",
)
@click.argument("old", shell_complete=alarm_names)
@click.argument("new")
@by_whom
@with_comment
@click.pass_obj
def copy(app: App, /, old: str, new: str, **given: Any) -> None:
    work = Work.begin(app, {"new": new, **given})
    try:
        alarm = work.editor.copy(work.store, old, new)
    except Refused as refused:
        raise UsageError(told_by_field((new, one) for one in refused.problems)) from None
    work.tell(app, alarm, f"created, like {old!r}", "table")
    work.warn(app, alarm)


def _read(file: str) -> bytes:
    try:
        with click.open_file(file, "rb") as opened_file:
            written: bytes = opened_file.read()
            return written
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None


def _wanted(written: bytes, called: str) -> dict[str, dict[str, Any]]:
    """Read a file's alarms by name; raises UsageError with every field that cannot be read."""
    from events_tracker.formats.alarm_file import alarms_in, given_in_file

    wanted: dict[str, dict[str, Any]] = {}
    problems: list[tuple[str, Problem]] = []
    for number, fields in enumerate(alarms_in(written, called), start=1):
        name = fields.get("name")
        if not isinstance(name, str):
            key = "missing" if name is None else "json_text"
            problems.append((f"alarm {number} of {called}", Problem("name", key)))
            continue
        if name in wanted:
            problems.append((name, Problem("name", "twice")))
        try:
            wanted[name] = given_in_file(fields)
        except Refused as refused:
            wanted[name] = {}
            problems += [(name, problem) for problem in refused.problems]
    if problems:
        raise UsageError(told_by_field(problems))
    return wanted


def told_by_field(problems: Iterable[tuple[str, Problem]]) -> str:
    """Tell what is wrong with alarms, a line each: by their names and fields in a file."""
    from events_tracker.formats.alarm_input import json_name

    lines = []
    for name, problem in problems:
        field = f", {json_name(problem.field)}" if problem.field else ""
        lines.append(f"{name}{field}: {words(problem, ENGLISH, json_name)}")
    return "\n".join(lines)


def _difference(one: "Planned", names: dict[str, str]) -> str:
    if one.before is None:
        return f"new, {rule(one.after.definition)}"
    again = one.after.revision != one.before.revision
    told = differences_told(differences(Content.of(one.before), Content.of(one.after)), names)
    return "; ".join(told) + (" (a new revision: what it has open is closed)" if again else "")
