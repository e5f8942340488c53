"""`tracker people`: add, list, password, remove."""

import sys
from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App, zone
from events_tracker.base import limits
from events_tracker.base.errors import UsageError
from events_tracker.base.times import local
from events_tracker.commands.extra import needs_web
from events_tracker.commands.folding import tell
from events_tracker.commands.options import list_format
from events_tracker.commands.output import print_items
from events_tracker.commands.pager import paged
from events_tracker.commands.tables import Column, print_table
from events_tracker.formats.people import PERSON_FIELDS, PERSON_TIMES, person_object
from events_tracker.reports import people

if TYPE_CHECKING:
    from events_tracker.passes.people import Keeper
    from events_tracker.settings import Settings
    from events_tracker.storage import Store

_COLUMNS = (
    Column("Name"),
    Column("Added", rank=1, is_time=True),
    Column("Password since", is_time=True),
    Column("Tokens", is_number=True),
)
_name = click.argument("name")
_password_stdin = click.option(
    "--password-stdin",
    is_flag=True,
    help="Read the password from standard input, one line, instead of asking for it.",
)


@click.group(
    "people",
    help="""Say who may sign in to the pages. Their names stand under what they change.

    \b
    tracker people add Ana
    tracker people password Ana
    tracker people remove Ana
    """,
)
def command() -> None:
    needs_web()


@command.command("add", help="Let somebody sign in, with a password of 10 characters or more.")
@_name
@_password_stdin
@click.pass_obj
def add(app: App, name: str, password_stdin: bool) -> None:
    from events_tracker.decisions.people import person_name, refuse_taken

    wanted, settings = person_name(name), app.settings()
    # Before a password is asked for, and once more when it is written.
    refuse_taken(wanted, people.names(_store(app, settings)))
    hash_ = _hashed_password(password_stdin)
    _keeper(app).add(_store(app, settings), wanted, hash_)
    _tell(app, f"{wanted!r} may sign in.")


@command.command("list", help="List who may sign in, and how many valid tokens each has.")
@list_format
@click.pass_obj
def list_(app: App, format_: str) -> None:
    settings = app.settings()
    found = people.listed(_store(app, settings), app.clock.now())
    if format_ != "table":
        objects = (person_object(one, found.tokens.get(one.name, 0)) for one in found.all)
        print_items(format_, PERSON_FIELDS, objects, PERSON_TIMES, zone(settings))
        return
    if not found.all:
        click.echo("Nobody may sign in yet: `tracker people add NAME`.")
        return
    place = zone(settings)
    rows = [
        [
            person.name,
            local(person.added_at, place),
            local(person.password_at, place),
            str(found.tokens.get(person.name, 0)),
        ]
        for person in found.all
    ]
    with paged(app):
        print_table(_COLUMNS, rows, place)


@command.command("password", help="Give somebody another password; it ends their sessions.")
@_name
@_password_stdin
@click.pass_obj
def password(app: App, name: str, password_stdin: bool) -> None:
    from events_tracker.decisions.people import find

    settings = app.settings()
    found = find(name, people.names(_store(app, settings)))
    hash_ = _hashed_password(password_stdin)
    revoked = _keeper(app).set_password(_store(app, settings), found, hash_)
    _tell(app, f"{found!r} has another password and is signed out everywhere.", revoked)


@command.command("remove", help="Let somebody sign in no more. What they changed keeps their name.")
@_name
@click.pass_obj
def remove(app: App, name: str) -> None:
    revoked = _keeper(app).remove(_store(app, app.settings()), name)
    _tell(app, f"{name!r} may not sign in any more.", revoked)


def _hashed_password(from_stdin: bool) -> str:
    """Read a password and return its hash. Raises UsageError for one that nobody may have."""
    from events_tracker.decisions.people import refuse_bad_password
    from events_tracker.web.passwords import hashed

    given = _line_of_stdin() if from_stdin else _asked()
    refuse_bad_password(given)
    return hashed(given)


def _asked() -> str:
    """Ask twice, unseen, where there is somebody to ask."""
    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask on: use --password-stdin")
    answer: str = click.prompt(
        "Password", hide_input=True, confirmation_prompt="The same again", err=True
    )
    return answer


def _line_of_stdin() -> str:
    """Read standard input to its end; what is no UTF-8 is for others to refuse."""
    # A letter takes up to four bytes, and a line may end in two.
    given = sys.stdin.buffer.read(4 * limits.LONGEST_PASSWORD + 3)
    text = given.decode("utf-8", "surrogateescape")
    line = text.removesuffix("\n").removesuffix("\r")
    if "\n" in line:
        raise UsageError("the password is more than one line")
    return line


def _tell(app: App, text: str, revoked: int = 0) -> None:
    if not app.quiet:
        tell(text + (f" Tokens revoked: {revoked}." if revoked else ""))


def _keeper(app: App) -> "Keeper":
    from events_tracker.passes.people import Keeper

    return Keeper(app.clock.now(), app.host)


def _store(app: App, settings: "Settings") -> "Store":
    """Open the database for one step: people take their time to think of a password."""
    return app.store(settings, app.deadline(limits.PEOPLE_SECONDS))
