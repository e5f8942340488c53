"""`tracker notify`."""

from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App, zone
from events_tracker.app.channels import destination, sender, switched_on
from events_tracker.base import limits
from events_tracker.base.errors import DeliveryError, Retry
from events_tracker.base.ids import new_id
from events_tracker.commands.options import NUMBER_OF_ROWS, pass_format, wide
from events_tracker.commands.output import print_json
from events_tracker.commands.tables import Column, print_table
from events_tracker.formats.summaries import notify_object
from events_tracker.model.deliveries import (
    CHANNELS,
    EMAIL,
    OUTCOMES,
    SEGWARE,
    WHATSAPP,
    DeliveryStatus,
)

if TYPE_CHECKING:
    from events_tracker.messages.words import Language
    from events_tracker.model.deliveries import Message
    from events_tracker.passes.notify.run import Summary
    from events_tracker.settings import Settings

_COLUMNS = (
    Column("Channel"),
    Column("Kind"),
    Column("Account"),
    Column("Event"),
    Column("Status"),
    Column("Attempts", rank=2),
    Column("Error", rank=1, least=16, wraps=True),
)


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
    multiple=True,
    type=click.Choice(CHANNELS),
    help="Only this channel; may be repeated.",
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
    settings = app.settings()
    if tested is not None:
        if dry_run:
            raise click.UsageError("--test sends a message: it does not go with --dry-run")
        _test(app, settings, tested)
        return
    summary = _notify(app, settings, names, limit, retry_failed, dry_run)
    if format_ == "json":
        print_json(notify_object(summary))
    elif not app.quiet:
        _print(summary, settings)
    for note in summary.notes:
        app.say(f"note: {note}")
    for error in summary.errors:
        click.echo(f"error: {error}", err=True)
    if summary.errors:
        click.get_current_context().exit(1)


def _notify(
    app: App,
    settings: "Settings",
    names: tuple[str, ...],
    limit: int | None,
    retry_failed: bool,
    dry_run: bool,
) -> "Summary":
    from events_tracker.passes.notify import run as notify
    from events_tracker.passes.self_watch import Watch

    deadline = app.deadline(limits.NOTIFY_SECONDS)
    store = app.store(settings, deadline)
    now, on = app.clock.now(), switched_on(settings)
    if not dry_run:
        Watch(now, app.host, settings.tracker.stale_after, on).look(store)
    chosen = [channel for channel in on if not names or channel in names]
    for name in names:
        if name not in on:
            app.say(f"note: the channel {name} is off; its deliveries are left alone")
    request = notify.Request(
        now=now,
        voice=_voice(settings),
        subject=settings.email.subject,
        injected_code=settings.injection.code,
        digest_over=settings.notify.digest_over,
        max_attempts=settings.notify.max_attempts,
        max_age=settings.notify.max_age,
        limit=limit,
        retry_failed=retry_failed,
        dry_run=dry_run,
    )
    channels = {channel: sender(settings, channel) for channel in chosen}
    try:
        return notify.run(request, store, channels, app.clock, deadline)
    finally:
        for channel in channels.values():
            channel.close()


def _voice(settings: "Settings") -> "Language":
    from events_tracker.messages.words import Language

    return Language(settings.tracker.language, zone(settings))


def _test(app: App, settings: "Settings", channel: str) -> None:
    """Send one message now; switched on or not, the channel must be configured."""
    from events_tracker.base.workers import alone

    deadline = app.deadline(limits.DELIVERY_SECONDS)
    sending = sender(settings, channel)
    message = _test_message(app, settings, channel)
    try:
        alone(deadline, lambda: sending.send(message, deadline))
    except TimeoutError:
        raise DeliveryError(f"{channel} did not answer in time", Retry.UNKNOWN) from None
    finally:
        sending.close()
    if not app.quiet:
        click.echo(f"The channel {channel} took a test message.")


def _test_message(app: App, settings: "Settings", channel: str) -> "Message":
    from events_tracker.messages import email as letters
    from events_tracker.messages import webhook, whatsapp

    now, to, voice = app.clock.now(), destination(settings, channel), _voice(settings)
    if channel == WHATSAPP:
        return whatsapp.test(to.address["number"][0], voice)
    if channel == EMAIL:
        return letters.test(to, voice, now)
    return webhook.test_call(new_id(now), now)


def _print(summary: "Summary", settings: "Settings") -> None:
    if not switched_on(settings):
        click.echo("No channel is on, so nothing is delivered; see .env.example.")
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
                    outcome.account_code or "",
                    outcome.code or "",
                    outcome.status,
                    str(outcome.attempts),
                    outcome.error or "",
                ]
                for outcome in summary.deliveries
            ],
        )
