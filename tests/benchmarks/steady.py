"""Steady state: a scan that remembers the ones before it, beside one that reads everything."""

import json
import statistics
from collections.abc import Iterator

from measure import (
    Asked,
    Cost,
    Figure,
    Options,
    Place,
    Row,
    Service,
    memory_growth,
    place,
    processes,
    service,
)

MINUTES = 60


def rows(options: Options) -> Iterator[Row]:
    peaks: list[tuple[int, float]] = []
    for size in options.sizes:
        with (
            service(options.folder, "--events", size) as segware,
            place(options.folder, segware.url) as here,
        ):
            row = _processes(size, options.rounds, segware, here)
            peaks += [(size, figure.cost) for figure in row.figures if figure.unit == "MiB"]
            yield row
            yield _minutes(size, here)
    yield from memory_growth("`scan` after another", peaks)


def _processes(size: int, rounds: int, segware: Service, here: Place) -> Row:
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
        f"`scan` after another, {size:,} events",
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


def _minutes(size: int, here: Place) -> Row:
    """The mean over an hour of scans, one a minute, by a clock that is moved."""
    _, told = here.run("minutes.py", size, MINUTES)
    means = json.loads(told)
    return Row(
        f"the same, mean of {MINUTES} minutes",
        [
            Figure("MB", means["steady"]["megabytes"], means["full"]["megabytes"]),
            Figure("requests", means["steady"]["requests"], means["full"]["requests"]),
        ],
        "`scan --full`",
    )
