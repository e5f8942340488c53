"""`tracker run`: the resident worker."""

import logging

import click

from events_tracker.app.app import App
from events_tracker.base import limits
from events_tracker.base.parsing import duration
from events_tracker.base.times import format_duration
from events_tracker.commands.streams import keep_log


def _seconds(ctx: click.Context, param: click.Parameter, text: str) -> float:
    try:
        length = duration(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r}: {error}") from None
    shortest, longest = limits.SHORTEST_ROUND, limits.LONGEST_ROUND
    if not shortest <= length <= longest:
        least, most = format_duration(shortest), format_duration(longest)
        raise click.BadParameter(f"{text!r} is not between {least} and {most}")
    return length / 1000


@click.command(
    "run",
    help="""Run scan, clear and notify each minute, and purge daily, until SIGTERM or Ctrl-C.

    In place of cron: the same passes, one after the other, each within its own time limit. What
    fails is tried again in the next round, and changed settings are read by themselves. SIGTERM or
    Ctrl-C ends it after the pass under way, a second one at once: neither loses anything.

    \b
    tracker run
    tracker run --every 30s
    tracker -q run                 only what is wrong
    """,
)
@click.option(
    "--every",
    callback=_seconds,
    default="60s",
    show_default=True,
    metavar="DURATION",
    help="From the beginning of one round to that of the next.",
)
@click.pass_obj
def command(app: App, every: float) -> None:
    from events_tracker.worker.ending import Ending, on_signals
    from events_tracker.worker.loop import work
    from events_tracker.worker.systemd import Systemd

    keep_log(app, "run")
    log, own = logging.getLogger(__name__), {"pass": "run"}
    systemd = Systemd(app.environ)

    def first(ending: Ending) -> None:
        systemd.stopping()
        if not ending.waiting:
            log.info("ending after the pass under way; a second signal ends it at once", extra=own)

    with on_signals(first) as ending:
        work(app, every, ending, systemd)
    log.info("ended", extra=own)
