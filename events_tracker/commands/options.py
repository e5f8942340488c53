"""Options that several commands read the same way."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from events_tracker.app.app import App, zone
from events_tracker.base.parsing import some_of
from events_tracker.base.text import (
    ACCOUNT_CODE_WIDTH,
    REASON_WIDTH,
    WHO_WIDTH,
    is_storable,
    visible,
)
from events_tracker.base.times import LATEST, Instant, Span, is_month, parse_span
from events_tracker.model.alarms import Priority

if TYPE_CHECKING:
    from events_tracker.settings import Settings


Command = TypeVar("Command", bound=Callable[..., Any])
NUMBER_OF_ROWS = click.IntRange(1, 10**12)
"""As many as anybody may ask for, and as databases can count to."""

TIMES = "2026-11-21 (the whole day), 2026-11-21T09:00, 22:00 (the last), yesterday, 7d or 1w ago"
"""How --since and --until may be written, for their help."""

pass_format = click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json"]),
    default="table",
    help="For people, or for programs.",
)
list_format = click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "csv", "xlsx"]),
    default="table",
    help="For people, for programs, or a spreadsheet: all but the table are complete.",
)


def refuse_sheet(format_: str) -> None:
    """Raise UsageError where one thing is changed, and no list is printed that fills a sheet."""
    if format_ == "xlsx":
        raise click.UsageError("--format xlsx is for the list alone")


def filter_option(*names: str, **more: Any) -> Callable[[Command], Command]:
    """Make an option that is a text of a filter: given several times, it is a list with commas."""
    return click.option(*names, multiple=True, callback=_as_list, **more)


def _as_list(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> str | None:
    return ",".join(value) if value else None


account_argument = click.argument("bare", metavar="[ACCOUNT]...", nargs=-1, callback=_as_list)
"""Accounts right after the command: as good as --account; see :func:`both`."""


def both(bare: str | None, account: str | None) -> str | None:
    """Put accounts together that were named with and without the option."""
    given = [text for text in (bare, account) if text is not None]
    return ",".join(given) if given else None


def refuse_twice(bare: str | None, account: str | None) -> None:
    """Refuse an account that is named with and without the option where one is meant."""
    if bare is not None and account is not None:
        raise click.UsageError("say the account once: after the command, or with --account")


def some_priorities(text: str | None) -> str | None:
    """Read the list of --priority; raises click's BadParameter if one of it is none."""
    try:
        return text if text is None else some_of(*Priority)(text)
    except ValueError as error:
        hint = "--priority"
        raise click.BadParameter(f"{visible(text or '')!r}: {error}", param_hint=hint) from None


by_whom = click.option("--by", metavar="NAME", help="Who does this; your login if left out.")

with_comment = click.option("--comment", metavar="TEXT", help="Why; it is kept with the alarm.")


def remembered_flag(name: str, **more: Any) -> Callable[[Command], Command]:
    """Make a flag that commands do not hand on: whoever heeds it asks :func:`has_flag`."""

    def remember(ctx: click.Context, param: click.Parameter, value: bool) -> None:
        ctx.meta[f"events_tracker {name}"] = value

    return click.option(name, is_flag=True, expose_value=False, callback=remember, **more)


def has_flag(name: str) -> bool:
    """Tell whether the command that is running was called with a remembered flag."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(f"events_tracker {name}"))


wide = remembered_flag("--wide", help="On a terminal: every column whole, however long the lines.")


def named_time(option: str, text: str, app: App, settings: "Settings") -> Span:
    """Read the time that an option's text names; raises click's BadParameter if it names none."""
    try:
        return parse_span(text, app.clock.now(), zone(settings))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None


def refuse_unkept(account: str | None, reason: str | None, by: str | None) -> None:
    """Raise UsageError if what --account, --reason and --by say cannot be kept whole."""
    for option, text, width in (
        ("--account", account or "", ACCOUNT_CODE_WIDTH),
        ("--reason", reason or "", REASON_WIDTH),
        ("--by", by or "", WHO_WIDTH),
    ):
        if not is_storable(text):
            raise click.UsageError(f"{option} is not a text in UTF-8")
        if len(text.strip()) > width:
            raise click.UsageError(f"{option} has more than {width} characters")


def past_moment(text: str | None, app: App, settings: "Settings") -> Instant | None:
    """Read what --at names, which is over by now; raises click's BadParameter if it is not."""
    if text is None:
        return None
    at = named_time("--at", text, app, settings).start
    if at > app.clock.now():
        raise click.BadParameter(f"{text!r} is in the future", param_hint="--at")
    return at


def opened_within(
    since: str | None, until: str | None, month: str | None, app: App, settings: "Settings"
) -> Span:
    """Read what --since, --until and --month leave of all time; raises click's errors."""
    if month is not None:
        if since is not None or until is not None:
            raise click.UsageError("--month goes without --since and --until")
        if not is_month(month):
            raise click.BadParameter(
                f"{month!r} is not a month: write 2026-11", param_hint="--month"
            )
        return named_time("--month", month, app, settings)
    first = 0 if since is None else named_time("--since", since, app, settings).start
    last = LATEST if until is None else named_time("--until", until, app, settings).end
    if first > last:
        raise click.UsageError("--until is before --since: nothing can lie between")
    return Span(first, last)
