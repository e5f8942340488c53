"""``minutes.py MINUTES …``: a scan each minute, by a clock that is moved, in one process.

What follows MINUTES says what the world has, as for serve.py; the settings are the environment's.
Prints as JSON how many bytes and requests for events such a scan took, and a full one at the same
time (a dry run, which leaves no memory behind), on the average.
"""

import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from serve import parser, simulator

from events_tracker.app.app import App
from events_tracker.cli import cli
from events_tracker.simulator.world import MINUTE

START = 1_795_262_400_000
FULL_EVERY = 10


class Clock:
    """The time of day stands still until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> int:
        return self.at

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Heard:
    """Adds up what was answered since ``counted`` was emptied."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()

    def __call__(self, status: int, length: int, target: str) -> None:
        if target.startswith("/v1/events?"):
            self.counted["requests"] += 1
            self.counted["bytes"] += length


def mean(counted: Counter[str], times: int) -> dict[str, float]:
    """Requests and megabytes of one scan."""
    return {
        "requests": counted["requests"] / times,
        "megabytes": counted["bytes"] / times / 1e6,
    }


def main() -> None:
    minutes = int(sys.argv[1])
    clock = Clock()
    heard = Heard()
    segware = simulator(parser().parse_args(sys.argv[2:]), clock.now)
    segware.heard = heard  # type: ignore[method-assign]
    with segware, tempfile.TemporaryDirectory() as folder:
        environ = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/tracker.db",
            "SEGWARE_URL": segware.url,
            "SEGWARE_TOKEN": segware.token,
        }

        def tracker(*args: str) -> Counter[str]:
            heard.counted.clear()
            app = App(environ=environ, folder=Path(folder), clock=clock)
            code = cli.main(["-q", *args], obj=app, standalone_mode=False)
            if code:
                sys.exit(f"{args} ended with {code}")
            return heard.counted.copy()

        tracker("init")
        tracker("scan")
        steady: Counter[str] = Counter()
        full: Counter[str] = Counter()
        fulls = 0
        for minute in range(1, minutes + 1):
            clock.at = START + minute * MINUTE
            steady += tracker("scan")
            if minute % FULL_EVERY == 0:
                full += tracker("scan", "--full", "--dry-run")
                fulls += 1
    print(json.dumps({"steady": mean(steady, minutes), "full": mean(full, fulls)}))


if __name__ == "__main__":
    main()
