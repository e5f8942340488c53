"""`tracker demo --web`: a simulated Segware that goes on living, and the pages that show it."""

import secrets
import signal
import tempfile
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App
from events_tracker.base.times import HOUR
from events_tracker.base.workers import meanwhile
from events_tracker.commands.demo_stage import Later, demo_app
from events_tracker.commands.extra import needs_web

if TYPE_CHECKING:
    from events_tracker.simulator.simulator import Simulator

_PASSES_EVERY_SECONDS = 5


def live(app: App, port: int) -> None:
    """Go through the past hours, then serve the pages and go on until SIGTERM or Ctrl-C.

    Raises SetupError where the pages are not installed, ServingError where the port is taken.
    """
    needs_web()
    from events_tracker.commands.demo_life import PERSON, Company
    from events_tracker.simulator.living import HISTORY, Life
    from events_tracker.simulator.simulator import Simulator
    from events_tracker.simulator.world import demo_world
    from events_tracker.web import context
    from events_tracker.web.pages import demo_sign_in
    from events_tracker.web.server import Server
    from events_tracker.web.site import make_site

    end = _End()
    clock = Later(app.clock)
    start = clock.now()
    world = demo_world(start)
    clock.pass_by(-HISTORY)
    with (
        tempfile.TemporaryDirectory(prefix="tracker-demo-") as folder,
        Simulator(world, now=clock.now) as segware,
        closing(_app(clock, Path(folder), segware)) as here,
    ):
        company = Company(here, segware, Life(world, start))
        key = secrets.token_urlsafe(24)
        site = make_site(here, here.settings())
        site.register_blueprint(demo_sign_in.pages(PERSON, key))
        server = Server(site, "127.0.0.1", port)
        click.echo(
            f"A simulated Segware watches {len(world.accounts)} accounts; "
            f"going through its last {HISTORY // HOUR} hours."
        )
        company.begin()
        for _ in company.past(HISTORY, clock):
            if end.asked:
                break
        else:
            going_on = meanwhile(_PASSES_EVERY_SECONDS, company.go_on, "demo")
            with going_on, closing(context.of(site)):
                _invite(f"http://127.0.0.1:{server.port}/demo-sign-in?key={key}", PERSON)
                server.run(lambda: server.end() if end.asked else None)
    click.echo("The demo is over; it left nothing behind.")


def _app(clock: Later, folder: Path, segware: "Simulator") -> App:
    secret = secrets.token_urlsafe(48)
    # Nobody watches a demo long enough for alerts to stay open as they usually do.
    return demo_app(clock, folder, segware, WEB_SECRET=secret, TRACKER_CLEAR_AFTER="1m")


class _End:
    """Whether SIGTERM or Ctrl-C asked for the end; what is under way is ended first."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def _invite(address: str, person: str) -> None:
    click.echo(
        f"""
Open this in a browser on this machine; it signs you in as {person}, once:

    {address}

What to look at:
  Alerts  what is open. Counts move, and every few minutes a panic storm opens
          and closes. Open one to see why it is there and who was told; choose
          some and close them.
  Alarms  the rules. Change one, and the preview says what it would find before
          you save it.

Passes run every {_PASSES_EVERY_SECONDS} seconds. Ctrl-C ends the demo."""
    )
