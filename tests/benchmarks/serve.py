"""A simulated Segware whose log tells how long each answer was.

``serve.py --log FILE [--events N] [--alerts N]``: N events in any two hours until an hour from now,
so that a window that moves with the clock keeps as many; or N groups of one event each. Prints its
URL and serves until it is killed.
"""

import argparse
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice, product
from pathlib import Path
from typing import TextIO
from urllib.parse import urlencode

from events_tracker.simulator.service import wall_clock_ms
from events_tracker.simulator.simulator import Reply, Request, Response, Simulator
from events_tracker.simulator.world import HOUR, MINUTE, Event, World, demo_world, uniform_events

ALERT_CODES = [f"E9{number:02d}" for number in range(8)]


class Measuring(Simulator):
    """Tells ``heard`` of each answer: its status, its length and what was asked."""

    lines: TextIO = sys.stderr

    def heard(self, status: int, length: int, target: str) -> None:
        """Write it to the log."""
        self.lines.write(f"{status} {length} {target}\n")

    def respond(self, request: Request) -> Response:
        response = super().respond(request)
        if isinstance(response, Reply):
            target = f"{request.path}?{urlencode(request.query)}"
            self.heard(response.status, len(response.body), target)
        # A benchmark's requests are in its log, and would only take memory here.
        self.requests.clear()
        return response


def even_events(world: World, now: int, count: int) -> Iterator[Event]:
    """``count`` events in the two hours before ``now``, and half as many in the hour after it."""
    later = uniform_events(world, now + 2 * HOUR, count, seed=8)
    return chain(uniform_events(world, now, count), islice(later, count // 2))


def alert_events(world: World, now: int, count: int) -> Iterator[Event]:
    """One event for each of ``count`` groups, from an hour to twenty minutes ago."""
    groups = islice(product(world.accounts, ALERT_CODES), count)
    for number, (account, code) in enumerate(groups):
        yield Event(now - HOUR + number * 40 * MINUTE // count, account.id, code)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=0)
    parser.add_argument("--alerts", type=int, default=0)
    options = parser.parse_args()
    now = wall_clock_ms()
    accounts = max(400, -(-options.alerts // len(ALERT_CODES)))
    world = replace(demo_world(now, accounts), events=(), occurrences=())
    simulator = Measuring(world, limit=options.limit)
    simulator.add_many(even_events(world, now, options.events) if options.events else ())
    simulator.add_many(alert_events(world, now, options.alerts) if options.alerts else ())
    with options.log.open("w", buffering=1) as simulator.lines, simulator:
        sys.stdout.write(simulator.url + "\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
