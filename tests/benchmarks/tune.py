"""`tracker tune`: 24 rules over thirty days of ten thousand accounts, the whole command."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

from hours import DAYS, START, fill
from measure import Figure, Options, Row, peak, place, wall

from events_tracker.app.app import SystemClock
from events_tracker.base.deadline import Deadline
from events_tracker.base.ids import digest
from events_tracker.base.times import DAY, HOUR, MINUTE
from events_tracker.storage import open_store

UNUSED = "http://127.0.0.1:9"
ACCOUNTS = 10_000
VALUES = "20,25,30,35,40,45,50,60,70,80,90,100"
SECONDS, MEGABYTES = 5, 300


def rows(options: Options) -> Iterator[Row]:
    end = int(time.time() * 1000) // HOUR * HOUR
    start = end - DAYS * DAY
    with place(options.folder, UNUSED) as here:
        url = here.environment["DATABASE_URL"]
        database = open_store(url, here.folder)
        store = database.within(Deadline(SystemClock(), 600))
        events = fill(store, digest(UNUSED)[:16], ACCOUNTS, later=start - START)
        database.close()
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            file.executemany(
                "INSERT INTO runs (id, pass, host, started_at, status, summary) "
                "VALUES (?, 'scan', 'host', ?, 'ok', '{}')",
                ((f"{at:032x}", at + 2_000) for at in range(start, end, MINUTE)),
            )
            file.commit()
        asked = ["tune", "--values", VALUES, "--clear-after", "0m,10m", "--format", "json"]
        costs = []
        for _ in range(options.rounds):
            cost, told = here.tracker(*asked)
            costs.append(cost)
        rules = json.loads(told)["rules"]
    yield Row(
        f"`tracker tune`, {len(rules)} rules, {DAYS} days, {ACCOUNTS:,} accounts, SQLite",
        [
            Figure("s", wall(costs) / 1000, most=SECONDS),
            Figure("MB", peak(costs), most=MEGABYTES),
        ],
        f"{events:,} events, {sum(rule['alerts'] for rule in rules):,} alerts",
    )
