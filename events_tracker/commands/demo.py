"""`tracker demo`: the real commands against a simulated Segware, in a temporary folder."""

import tempfile
from pathlib import Path

import click

from events_tracker.app.app import App
from events_tracker.base.times import HOUR, MINUTE
from events_tracker.commands.demo_stage import INSTANCE, Later, demo_app, run
from events_tracker.commands.folding import tell


@click.command(
    "demo",
    help="""Tell the whole story with a simulated Segware; needs nothing.

    Everything is real but the service: HTTP on loopback, a SQLite database in a temporary folder,
    and the commands that you would run yourself. With --web the simulated Segware goes on living,
    and the pages show it until Ctrl-C.

    Where worker and pages run by themselves, as in the profile `dev` of compose.yaml, --prepare
    makes the database of your settings ready and lets somebody sign in, and --serve is the Segware.
    """,
)
@click.option("--web", "part", flag_value="web", help="Go on, and show the pages in a browser.")
@click.option(
    "--prepare",
    "part",
    flag_value="prepare",
    help="Only make tables, alarms and a person, who gets a new password.",
)
@click.option(
    "--serve", "part", flag_value="serve", help="Only be the simulated Segware, until Ctrl-C."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    help="With --web or --serve: the port on loopback; any that is free if left out.",
)
@click.pass_obj
def command(app: App, part: str | None, port: int | None) -> None:
    if port is not None and part not in ("web", "serve"):
        raise click.UsageError("--port is for --web and --serve")
    if part == "web":
        from events_tracker.commands.demo_web import live

        live(app, port or 0)
    elif part == "serve":
        from events_tracker.commands.demo_serve import serve

        serve(app.clock, port or 0)
    elif part == "prepare":
        from events_tracker.commands.demo_prepare import prepare

        prepare(app)
    else:
        _tell_the_story(app)


def _tell_the_story(app: App) -> None:
    from events_tracker.simulator.simulator import Simulator
    from events_tracker.simulator.world import SWINGING_ZONE, demo_world

    clock = Later(app.clock)
    world = demo_world(clock.now())
    with (
        tempfile.TemporaryDirectory(prefix="tracker-demo-") as folder,
        Simulator(world, limit=1_000, now=clock.now) as segware,
    ):
        story = _Story(demo_app(clock, Path(folder), segware))
        story.tell(
            f"A simulated Segware watches {len(world.accounts)} accounts. Among them a zone that "
            "swings and a panel that is stuck; it answers at most "
            f"{segware.limit} events at once, so a scan must ask in slices."
        )
        story.run("init", quiet=True)
        story.tell("Who sends too many events?")
        story.run("scan")
        story.tell("A minute later nothing is told twice:")
        clock.pass_by(MINUTE)
        story.run("scan")
        story.tell("Whoever is on duty is told once, on WhatsApp (here: to the simulator):")
        story.run("notify")
        story.show(segware.received(f"/{INSTANCE}")[0].json()["message"])
        story.tell(
            "Two hours later the zone is repaired, the panel is not. The next scan sees it, and "
            "because ten minutes later it is still so, clear says that it is over:"
        )
        repaired = world.account(SWINGING_ZONE).id
        segware.add_many(
            event._replace(at_ms=event.at_ms + later)
            for later in (2 * HOUR, 4 * HOUR)
            for event in world.events
            if event.account_id != repaired
        )
        clock.pass_by(2 * HOUR)
        story.run("scan")
        clock.pass_by(10 * MINUTE)
        story.run("scan")
        story.run("clear")
        story.run("notify")
        story.show(segware.received(f"/{INSTANCE}")[-1].json()["message"])
        story.tell("Nothing is lost either. The register, for the auditor:")
        story.run("history")
    click.echo()
    click.echo("Next: `tracker init` writes a .env for your own Segware and makes a database.")


class _Story:
    """Chapters of text, and commands that are run as they are printed."""

    def __init__(self, app: App) -> None:
        self._app = app

    def tell(self, text: str) -> None:
        click.echo()
        tell(text, bold=True)

    def show(self, message: str) -> None:
        """Show a message as it arrived, set off from the talk."""
        for line in message.splitlines():
            click.secho(f"    {line}", dim=True)

    def run(self, *arguments: str, quiet: bool = False) -> None:
        click.secho(f"$ tracker {' '.join(arguments)}", fg="cyan")
        options = ["-q"] if quiet else []
        if code := run(self._app, *options, *arguments):
            raise click.exceptions.Exit(code)
