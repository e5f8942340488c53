"""Steady state: a scan that remembers the ones before it, beside one that reads everything."""

import json
import statistics
from collections.abc import Iterator

from measure import (
    MANY_EVENTS,
    Asked,
    Cost,
    Figure,
    Options,
    Place,
    Row,
    Service,
    World,
    memory_growth,
    place,
    processes,
    service,
)

MINUTES = 60


def rows(options: Options) -> Iterator[Row]:
    for accounts in options.accounts:
        peaks: list[tuple[int, float]] = []
        for size in options.sizes:
            world = World(size, accounts)
            with (
                service(options.folder, *world.args) as segware,
                place(options.folder, segware.url, settings=world.settings) as here,
            ):
                row = _processes(world, options.rounds, segware, here)
                peaks += [(size, figure.cost) for figure in row.figures if figure.unit == "MiB"]
                yield row
                yield _minutes(world, here)
        yield from memory_growth(f"`scan` after another, {accounts:,} accounts", peaks)


def _processes(world: World, rounds: int, segware: Service, here: Place) -> Row:
    here.tracker("scan")
    steady: list[tuple[Cost, Asked]] = []
    full: list[tuple[Cost, Asked]] = []
    for number in range(-1, rounds):
        for args, found in (([], steady), (["--full"], full)):
            already = segware.size()
            cost, _ = here.tracker("scan", *args)
            if number >= 0:
                found.append((cost, segware.asked(already)))
    row = processes(
        f"`scan` after another, {world}",
        [cost for cost, _ in steady],
        [cost for cost, _ in full],
        beside="`scan --full`",
    )
    return row._replace(
        figures=[
            *row.figures,
            Figure("MB", _megabytes(steady), _megabytes(full)),
            Figure("requests", _requests(steady), _requests(full)),
        ]
    )


def _megabytes(found: list[tuple[Cost, Asked]]) -> float:
    return statistics.median(asked.megabytes for _, asked in found)


def _requests(found: list[tuple[Cost, Asked]]) -> float:
    return statistics.median(len(asked.requests) for _, asked in found)


def _minutes(world: World, here: Place) -> Row:
    """The mean over an hour of scans, one a minute, by a clock that is moved."""
    _, told = here.run("minutes.py", MINUTES, *world.args)
    means = json.loads(told)
    row = Row(
        f"the same, mean of {MINUTES} minutes",
        [
            Figure("MB", means["steady"]["megabytes"], means["full"]["megabytes"], 0.07),
            Figure("requests", means["steady"]["requests"], means["full"]["requests"]),
        ],
        "`scan --full`",
    )
    return row.goals_if(world.events >= MANY_EVENTS)
