"""`tracker notify`."""

from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App
from events_tracker.app.channels import switched_on
from events_tracker.app.test_message import send_test
from events_tracker.base.text import did_you_mean, nearest, visible
from events_tracker.commands.alert_table import EVENT, event
from events_tracker.commands.failing import repeat_errors, told_once
from events_tracker.commands.options import NUMBER_OF_ROWS, pass_format, wide
from events_tracker.commands.output import print_json
from events_tracker.commands.tables import Column, print_table
from events_tracker.formats.summaries import notify_object
from events_tracker.messages.names import named
from events_tracker.model.deliveries import CHANNELS, OUTCOMES, SEGWARE, DeliveryStatus
from events_tracker.model.filters import listed

if TYPE_CHECKING:
    from events_tracker.passes.notify.run import Summary
    from events_tracker.settings import Settings

_COLUMNS = (
    Column("Channel"),
    Column("Kind"),
    Column("Account"),
    EVENT,
    Column("Status"),
    Column("Attempts", rank=2, is_number=True),
    Column("Error", rank=1, least=16, wraps=True),
)


def _channels(
    ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]
) -> tuple[str, ...]:
    """Read channels as every filter is read: lists with commas, in any case.

    Raises click's BadParameter for what is none, with the nearest.
    """
    found = [name for text in texts for name in listed(text)]
    for name in found:
        if name.lower() not in CHANNELS:
            hint = did_you_mean(nearest(name, CHANNELS))
            raise click.BadParameter(
                f"{visible(name)!r} is no channel{hint or ': there are ' + ', '.join(CHANNELS)}"
            )
    return tuple(name.lower() for name in found)


@click.command(
    "notify",
    help="""Deliver what is due on the channels that are on.

    What fails is tried again later, by itself. Also watches the tracker itself: without good scans
    its own alarm opens.

    \b
    tracker notify --test whatsapp        does the channel work?
    tracker notify --dry-run              what is due now
    tracker notify --retry-failed         what was given up, once more
    """,
)
@click.option("--dry-run", is_flag=True, help="Print what is due; send nothing.")
@click.option(
    "--channel",
    "names",
    metavar="NAME",
    multiple=True,
    callback=_channels,
    shell_complete=lambda _, __, begun: [name for name in CHANNELS if name.startswith(begun)],
    help=f"Only this channel, or some: {', '.join(CHANNELS)}.",
)
@click.option(
    "--limit",
    type=NUMBER_OF_ROWS,
    metavar="N",
    help="Try at most so many. A beginning and its end in one message are one.",
)
@click.option("--retry-failed", is_flag=True, help="Also try once more what was given up.")
@click.option(
    "--test",
    "tested",
    type=click.Choice([channel for channel in CHANNELS if channel != SEGWARE]),
    help="Send one test message on this channel, and nothing else.",
)
@repeat_errors
@wide
@pass_format
@click.pass_obj
def command(
    app: App,
    dry_run: bool,
    names: tuple[str, ...],
    limit: int | None,
    retry_failed: bool,
    tested: str | None,
    format_: str,
) -> None:
    from events_tracker.app import outcomes, passes

    settings = app.settings()
    if tested is not None:
        if dry_run:
            raise click.UsageError("--test sends a message: it does not go with --dry-run")
        send_test(app, settings, tested)
        if not app.quiet:
            click.echo(f"The channel {tested} took a test message.")
        return
    narrowed = " ".join(("notify", *sorted(set(names))))
    with told_once(app, settings, narrowed, keeps=not dry_run, sends=not dry_run) as ending:
        summary = passes.notify(
            app, settings, channels=names, limit=limit, retry_failed=retry_failed, dry_run=dry_run
        )
        if format_ == "json":
            print_json(notify_object(summary))
        elif not app.quiet:
            _print(summary, settings)
        for note in summary.notes:
            app.say(f"note: {note}")
        ending.outcome = outcomes.of_notify(summary)


def _print(summary: "Summary", settings: "Settings") -> None:
    if not switched_on(settings):
        click.echo("No channel is on, so nothing is delivered: switch one on in the settings.")
    elif not summary.deliveries:
        click.echo("Nothing is due.")
    else:
        statuses = (DeliveryStatus.PENDING,) if summary.dry_run else OUTCOMES
        counts = (f"{summary.count(s)} {s}" for s in statuses if summary.count(s))
        click.echo(f"{'Due' if summary.dry_run else 'Delivered'}: {', '.join(counts)}.")
        print_table(
            _COLUMNS,
            [
                [
                    outcome.channel,
                    outcome.kind,
                    named(outcome.account_code, outcome.account_id),
                    event(outcome.code),
                    outcome.status,
                    str(outcome.attempts),
                    outcome.error or "",
                ]
                for outcome in summary.deliveries
            ],
        )
