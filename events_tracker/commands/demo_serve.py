"""`tracker demo --serve`: nothing but the simulated Segware, for a worker that runs by itself."""

import signal
import threading

import click

from events_tracker.base.deadline import Clock
from events_tracker.base.errors import ServingError
from events_tracker.commands.demo_stage import INSTANCE

_LIVES_EVERY_SECONDS = 1


def serve(clock: Clock, port: int) -> None:
    """Serve on loopback until SIGTERM or Ctrl-C, while the accounts go on sending.

    Raises ServingError if the port is taken.
    """
    from events_tracker.simulator.living import HISTORY, Life
    from events_tracker.simulator.simulator import Simulator
    from events_tracker.simulator.world import demo_world

    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    lived_until = start = clock.now()
    world = demo_world(start)
    life = Life(world, start)
    segware = Simulator(world, port=port)
    segware.add_many(life.events(start - HISTORY, start))
    try:
        segware.start()
    except OSError as error:
        raise ServingError(f"cannot listen on port {port}: {error.strerror}") from None
    click.echo(_settings(segware.url, segware.token, segware.chatpro_token))
    while not over.wait(_LIVES_EVERY_SECONDS):
        now = clock.now()
        segware.add_many(life.events(lived_until, now))
        lived_until = now
        # It may go on for days, and nobody looks at what was asked of it.
        segware.requests.clear()
    segware.stop()


def _settings(url: str, token: str, chatpro_token: str) -> str:
    return f"""A simulated Segware, until Ctrl-C, for these settings:
SEGWARE_URL={url}
SEGWARE_TOKEN={token}
WHATSAPP_ENABLED=true
CHATPRO_URL={url}
CHATPRO_INSTANCE_ID={INSTANCE}
CHATPRO_TOKEN={chatpro_token}
CHATPRO_RECIPIENT=5511999990000"""
