"""A worker's life on a fast clock: ``python -m tests.reliability.resident_memory FOLDER ROUNDS``.

Prints as JSON how much memory its process has every so many rounds, in KiB, and what was told.
"""

import gc
import json
import sys
from pathlib import Path

from events_tracker.app.app import App
from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Simulator
from events_tracker.worker.loop import work
from events_tracker.worker.systemd import Systemd
from tests.support.channels import WEBHOOK, webhook
from tests.support.world import PADARIA, Tracker, furnish
from tests.worker.simulated import Clock, Simulated

EVERY = 50
"""Rounds between two looks."""


def main(folder: Path, rounds: int) -> None:
    clock = Clock()
    memory: list[int] = []
    told = 0
    with Simulator(now=clock.now) as segware:
        furnish(segware)
        # All events are there from the beginning: what the simulator keeps grows no more.
        for minute in range(rounds):
            segware.add_events(clock.at + minute * MINUTE, 7 + minute % 3, "E602", count=5)
            if minute % 30 < 3:
                segware.add_events(clock.at + minute * MINUTE, PADARIA, "E130", count=5)
        environ = {
            "DATABASE_URL": f"sqlite:///{folder / 'tracker.db'}",
            "SEGWARE_URL": segware.url,
            "SEGWARE_TOKEN": segware.token,
            "TRACKER_WINDOW": "10m",
            "TRACKER_THRESHOLD": "10",
            "TRACKER_CLEAR_AFTER": "1m",
            **webhook(segware),
        }
        assert Tracker(environ, folder)("init").exit_code == 0

        def before(number: int) -> None:
            nonlocal told
            told += segware.count(WEBHOOK)
            segware.requests.clear()
            if number % EVERY == 0:
                gc.collect()
                memory.append(int(Path("/proc/self/statm").read_text().split()[1]) * 4)

        app = App(environ=environ, folder=folder, clock=clock, shared_env_file=None)
        work(app, 60.0, Simulated(clock, rounds, before), Systemd({}))
    print(json.dumps({"memory": memory, "told": told}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
