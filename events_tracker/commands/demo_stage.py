"""What both demos stand on: a clock that can be moved, and the program with its settings."""

from pathlib import Path
from typing import TYPE_CHECKING

from events_tracker.app.app import App
from events_tracker.base.deadline import Clock
from events_tracker.base.times import Duration, Instant

if TYPE_CHECKING:
    from events_tracker.simulator.simulator import Simulator

INSTANCE = "demo-instance"


class Later:
    """A clock that time can be added to, so that a demonstration need not wait for it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._passed: Duration = 0
        self.monotonic = clock.monotonic
        self.sleep = clock.sleep

    def now(self) -> Instant:
        return self._clock.now() + self._passed

    def pass_by(self, time: Duration) -> None:
        self._passed += time


def demo_app(clock: Clock, folder: Path, segware: "Simulator", **more: str) -> App:
    """Make the program as it is where these settings and ``more`` are all there is."""
    environ = {
        "SEGWARE_URL": segware.url,
        "SEGWARE_TOKEN": segware.token,
        "WHATSAPP_ENABLED": "true",
        "CHATPRO_URL": segware.url,
        "CHATPRO_INSTANCE_ID": INSTANCE,
        "CHATPRO_TOKEN": segware.chatpro_token,
        "CHATPRO_RECIPIENT": "5511999990000",
        **more,
    }
    return App(environ=environ, folder=folder, clock=clock, shared_env_file=None)


def run(app: App, *arguments: str) -> int:
    """Run one command, as from a command line; returns its exit code."""
    from events_tracker.cli import cli

    return int(cli.main(arguments, "tracker", standalone_mode=False, obj=app) or 0)
