"""`tracker tune`."""

from collections.abc import Callable
from typing import TypeVar

import click

from events_tracker.app.app import App, zone
from events_tracker.base import parsing
from events_tracker.base.problems import Unreadable
from events_tracker.base.times import SECOND
from events_tracker.commands.options import list_format, refuse_twice, wide
from events_tracker.commands.output import print_items, print_json
from events_tracker.model.alarms import DEFAULT_ALARM

T = TypeVar("T")


def _one(read: Callable[[str], T]) -> Callable[..., T | None]:
    """Make a callback that reads an option, if it is given."""

    def parse(ctx: click.Context, param: click.Parameter, value: str | None) -> T | None:
        try:
            return None if value is None else read(value)
        except Unreadable as error:
            raise click.BadParameter(f"{value!r}: {error}") from None

    return parse


def _each(read: Callable[[str], T]) -> Callable[..., tuple[T, ...] | None]:
    """Make a callback that reads a list with commas, each item once; an empty one, if none is."""
    parse = _one(lambda text: tuple(dict.fromkeys(map(read, parsing.texts(text)))))
    return lambda ctx, param, value: parse(ctx, param, value or "")


def _days(text: str) -> int:
    """Read a number of days, with or without its unit."""
    return int(parsing.number_between(1, 3650)(text.strip().removesuffix("d")))


@click.command(
    "tune",
    help="""Say what another rule would have done: how many alerts, messages, reopenings.

    The rules are replayed over the kept counts of the past, at the moments of the scans of the
    time. Lists multiply; of what is not listed, it is what is in force. Without any, they are the
    present value and its neighbours: a half, two thirds, one and a half, twice. The line `check`
    says how much of the register the replay finds: believe the rest as much as that. An arrow marks
    the rule in force.
    Changes no rule: `tracker alarms edit`, or the settings for `default`, put one in force.
    --fetch fills the past of a new installation: it asks Segware for each minute, at --pace.

    \b
    per day, accounts   alerts a day, and how many accounts had any
    again               opened again within 2 hours of being over
    msg/10, >10, most   messages as notify sends them, on the busiest channel:
                        mean of ten minutes, share with over 10, the most
    >24h                alerts a day that stayed open for more than a day
    grade               from 30 days on. Green: at most 1 message in 10 minutes,
                        over 10 in less than 1% of them, and fewer than 5 a day
                        open for over a day; amber: at most 2; else red

    \b
    tracker tune
    tracker tune --values 20,30,50,80 --clear-below 100%,80%
    tracker tune --alarm panic --windows 1h,2h,6h --days 7
    tracker tune 1950 --format json
    tracker tune --fetch 7d
    """,
)
@click.argument("bare", metavar="[ACCOUNT]", required=False)
@click.option("--alarm", metavar="NAME", default=DEFAULT_ALARM, help="Of which alarm; `default`.")
@click.option(
    "--days",
    metavar="N",
    default="30",
    callback=_one(_days),
    help="Over so many days of the past; 30.",
)
@click.option(
    "--values",
    metavar="LIST",
    callback=_each(parsing.number_between(0)),
    help="Values to try: 20,30,50. Those of single codes go along in proportion.",
)
@click.option(
    "--windows", metavar="LIST", callback=_each(parsing.duration), help="Windows to try: 1h,2h."
)
@click.option(
    "--clear-after",
    metavar="LIST",
    callback=_each(parsing.duration),
    help="How long below before it is over: 0m,10m.",
)
@click.option(
    "--clear-below",
    metavar="LIST",
    callback=_each(parsing.percentage),
    help="Below which part of the value: 100%,80%.",
)
@click.option("--account", metavar="CODE", help="Only this account's alerts.")
@click.option(
    "--fetch",
    metavar="LENGTH",
    callback=_one(parsing.duration),
    help="First fetch what is not kept of the last 7d, say; it tells what that takes, and asks.",
)
@click.option(
    "--pace",
    metavar="SECONDS",
    callback=_one(parsing.pause),
    help="With --fetch: from one request to the next; 1s.",
)
@click.option("--yes", is_flag=True, help="With --fetch: ask nothing, begin at once.")
@wide
@list_format
@click.pass_obj
def command(
    app: App,
    bare: str | None,
    alarm: str,
    days: int,
    values: tuple[int, ...],
    windows: tuple[int, ...],
    clear_after: tuple[int, ...],
    clear_below: tuple[int, ...],
    account: str | None,
    fetch: int | None,
    pace: int | None,
    yes: bool,
    format_: str,
) -> None:
    if fetch is None and (pace is not None or yes):
        raise click.UsageError("--pace and --yes go with --fetch")
    refuse_twice(bare, account)
    account = bare or account
    from events_tracker.app import reports
    from events_tracker.commands.alarm_options import told_by_option
    from events_tracker.commands.progress import rules_shown
    from events_tracker.decisions.tuning.variants import Lists
    from events_tracker.formats.tuning import RULE_FIELDS, rule_objects, tuning_object

    settings = app.settings(needs_segware=fetch is not None)
    lists = Lists(windows, values, clear_after, clear_below)
    fetched = True
    if fetch is not None:
        from events_tracker.commands import tune_fetch

        with told_by_option():
            reports.refuse_untunable(app, settings, alarm, days, lists, account)
        fetched = tune_fetch.fetch(app, settings, fetch, pace or SECOND, asks=not yes)
    with told_by_option(), rules_shown(app) as progress:
        found = reports.tune(app, settings, alarm, days, lists, account, progress)
    if format_ == "table":
        from events_tracker.commands.tune_text import print_tuned

        print_tuned(found, zone(settings))
    elif format_ == "json":
        print_json(tuning_object(found))
    else:
        print_items(format_, RULE_FIELDS, rule_objects(found))
    for note in found.notes if format_ != "table" else ():
        app.say(f"note: {note}")
    if not fetched:
        click.get_current_context().exit(1)
