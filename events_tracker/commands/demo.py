"""`tracker demo`: the real commands against a simulated Segware, in a folder that is thrown away."""

import tempfile
from pathlib import Path

import click

from events_tracker.commands.app import App


@click.command("demo")
@click.pass_obj
def command(app: App) -> None:
    """Tell the whole story with a simulated Segware; needs nothing.

    Everything is real but the service: HTTP on loopback, a SQLite database in a temporary folder,
    and the commands that you would run yourself.
    """
    from events_tracker.demo.simulator import Simulator
    from events_tracker.demo.world import demo_world

    world = demo_world(app.clock.now())
    with (
        tempfile.TemporaryDirectory(prefix="tracker-demo-") as folder,
        Simulator(world, limit=1_000) as segware,
    ):
        story = _Story(app, Path(folder), segware.url, segware.token)
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
        story.tell("Nothing is lost either. The register, for the auditor:")
        story.run("history")
    click.echo()
    click.echo("Next: `tracker init` writes a .env for your own Segware and makes a database.")


class _Story:
    """Chapters of text, and commands that are run as they are printed."""

    def __init__(self, app: App, folder: Path, url: str, token: str) -> None:
        environ = {"SEGWARE_URL": url, "SEGWARE_TOKEN": token}
        self._app = App(environ=environ, folder=folder, clock=app.clock, quiet=False)

    def tell(self, text: str) -> None:
        click.echo()
        click.secho(text, bold=True)

    def run(self, *arguments: str, quiet: bool = False) -> None:
        from events_tracker.cli import cli

        click.secho(f"$ tracker {' '.join(arguments)}", fg="cyan")
        options = ["-q"] if quiet else []
        code = cli.main([*options, *arguments], "tracker", standalone_mode=False, obj=self._app)
        if code:
            raise click.exceptions.Exit(code)
