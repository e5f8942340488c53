"""Start-up: `tracker --help` beside the import of click, and what a scan imports."""

import json
import os
import statistics
import sys
from collections.abc import Iterator, Sequence

from measure import TRACKER, Cost, Figure, Options, Row, measured, place, processes, python

STARTS_PER_ROUND = 4
"""Starts are short, and so their noise is large: they are measured more often."""
UNUSED = "http://127.0.0.1:9"


def rows(options: Options) -> Iterator[Row]:
    help_, click = _in_turn(options, [TRACKER, "--help"], [sys.executable, "-c", "import click"])
    yield processes("`tracker --help`", help_, click, 1.3, beside='`python -c "import click"`')
    with place(options.folder, UNUSED) as here:
        _, told = here.run("imports.py", "list")
    modules = json.loads(told)
    ours, bare = _in_turn(
        options,
        python("imports.py", "load", *modules["all"]),
        python("imports.py", "load", *modules["libraries"]),
    )
    libraries = ", ".join(sorted({name.split(".")[0] for name in modules["libraries"]}))
    figure = Figure("ms of CPU", _cpu(ours), _cpu(bare), 2)
    yield Row("imports of a `scan` before its first request", [figure], f"of {libraries} alone")


def _in_turn(
    options: Options, ours: Sequence[str], others: Sequence[str]
) -> tuple[list[Cost], list[Cost]]:
    costs: tuple[list[Cost], list[Cost]] = ([], [])
    for number in range(-1, options.rounds * STARTS_PER_ROUND):
        for command, found in zip((ours, others), costs, strict=True):
            cost, _ = measured(command, options.folder, os.environ)
            if number >= 0:
                found.append(cost)
    return costs


def _cpu(costs: Sequence[Cost]) -> float:
    return statistics.median(cost.cpu for cost in costs)
