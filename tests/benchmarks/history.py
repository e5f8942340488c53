"""`tracker history` and `report` over a long register: the time that they spend in the database."""

import json
import statistics
from collections.abc import Iterator

from measure import MYSQL, Figure, Options, Row, place

UNUSED = "http://127.0.0.1:9"


def rows(options: Options) -> Iterator[Row]:
    engine = "MySQL" if MYSQL else "SQLite"
    with place(options.folder, UNUSED, engine) as here:
        for entries in options.entries:
            here.run("register.py", "fill", entries)
            _, told = here.run("register.py", "ask", options.rounds)
            for command, costs in json.loads(told).items():
                most = 500 if command.startswith("report") else 50
                figure = Figure("ms", statistics.median(costs), most=most)
                yield Row(f"`{command}`, {entries:,} entries, {engine}", [figure])
