"""`tracker demo`: the real commands against a simulated Segware, in a temporary folder."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App
from events_tracker.base.deadline import Clock
from events_tracker.base.times import HOUR, MINUTE, Duration, Instant

if TYPE_CHECKING:
    from events_tracker.simulator.simulator import Simulator

_INSTANCE = "demo-instance"


@click.command(
    "demo",
    help="""Tell the whole story with a simulated Segware; needs nothing.

    Everything is real but the service: HTTP on loopback, a SQLite database in a temporary folder,
    and the commands that you would run yourself.
    """,
)
@click.pass_obj
def command(app: App) -> None:
    from events_tracker.simulator.simulator import Simulator
    from events_tracker.simulator.world import SWINGING_ZONE, demo_world

    clock = _Later(app.clock)
    world = demo_world(clock.now())
    with (
        tempfile.TemporaryDirectory(prefix="tracker-demo-") as folder,
        Simulator(world, limit=1_000, now=clock.now) as segware,
    ):
        story = _Story(clock, Path(folder), _environment(segware))
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
        story.show(segware.received(f"/{_INSTANCE}")[0].json()["message"])
        story.tell(
            "Two hours later the zone is repaired, the panel is not. The next scan sees it, and "
            "clear says that it is over:"
        )
        repaired = world.account(SWINGING_ZONE).id
        segware.add_many(
            event._replace(at_ms=event.at_ms + 2 * HOUR)
            for event in world.events
            if event.account_id != repaired
        )
        clock.pass_by(2 * HOUR)
        story.run("scan")
        story.run("clear")
        story.run("notify")
        story.show(segware.received(f"/{_INSTANCE}")[-1].json()["message"])
        story.tell("Nothing is lost either. The register, for the auditor:")
        story.run("history")
    click.echo()
    click.echo("Next: `tracker init` writes a .env for your own Segware and makes a database.")


def _environment(segware: "Simulator") -> dict[str, str]:
    return {
        "SEGWARE_URL": segware.url,
        "SEGWARE_TOKEN": segware.token,
        "WHATSAPP_ENABLED": "true",
        "CHATPRO_URL": segware.url,
        "CHATPRO_INSTANCE_ID": _INSTANCE,
        "CHATPRO_TOKEN": segware.chatpro_token,
        "CHATPRO_RECIPIENT": "5511999990000",
    }


class _Later:
    """A clock that hours can be added to, so that a demonstration need not wait for them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._passed: Duration = 0
        self.monotonic = clock.monotonic
        self.sleep = clock.sleep

    def now(self) -> Instant:
        return self._clock.now() + self._passed

    def pass_by(self, time: Duration) -> None:
        self._passed += time


class _Story:
    """Chapters of text, and commands that are run as they are printed."""

    def __init__(self, clock: Clock, folder: Path, environ: dict[str, str]) -> None:
        self._app = App(environ=environ, folder=folder, clock=clock, shared_env_file=None)

    def tell(self, text: str) -> None:
        click.echo()
        click.secho(text, bold=True)

    def show(self, message: str) -> None:
        """Show a message as it arrived, set off from the talk."""
        for line in message.splitlines():
            click.secho(f"    {line}", dim=True)

    def run(self, *arguments: str, quiet: bool = False) -> None:
        from events_tracker.cli import cli

        click.secho(f"$ tracker {' '.join(arguments)}", fg="cyan")
        options = ["-q"] if quiet else []
        code = cli.main([*options, *arguments], "tracker", standalone_mode=False, obj=self._app)
        if code:
            raise click.exceptions.Exit(code)
