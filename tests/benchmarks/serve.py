"""A simulated Segware whose log tells how long each answer was.

``serve.py --log FILE`` and what its world is to have: see ``parser``. Prints its URL and serves
until it is killed. ``/fewest?startDate=…&endDate=…`` answers with the fewest requests for events,
a line each, that carry all events of a stretch; Segware has no such route.
"""

import argparse
import sys
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO
from urllib.parse import urlencode

from worlds import ALERT_CODES, loud_groups, single_events, traffic

from events_tracker.base.times import iso
from events_tracker.simulator import wire
from events_tracker.simulator.service import wall_clock_ms
from events_tracker.simulator.simulator import Reply, Request, Response, Simulator
from events_tracker.simulator.world import World, demo_world


class Measuring(Simulator):
    """Tells ``heard`` of each answer: its status, its length and what was asked."""

    lines: TextIO = sys.stderr

    def heard(self, status: int, length: int, target: str) -> None:
        """Write it to the log."""
        self.lines.write(f"{status} {length} {target}\n")

    def respond(self, request: Request) -> Response:
        if request.path == "/fewest":
            start, end = map(
                wire.parse_time, (request.query["startDate"], request.query["endDate"])
            )
            return Reply(body="\n".join(self._fewest(start, end)).encode())
        response = super().respond(request)
        if isinstance(response, Reply):
            target = f"{request.path}?{urlencode(request.query)}"
            self.heard(response.status, len(response.body), target)
        # A benchmark's requests are in its log, and would only take memory here.
        self.requests.clear()
        return response

    def _fewest(self, start: int, end: int) -> Iterator[str]:
        """Fill each slice, from the oldest on: no other division takes fewer."""
        while start <= end:
            ends = range(start, end + 1)
            fitting = bisect_right(ends, self.limit, key=lambda at: self._events.count(start, at))
            until = ends[fitting - 1]
            yield f"/v1/events?{urlencode({'startDate': iso(start), 'endDate': iso(until)})}"
            start = until + 1


def parser() -> argparse.ArgumentParser:
    """The options that say what a world has."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--limit", type=int, default=10_000, help="most events in one answer")
    made.add_argument("--accounts", type=int, default=400)
    made.add_argument("--events", type=int, default=0, help="so many in any two hours")
    made.add_argument("--steps", action="store_true", help="their density changes")
    made.add_argument("--loud", type=int, default=0, help="groups with many events")
    made.add_argument("--each", type=int, default=0, help="how many these have")
    made.add_argument("--alerts", type=int, default=0, help="so many groups of one event each")
    return made


def simulator(options: argparse.Namespace, now: Callable[[], int]) -> Measuring:
    """The world that the options ask for, seen at this time; not started."""
    at = now()
    count = max(options.accounts, -(-options.alerts // len(ALERT_CODES)))
    world: World = replace(demo_world(at, count), events=(), occurrences=())
    made = Measuring(world, limit=options.limit, now=now)
    everyday = options.events - options.loud * options.each
    if everyday > 0:
        made.add_many(traffic(world.accounts, at, everyday, options.steps))
    made.add_many(loud_groups(world.accounts, at, options.loud, options.each))
    made.add_many(single_events(world.accounts, at, options.alerts))
    return made


def main() -> None:
    options = parser()
    options.add_argument("--log", type=Path, required=True)
    given = options.parse_args()
    made = simulator(given, wall_clock_ms)
    with given.log.open("w", buffering=1) as made.lines, made:
        sys.stdout.write(made.url + "\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
