"""Start-up: `tracker --help`, beside the import of click alone."""

import os
import sys
from collections.abc import Iterator

from measure import TRACKER, Cost, Options, Row, measured, processes

STARTS_PER_ROUND = 4
"""Starts are short, and so their noise is large: they are measured more often."""


def rows(options: Options) -> Iterator[Row]:
    ours: list[Cost] = []
    bare: list[Cost] = []
    for number in range(-1, options.rounds * STARTS_PER_ROUND):
        product, _ = measured([TRACKER, "--help"], options.folder, os.environ)
        click, _ = measured([sys.executable, "-c", "import click"], options.folder, os.environ)
        if number >= 0:
            ours.append(product)
            bare.append(click)
    yield processes("`tracker --help`", ours, bare, 1.3, beside='`python -c "import click"`')
