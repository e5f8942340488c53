"""Kept counts: how much thirty days of them take, and how long it takes to read them."""

import random
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from measure import Figure, Options, Row

from events_tracker.app.app import SystemClock
from events_tracker.base.deadline import Deadline
from events_tracker.base.times import DAY, HOUR, MINUTE, Duration, Instant, Span
from events_tracker.decisions.hours import Folding
from events_tracker.model.readings import Answer, Pair
from events_tracker.storage import Store, open_store

START = 1_795_219_200_000
DAYS = 30
GOALS = {1_000: 0.6, 10_000: 4.0}
"""Megabytes of thirty days, by the number of accounts."""
READ_SECONDS = 3.0
TEST, OPENING, CLOSING = ("TST", "E602"), ("ABE", "1401"), ("FEC", "3401")
TROUBLES: list[tuple[Pair, Pair]] = [
    (("ALR", "E130"), ("BEM", "R130")),
    (("ALR", "E131"), ("BEM", "R131")),
    (("FEN", "E301"), ("FEN", "R301")),
    (("BAT", "E302"), ("BAT", "R302")),
    ((None, "1130"), (None, "3130")),
]
STORMS = 0.005
"""How many storms of about 150 events an account has in a day."""

Hour = dict[Instant, dict[Pair, list[int]]]
"""Accounts by minute and pair."""


def rows(options: Options) -> Iterator[Row]:
    for accounts, goal in GOALS.items():
        yield _row(accounts, goal, options.folder / f"hours-{accounts}.db")


def _row(accounts: int, goal: float, path: Path) -> Row:
    database = open_store(f"sqlite:///{path}", path.parent)
    store = database.within(Deadline(SystemClock(), 600))
    store.upgrade(START)
    events = fill(store, "s" * 16, accounts)
    began = time.perf_counter()
    span = Span(START, START + DAYS * DAY - 1)
    kept = store.read(lambda rows: rows.hours.read("s" * 16, span))
    seconds = time.perf_counter() - began
    lines = sum(len(hour.accounts) for hour in kept.hours)
    database.close()
    taken = _taken(path)
    a_day = events / accounts / DAYS
    return Row(
        f"counts of {DAYS} days, {accounts:,} accounts with {a_day:.1f} events a day, SQLite",
        [Figure("MB", taken, most=goal), Figure("s", seconds, most=READ_SECONDS)],
        f"{lines:,} lines, read",
    )


def fill(store: Store, source: str, accounts: int, later: Duration = 0) -> int:
    """Keep the hours of thirty days, so much later than they are; return the number of events."""
    events = 0
    for start, minutes in _traffic(accounts):
        folding = Folding(start + later, (), lambda pair: pair in (OPENING, CLOSING))
        for at in range(start, start + HOUR, MINUTE):
            answer = Answer(minutes[at])
            events += answer.events
            folding.add(Span(at + later, at + later + MINUTE - 1), answer)
        hour = folding.hour()
        store.update(lambda rows, hour=hour: rows.hours.keep(source, hour, START))  # type: ignore[misc]
    return events


def _taken(path: Path) -> float:
    """Megabytes of the table: what the file is smaller without it."""
    sizes = []
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for first in ("SELECT 1", "DROP TABLE hours"):
            database.execute(first)
            database.execute("VACUUM")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            sizes.append(path.stat().st_size)
    return (sizes[0] - sizes[1]) / 1e6


def _traffic(accounts: int) -> Iterator[tuple[Instant, Hour]]:
    """Of every account a test a day, openings, troubles that pass, and now and then a storm."""
    rng = random.Random(7)
    ids = sorted(rng.sample(range(1, 5 * accounts), accounts))
    daily = [(rng.randrange(DAY // MINUTE), id_) for id_ in ids]
    storms: list[list[int]] = []
    for start in range(START, START + DAYS * DAY, HOUR):
        minutes: Hour = {at: defaultdict(list) for at in range(start, start + HOUR, MINUTE)}

        def send(
            at: int, pair: Pair, id_: int, minutes: Hour = minutes, start: int = start
        ) -> None:
            minutes[start + at * MINUTE][pair].append(id_)

        of_day = start % DAY // MINUTE
        for minute, id_ in daily:
            if of_day <= minute < of_day + 60:
                send(minute - of_day, TEST, id_)
        for _ in range(round(accounts * 0.7 / 24)):
            send(rng.randrange(60), rng.choice((OPENING, CLOSING)), rng.choice(ids))
        for _ in range(round(accounts * 4 / 2 / 24)):
            at, (trip, restore), id_ = rng.randrange(60), rng.choice(TROUBLES), rng.choice(ids)
            send(at, trip, id_)
            send(min(59, at + rng.randrange(3)), restore, id_)
        storms = [[left - 1, id_, kind] for left, id_, kind in storms if left > 1]
        if rng.random() < accounts * STORMS / 24 % 1:
            storms.append([2, rng.choice(ids), rng.randrange(len(TROUBLES))])
        for _ in range(int(accounts * STORMS / 24)):
            storms.append([2, rng.choice(ids), rng.randrange(len(TROUBLES))])
        for _, id_, kind in storms:
            for at in range(60):
                for pair in TROUBLES[kind]:
                    if rng.random() < 0.6:
                        send(at, pair, id_)
        yield start, minutes
