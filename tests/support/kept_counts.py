"""A past that nobody has to play: kept counts and good scans, written as scans leave them."""

from events_tracker.app.app import App, counts_source
from events_tracker.base.times import DAY, HOUR, MINUTE, Instant, Span
from events_tracker.model.hours import Hour
from events_tracker.storage import Rows
from tests.support.engines import connected
from tests.support.world import Tracker

EVENTS = 4_000
ACCOUNTS = 400


def keep(tracker: Tracker, days: int, *, openings: int = 0) -> None:
    """Keep so many days until now: each day account k sends 4000 / k events, within a minute.

    So a value v of two hours opens 4000 / v alerts a day, of as many accounts. A scan every quarter
    of an hour. ``openings``: so many of each hour are kept by the hour only.
    """
    app = App(environ=tracker.environ, folder=tracker.folder, clock=tracker.clock)
    settings = app.settings()
    source, store = counts_source(settings), app.store(settings, app.deadline(60))
    end = tracker.clock.now() // HOUR * HOUR
    starts = range(end - days * DAY, end, HOUR)

    def write(rows: Rows) -> None:
        for start in starts:
            rows.hours.keep(source, _hour(start, openings), end)

    store.update(write)
    app.close()
    scans = [(f"{at:032x}", at) for at in range(starts[0], end, 15 * MINUTE)]
    with connected(tracker.environ["DATABASE_URL"]) as connection:
        connection.cursor().executemany(
            "INSERT INTO runs (id, pass, host, started_at, status, summary) "
            "VALUES (?, 'scan', 'here', ?, 'ok', '{}')",
            scans,
        )


def _hour(start: Instant, openings: int) -> Hour:
    minutes = tuple(Span(at, at + MINUTE - 1) for at in range(start, start + HOUR, MINUTE))
    accounts = [k for k in range(1, ACCOUNTS + 1) if k % 24 == start // HOUR % 24]
    return Hour(
        start=start,
        stretches=minutes,
        pairs=(("ALR", "E130"),),
        accounts=accounts,
        pair_of=[0] * len(accounts),
        stretch_of=[k % 60 for k in accounts],
        numbers=[EVENTS // k for k in accounts],
        openings={1: openings} if openings else {},
    )
