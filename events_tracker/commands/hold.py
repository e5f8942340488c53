"""`tracker hold`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from events_tracker.app.app import App, zone
from events_tracker.base import limits
from events_tracker.base.times import Instant, parse_coming, parse_duration
from events_tracker.commands.completion import alarm_names
from events_tracker.commands.folding import tell
from events_tracker.commands.options import (
    by_whom,
    list_format,
    refuse_sheet,
    refuse_twice,
    refuse_unkept,
    wide,
)
from events_tracker.commands.output import print_csv, print_items, print_json
from events_tracker.commands.pager import paged

if TYPE_CHECKING:
    from events_tracker.passes.hold import Wanted
    from events_tracker.settings import Settings


@click.command(
    "hold",
    help="""Tell nobody of an account for a while, then once; without --account, list the holds.

    Everything is counted, opens and is in the register as ever. When the hold is over, each
    destination gets one message with what it kept back; nothing held, no message. At most 24 hours;
    up to 7 days with --long.

    \b
    tracker hold --account 1950 --for 4h --reason 'technician there'
    tracker hold 1950 --code E130 --until 06:00 --reason 'new detector' --dry-run
    tracker hold
    tracker hold --all
    tracker hold --end 019abc12def3
    """,
)
@click.argument("bare", metavar="[ACCOUNT]", required=False)
@click.option("--account", metavar="CODE", help="The account's code, as people know it.")
@click.option("--company", metavar="TEXT", help="The company's name, where several have the code.")
@click.option("--cuc", metavar="CUC", help="Only this CUC (ALR).")
@click.option("--code", metavar="CODE", help="Only this event code (E130).")
@click.option("--alarm", metavar="NAME", shell_complete=alarm_names, help="Only this alarm.")
@click.option("--for", "length", metavar="DURATION", help="For so long: 4h, 90m.")
@click.option(
    "--until",
    metavar="TIME",
    help="Until then: 06:00 (the next), 2026-12-20T18:00, 2026-12-20 (that whole day).",
)
@click.option("--long", "is_long", is_flag=True, help="It may be longer than 24 hours: up to 7d.")
@click.option("--reason", metavar="TEXT", help="Why; it stands in the message at its end.")
@by_whom
@click.option("--dry-run", is_flag=True, help="Only say what it would hold.")
@click.option(
    "--end", "ended", metavar="ID", help="End this hold now (the id's beginning will do)."
)
@click.option("--all", "all_", is_flag=True, help="List also the holds that are over.")
@wide
@list_format
@click.pass_obj
def command(
    app: App,
    /,
    bare: str | None,
    account: str | None,
    by: str | None,
    ended: str | None,
    format_: str,
    *,
    dry_run: bool,
    all_: bool,
    **given: Any,
) -> None:
    refuse_twice(bare, account)
    account = account if bare is None else bare
    makes = account is not None or dry_run or any(given.values())
    if [makes, ended is not None, all_].count(True) > 1:
        raise click.UsageError("make a hold (--account), end one (--end) or list them (--all)")
    if by is not None and not (makes or ended):
        raise click.UsageError("--by goes with --account or --end")
    if makes or ended is not None:
        refuse_sheet(format_)
    if ended is not None:
        _end(app, ended, by, format_)
    elif makes:
        _refuse(account, by, given)
        _make(app, (account or "").strip(), by, given, format_, dry_run=dry_run)
    else:
        _list(app, format_, ended=all_)


def _refuse(account: str | None, by: str | None, given: Mapping[str, Any]) -> None:
    """Refuse what does not go together, and what cannot be kept whole."""
    if not (account or "").strip():
        raise click.UsageError("say of which account nobody is to be told: --account CODE")
    if [given["length"], given["until"]].count(None) != 1:
        raise click.UsageError("say until when, once: --for 4h or --until TIME")
    if not (given["reason"] or "").strip():
        raise click.UsageError("--reason is missing: why is nobody to be told?")
    refuse_unkept(account, given["reason"], by)


def _make(
    app: App,
    account: str,
    by: str | None,
    given: Mapping[str, Any],
    format_: str,
    *,
    dry_run: bool,
) -> None:
    from events_tracker.app import holds
    from events_tracker.commands.alarm_options import told_by_option
    from events_tracker.commands.hold_text import made, preview
    from events_tracker.model.holds import Listed

    settings = app.settings(needs_segware=True)
    wanted = _wanted(app, settings, account, given)
    with told_by_option(until="until" if given["length"] is None else "for"):
        summary = holds.make(app, settings, wanted, by=by, dry_run=dry_run)
    place = zone(settings)
    if format_ == "table":
        if not app.quiet:
            for line in (made(summary, place), *preview(summary)):
                tell(line)
        return
    _print(Listed(summary.hold, 0), app.clock.now(), format_, dry_run=dry_run)
    for line in preview(summary):
        app.say(line)


def _wanted(app: App, settings: "Settings", account: str, given: Mapping[str, Any]) -> "Wanted":
    from events_tracker.passes.hold import Wanted

    now = app.clock.now()
    try:
        if given["length"] is not None:
            length = parse_duration(given["length"])
            if not length:
                raise ValueError("write how long nobody is to be told: 4h, 90m")
            ends_at = now + length
        else:
            ends_at = parse_coming(given["until"], now, zone(settings))
    except ValueError as error:
        option = "--for" if given["until"] is None else "--until"
        raise click.BadParameter(str(error), param_hint=option) from None
    return Wanted(
        account=account,
        ends_at=ends_at,
        reason=given["reason"].strip(),
        company=given["company"],
        cuc=_upper(given["cuc"]),
        code=_upper(given["code"]),
        alarm=given["alarm"],
        is_long=given["is_long"],
    )


def _upper(text: str | None) -> str | None:
    return None if text is None else text.strip().upper()


def _end(app: App, id_: str, by: str | None, format_: str) -> None:
    from events_tracker.app import holds
    from events_tracker.commands.hold_text import ended

    found = holds.end(app, app.settings(), id_.strip(), by=by)
    if format_ != "table":
        _print(found, app.clock.now(), format_)
    elif not app.quiet:
        tell(ended(found))


def _list(app: App, format_: str, *, ended: bool) -> None:
    from events_tracker.commands.hold_text import print_holds
    from events_tracker.formats.hold import HOLD_FIELDS, HOLD_TIMES, hold_object
    from events_tracker.reports.holds import holds

    settings, now = app.settings(), app.clock.now()
    store = app.store(settings, app.deadline(limits.HOLDS_SECONDS))
    found = holds(store, now, ended=ended)
    if format_ != "table":
        objects = (hold_object(one, now) for one in found)
        print_items(format_, HOLD_FIELDS, objects, HOLD_TIMES, zone(settings))
    elif found:
        with paged(app):
            print_holds(found, now, zone(settings), ended=ended)
    else:
        click.echo("There never was a hold." if ended else "Nothing is held.")


def _print(one: Any, now: Instant, format_: str, *, dry_run: bool = False) -> None:
    """Print one hold for programs; one that is only foreseen has no id."""
    from events_tracker.formats.hold import HOLD_FIELDS, hold_object

    found = hold_object(one, now)
    if dry_run:
        found["id"] = None
    if format_ == "json":
        print_json(found)
    else:
        print_csv(HOLD_FIELDS, [found])
