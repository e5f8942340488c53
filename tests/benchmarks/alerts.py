"""Alerts opened, observed and cleared, each beside the rows that this inserts, and nothing else.

All accounts are looked up beforehand.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measure import MYSQL, NEVER, Cost, Options, Place, Row, Service, place, processes, service

GOALS = {"opened": 3.0, "observed": None, "cleared": None}
"""Of the most alerts: few of them are lost in the start of the process."""
SETTINGS = {
    "TRACKER_THRESHOLD": "1",
    "TRACKER_CLEAR_AFTER": "0m",
    "TRACKER_CODES": ",".join(f"E9{number:02d}" for number in range(8)),
}
QUIET_EVENTS = 2_000


def rows(options: Options) -> Iterator[Row]:
    for engine in ("SQLite", "MySQL") if MYSQL else ("SQLite",):
        for count in options.alerts:
            yield from _rows(options, engine, count)


def _rows(options: Options, engine: str, count: int) -> Iterator[Row]:
    ours: dict[str, list[Cost]] = {what: [] for what in GOALS}
    bare: dict[str, list[Cost]] = {what: [] for what in GOALS}
    inserted: dict[str, str] = {}
    with worlds_of_alerts(options.folder, count) as (noisy, quiet):
        for number in range(-1, options.rounds):
            with (
                place(options.folder, noisy.url, engine, settings=SETTINGS) as here,
                place(options.folder, noisy.url, engine, settings=SETTINGS) as floor,
            ):
                for what, product in passes(here, quiet):
                    file = here.folder / what
                    _, inserted[what] = here.run("database.py", "dump", file, what)
                    least, _ = floor.run("database.py", "insert", file)
                    if number >= 0:
                        ours[what].append(product)
                        bare[what].append(least)
    for what, goal in GOALS.items():
        beside = f"{int(inserted[what]):,} rows"
        title = f"{count:,} alerts {what}, {engine}"
        due = goal if count == options.alerts[-1] else None
        yield processes(title, ours[what], bare[what], due, beside=beside)


@contextmanager
def worlds_of_alerts(folder: Path, count: int) -> Iterator[tuple[Service, Service]]:
    """A world with something to open for each alert, and one in which all are over."""
    with (
        service(folder, "--alerts", count) as noisy,
        service(folder, "--events", QUIET_EVENTS) as quiet,
    ):
        yield noisy, quiet


def passes(here: Place, quiet: Service) -> Iterator[tuple[str, Cost]]:
    """Open all alerts, observe them and, once they are over, clear them: what each pass cost."""
    _know_all_accounts(here)
    for what in GOALS:
        if what == "cleared":
            here.tracker("-q", "scan", SEGWARE_URL=quiet.url)
        cost, _ = here.tracker("-q", "clear" if what == "cleared" else "scan")
        yield what, cost


def _know_all_accounts(here: Place) -> None:
    """Let a scan look them up for an alarm that needs companies; `default` opens nothing yet."""
    here.tracker("-q", "init", TRACKER_THRESHOLD=NEVER)
    here.tracker("-q", "alarms", "create", "companies", "--group-by", "company", "--value", NEVER)
    here.tracker("-q", "scan", TRACKER_THRESHOLD=NEVER)
    here.tracker("-q", "alarms", "delete", "companies")
    here.tracker("-q", "init")
