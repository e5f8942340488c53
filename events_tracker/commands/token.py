"""`tracker token`: issue, list and revoke what opens the HTTP API."""

from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App, zone
from events_tracker.base import limits
from events_tracker.base.ids import new_id
from events_tracker.base.times import DAY, SECOND, local
from events_tracker.commands.extra import needs_web, web_secret
from events_tracker.commands.options import list_format
from events_tracker.commands.output import print_items
from events_tracker.commands.pager import paged
from events_tracker.commands.tables import Column, print_table
from events_tracker.formats.people import TOKEN_FIELDS, TOKEN_TIMES, token_object
from events_tracker.model.people import Scope, Token
from events_tracker.reports import people

if TYPE_CHECKING:
    from events_tracker.settings import Settings
    from events_tracker.storage import Store

_DAYS = 90
_COLUMNS = (
    Column("Id"),
    Column("Name", least=8),
    Column("Scope", rank=2),
    Column("Status"),
    Column("Issued", rank=1, is_time=True),
    Column("Expires", is_time=True),
)


@click.command(
    "token",
    help="""Issue, list and revoke tokens for the HTTP API.

    A token is printed once, alone, and kept nowhere. What its holder changes is signed NAME.

    \b
    tracker token --for Ana --read-only --days 30
    tracker token --for grafana --service > /run/secrets/grafana
    tracker token --list
    tracker token --revoke 019ab2c3d4e5f60718293a4b5c6d7e8f
    """,
)
@click.option("--for", "name", metavar="NAME", help="Issue one: for a person, or with --service.")
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    metavar="N",
    help=f"How long it is valid; {_DAYS} days if left out.",
)
@click.option("--read-only", is_flag=True, help="It may look, and change nothing.")
@click.option("--service", is_flag=True, help="It is a program's: NAME is none of the people.")
@click.option("--list", "lists", is_flag=True, help="List those on record, the newest first.")
@click.option("--revoke", "id_", metavar="JTI", help="Revoke the one with this id (claim jti).")
@list_format
@click.pass_obj
def command(
    app: App,
    name: str | None,
    days: int | None,
    read_only: bool,
    service: bool,
    lists: bool,
    id_: str | None,
    format_: str,
) -> None:
    needs_web()
    if [name is not None, lists, id_ is not None].count(True) != 1:
        raise click.UsageError("write one of --for NAME, --list and --revoke JTI")
    if name is None and (days is not None or read_only or service):
        raise click.UsageError("--days, --read-only and --service go with --for")
    if not lists and format_ != "table":
        raise click.UsageError("--format goes with --list")
    settings = app.settings()
    if name is not None:
        scope = Scope.READ if read_only else Scope.READ_WRITE
        _issue(app, settings, name, days or _DAYS, scope, service=service)
    elif id_ is not None:
        _revoke(app, settings, id_)
    else:
        _list(app, settings, format_)


def _issue(
    app: App, settings: "Settings", name: str, days: int, scope: Scope, *, service: bool
) -> None:
    from events_tracker.passes import tokens as issuing
    from events_tracker.web import tokens

    secret, now = web_secret(settings), app.clock.now()
    # A token says when it ends in whole seconds.
    until = (now + days * DAY) // SECOND * SECOND
    wanted = Token(new_id(now), name, service, scope, now, until)
    token = issuing.issue(_store(app, settings), wanted, app.host)
    app.say(f"Token {token.id} for {token.name!r}, until {local(until, zone(settings))}.")
    click.echo(tokens.issue(token, secret))


def _revoke(app: App, settings: "Settings", id_: str) -> None:
    from events_tracker.passes import tokens

    token = tokens.revoke(_store(app, settings), id_, app.clock.now(), app.host)
    if not app.quiet:
        said = "is revoked" if token.revoked_at is None else "was revoked already"
        click.echo(f"The token {token.id} of {token.name!r} {said}.")


def _list(app: App, settings: "Settings", format_: str) -> None:
    found, now = people.tokens(_store(app, settings)), app.clock.now()
    if format_ != "table":
        objects = (token_object(token, now) for token in found)
        print_items(format_, TOKEN_FIELDS, objects, TOKEN_TIMES, zone(settings))
        return
    if not found:
        click.echo("No token was issued yet: `tracker token --for NAME`.")
        return
    place = zone(settings)
    rows = [
        [
            token.id,
            token.name + (" (service)" if token.service else ""),
            token.scope.value,
            token.status(now).value,
            local(token.issued_at, place),
            local(token.expires_at, place),
        ]
        for token in found
    ]
    with paged(app):
        print_table(_COLUMNS, rows, place)


def _store(app: App, settings: "Settings") -> "Store":
    return app.store(settings, app.deadline(limits.PEOPLE_SECONDS))
