"""`tracker demo`: the real commands against a simulated Segware, in a temporary folder."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from events_tracker.commands.app import App

if TYPE_CHECKING:
    from events_tracker.demo.simulator import Simulator

_INSTANCE = "demo-instance"


@click.command("demo")
@click.pass_obj
def command(app: App) -> None:
    """Tell the whole story with a simulated Segware; needs nothing.

    Everything is real but the service: HTTP on loopback, a SQLite database in a temporary folder,
    and the commands that you would run yourself.
    """
    from events_tracker.demo.simulator import Simulator
    from events_tracker.demo.world import SWINGING_ZONE, demo_world

    world = demo_world(app.clock.now())
    with (
        tempfile.TemporaryDirectory(prefix="tracker-demo-") as folder,
        Simulator(world, limit=1_000) as segware,
    ):
        story = _Story(app, Path(folder), _environment(segware))
        story.tell(
            f"A simulated Segware watches {len(world.accounts)} accounts. Among them a zone that "
            "swings and a panel that is stuck; it answers at most "
            f"{segware.limit} events at once, so a scan must ask in slices."
        )
        story.run("init", quiet=True)
        story.tell("Who sends too many events?")
        story.run("scan")
        story.tell("A minute later nothing is told twice:")
        story.run("scan")
        story.tell("Whoever is on duty is told once, on WhatsApp (here: to the simulator):")
        story.run("notify")
        story.show(segware.received(f"/{_INSTANCE}")[0].json()["message"])
        story.tell("The zone is repaired. The next scan sees it, and clear says that it is over:")
        repaired = world.account(SWINGING_ZONE).id
        segware.clear_events()
        segware.add_many(event for event in world.events if event.account_id != repaired)
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


class _Story:
    """Chapters of text, and commands that are run as they are printed."""

    def __init__(self, app: App, folder: Path, environ: dict[str, str]) -> None:
        self._app = App(environ=environ, folder=folder, clock=app.clock, quiet=False)

    def tell(self, text: str) -> None:
        click.echo()
        click.secho(text, bold=True)

    def show(self, message: str) -> None:
        """A message as it arrived, set off from the talk."""
        for line in message.splitlines():
            click.secho(f"    {line}", dim=True)

    def run(self, *arguments: str, quiet: bool = False) -> None:
        from events_tracker.cli import cli

        click.secho(f"$ tracker {' '.join(arguments)}", fg="cyan")
        options = ["-q"] if quiet else []
        code = cli.main([*options, *arguments], "tracker", standalone_mode=False, obj=self._app)
        if code:
            raise click.exceptions.Exit(code)
