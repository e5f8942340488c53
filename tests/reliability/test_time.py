"""Time goes astray: daylight saving, clocks set back, hosts apart, year ends, databases elsewhere.

A matrix of moments at which clocks do odd things; windows, leases and the register stay right.
"""

import os
import time
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from events_tracker.base import limits
from events_tracker.base.times import HOUR, MINUTE, SECOND, instant, iso
from events_tracker.simulator.simulator import Simulator
from tests.support.channels import injected, injection, texts, whatsapp
from tests.support.engines import ENGINES, on_sqlite, server_url, sql
from tests.support.world import NOON, PADARIA, TestClock, Tracker

WINDOW = 2 * HOUR


def at(text: str, zone: str = "UTC", fold: int = 0) -> int:
    return instant(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold))


MOMENTS = {
    "a night in New York when clocks go forward": (at("2026-03-08T07:00"), "America/New_York"),
    "a night in New York when clocks go back": (at("2026-11-01T06:00"), "America/New_York"),
    "a night in Lisbon when clocks go forward": (at("2026-03-29T01:00"), "Europe/Lisbon"),
    "a night in Lisbon when clocks go back": (at("2026-10-25T01:00"), "Europe/Lisbon"),
    "Lord Howe, where it is half an hour": (at("2026-04-04T15:00"), "Australia/Lord_Howe"),
    "the last summer time of São Paulo": (at("2019-02-17T02:00"), "America/Sao_Paulo"),
    "the end of a year in UTC": (at("2027-01-01T00:00"), "America/Sao_Paulo"),
    "the end of a year in São Paulo": (at("2027-01-01T03:00"), "America/Sao_Paulo"),
    "a leap day": (at("2028-02-29T00:00"), "America/Sao_Paulo"),
    "the day after a leap day": (at("2028-03-01T00:00"), "Pacific/Auckland"),
    "the end of 32 bits": (at("2038-01-19T03:14:08"), "America/Sao_Paulo"),
}
"""When something happens to clocks, and where."""


@pytest.fixture
def host(tracker: Tracker) -> Tracker:
    """A second host with a clock of its own, on the same database."""
    return Tracker(tracker.environ, tracker.folder, TestClock(tracker.clock.now()))


@pytest.fixture
def ready(tracker: Tracker, segware: Simulator) -> Tracker:
    """Two channels are on: one where twice is harmless, and one where it is not."""
    tracker.environ |= whatsapp(segware) | injection() | {"TRACKER_STALE_AFTER": "31d"}
    assert tracker("init").exit_code == 0
    return tracker


@pytest.fixture(params=["UTC", "Asia/Kathmandu", "America/New_York"])
def machine_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The zone of the machine itself, which must not matter."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@on_sqlite
@pytest.mark.usefixtures("machine_zone")
@pytest.mark.parametrize(("moment", "zone"), MOMENTS.values(), ids=MOMENTS)
def test_a_window_is_as_long_on_every_night(
    tracker: Tracker, segware: Simulator, clock: TestClock, moment: int, zone: str
) -> None:
    """Counted minute by minute across the moment, against a count of our own."""
    tracker.environ |= {"TRACKER_TIMEZONE": zone, "TRACKER_WINDOW": "90m"}
    clock.at = moment - 2 * HOUR
    assert tracker("init").exit_code == 0
    window, events = 90 * MINUTE, []
    for step in range(0, 4 * 60, 5):
        at_ms = moment - 2 * HOUR + step * MINUTE + step % 3
        events.append(at_ms)
        segware.add_events(at_ms, PADARIA, "E130", count=5)
    opened = []
    for minute in range(-60, 180, 20):
        clock.at = moment + minute * MINUTE
        scan = tracker.scan()
        opened += scan["opened"]
        alerts = scan["opened"] + scan["ongoing"] + scan["below"]
        expected = 5 * sum(clock.at - window <= event <= clock.at for event in events)
        assert scan["window"] == {"start": iso(clock.at - window), "end": iso(clock.at)}
        assert [alert["quantity"] for alert in alerts] == [expected] * len(alerts)
        assert bool(alerts) == (expected >= 50 or bool(opened))
    assert len(opened) == 1


@on_sqlite
@pytest.mark.usefixtures("machine_zone")
@pytest.mark.parametrize(("moment", "zone"), MOMENTS.values(), ids=MOMENTS)
def test_the_register_tells_every_moment_apart(
    tracker: Tracker, segware: Simulator, clock: TestClock, moment: int, zone: str
) -> None:
    tracker.environ["TRACKER_TIMEZONE"] = zone
    clock.at = moment - 90 * MINUTE
    assert tracker("init").exit_code == 0
    moments = [moment + minutes * MINUTE for minutes in (-90, -30, -1, 0, 30, 90)]
    for number, clock.at in enumerate(moments):
        segware.add_events(clock.at, PADARIA, f"E13{number % 4}", f"C{number}", count=60)
        assert len(tracker.scan()["opened"]) == 1
    history = tracker.history()
    assert [entry["opened_at"] for entry in history] == [iso(at) for at in reversed(moments)]
    for entry in history:
        start, end = (entry[f"period_{which}_at"] for which in ("started", "ended"))
        assert end == entry["opened_at"]
        assert at(end.rstrip("Z")) - at(start.rstrip("Z")) == WINDOW
    table = tracker("history").stdout
    clock.at = moments[-1]
    for one in moments:
        shown = datetime.fromtimestamp(one / 1000, ZoneInfo(zone))
        assert shown.isoformat(sep=" ", timespec="minutes")[:16] in table
        since = iso(one)
        later = [iso(other) for other in reversed(moments) if other >= one]
        assert [entry["opened_at"] for entry in tracker.history("--since", since)] == later
        # With its offset the local time says the same, even when it comes twice.
        assert [e["opened_at"] for e in tracker.history("--since", shown.isoformat())] == later


@on_sqlite
def test_a_local_time_that_comes_twice_or_never_is_taken_without_a_fuss(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    """Without an offset the first of two is meant; one that never was lies within the jump."""
    tracker.environ["TRACKER_TIMEZONE"] = "America/New_York"
    clock.at = at("2026-11-01T05:30")
    tracker("init")
    segware.add_events(clock.at, PADARIA, "E130", count=60)
    tracker.scan()
    assert len(tracker.history("--since", "2026-11-01T01:30")) == 1
    assert len(tracker.history("--until", "2026-11-01T01:30")) == 1
    assert tracker.history("--since", "2026-11-01T01:30-05:00") == []
    clock.at = at("2027-03-14T07:30")
    assert tracker("history", "--since", "2027-03-14T02:30").exit_code == 0


BACK = {"an hour": HOUR, "11 minutes": 11 * MINUTE, "a day": 24 * HOUR}
"""More than hosts' clocks may be apart."""


@pytest.mark.parametrize("back", BACK.values(), ids=BACK)
def test_a_clock_that_is_set_back_neither_tells_twice_nor_keeps_open_what_is_over(
    ready: Tracker, segware: Simulator, clock: TestClock, back: int
) -> None:
    started = clock.now()
    for moment in (started, started - back):
        segware.add_events(moment, PADARIA, "E130", count=60)
    assert len(ready.scan()["opened"]) == 1
    clock.advance(-back)
    scan = ready.scan()
    assert (scan["opened"], len(scan["ongoing"])) == ([], 1)
    assert scan["window"]["end"] == iso(started - back)
    sent = ready.notify()
    assert (sent["sent"], len(texts(segware)), injected(segware)) == (2, 1, ["1950"])
    segware.clear_events()
    assert len(ready.scan()["below"]) == 1
    assert len(ready.clear()["cleared"]) == 1
    assert (ready.notify()["sent"], len(texts(segware))) == (1, 2)
    clock.advance(back)
    # In full: events do not vanish from the past, so slices that were remembered hold them still.
    scan = ready.scan("--full")
    assert (scan["opened"], scan["ongoing"], scan["below"]) == ([], [], [])
    (entry,) = ready.history()
    assert entry["opened_at"] <= entry["cleared_at"]


def test_a_clock_that_is_set_back_a_little_keeps_open_what_is_over_until_it_is_as_late_again(
    ready: Tracker, segware: Simulator, clock: TestClock
) -> None:
    segware.add_events(clock.now(), PADARIA, "E130", count=60)
    ready.scan()
    clock.advance(-MINUTE)
    segware.clear_events()
    for _ in range(2):
        assert len(ready.scan("--full")["below"]) == (clock.at == NOON)
        assert len(ready.clear()["cleared"]) == (clock.at == NOON)
        clock.advance(MINUTE)
    assert len(ready.history()) == 1


def test_what_was_below_before_a_clock_was_set_back_is_over_all_the_same(
    ready: Tracker, segware: Simulator, clock: TestClock
) -> None:
    segware.add_events(clock.now(), PADARIA, "E130", count=60)
    ready.scan()
    segware.clear_events()
    assert len(ready.scan()["below"]) == 1
    clock.advance(-HOUR)
    ready.scan()
    foreseen = ready.clear("--dry-run")["cleared"]
    (closed,) = ready.clear()["cleared"]
    (entry,) = ready.history()
    assert [closed] == foreseen
    assert closed["opened_at"] == closed["cleared_at"] == entry["cleared_at"]


def test_an_alert_that_opened_before_a_clock_was_set_back_is_told_at_once(
    ready: Tracker, segware: Simulator, clock: TestClock
) -> None:
    segware.add_events(clock.now(), PADARIA, "E130", count=60)
    ready.scan()
    clock.advance(-HOUR)
    assert ready.notify("--dry-run")["pending"] == 2
    assert ready.notify()["sent"] == 2
    assert (len(texts(segware)), injected(segware)) == (1, ["1950"])


APART = {"ahead": 10 * MINUTE, "behind": -10 * MINUTE}


@pytest.mark.parametrize("apart", APART.values(), ids=APART)
def test_what_one_host_opened_another_tells_at_once_whatever_its_clock(
    ready: Tracker, host: Tracker, segware: Simulator, clock: TestClock, apart: int
) -> None:
    host.clock.at = clock.now() + apart
    segware.add_events(min(clock.now(), host.clock.now()), PADARIA, "E130", count=60)
    # Ahead of Segware too: that scan is not a good one.
    assert len(host.scan(exit_code=1 if apart > 0 else 0)["opened"]) == 1
    assert ready.notify()["sent"] == 2


@pytest.mark.parametrize("apart", APART.values(), ids=APART)
def test_what_one_host_is_sending_another_leaves_alone_whatever_its_clock(
    ready: Tracker,
    host: Tracker,
    segware: Simulator,
    clock: TestClock,
    database: str,
    apart: int,
) -> None:
    """In the midst of a host's longest possible work on what it claimed, the other one looks."""
    segware.add_events(clock.now(), PADARIA, "E130", count=60)
    ready.scan()
    claimed = f"claim = 'x', lease_until = {clock.now() + limits.LEASE}, attempts = 1"
    sql(database, f"UPDATE deliveries SET {claimed}")
    sql(database, "UPDATE deliveries SET status = 'sending' WHERE channel = 'segware'")
    host.clock.at = clock.now() + apart + round(limits.HOLD_SECONDS * SECOND)
    assert host.notify()["deliveries"] == []
    assert (texts(segware), injected(segware)) == ([], [])
    # Whose process died is told of by any host in the end, and injected by none.
    host.clock.at = clock.now() + limits.LEASE + 1
    assert {d["status"] for d in host.notify(exit_code=1)["deliveries"]} == {"sent", "uncertain"}
    assert (len(texts(segware)), injected(segware)) == (1, [])


@pytest.fixture
def far_away(request: pytest.FixtureRequest, database: str) -> Iterator[str]:
    """The server's own zone, as `SET GLOBAL time_zone` gives it to every new session."""
    engine = request.node.callspec.params["database"]
    server = server_url(engine)._replace(path="").geturl()
    ((before,),) = sql(server, "SELECT @@GLOBAL.time_zone")
    sql(server, "SET GLOBAL time_zone = '+09:30'")
    yield database
    sql(server, f"SET GLOBAL time_zone = '{before}'")


@pytest.mark.parametrize("database", ENGINES[1:], indirect=True)
@pytest.mark.usefixtures("far_away")
def test_a_database_in_another_zone_changes_nothing(
    ready: Tracker, segware: Simulator, clock: TestClock, database: str
) -> None:
    segware.add_events(clock.now(), PADARIA, "E130", count=60)
    (opened,) = ready.scan()["opened"]
    assert (opened["opened_at"], opened["period_ended_at"]) == (iso(clock.now()),) * 2
    assert ready.notify()["sent"] == 2
    clock.advance(WINDOW + 1)
    segware.add_events(clock.now(), PADARIA, "E602")
    ready.scan()
    assert len(ready.clear()["cleared"]) == 1
    ready.notify()
    (entry,) = ready.history("--since", "3h")
    assert entry["cleared_at"] == iso(clock.now())
    told = ready.notifications("--since", "3h")
    sent = {delivery["sent_at"] for notice in told for delivery in notice["deliveries"]}
    assert sent == {iso(clock.now() - WINDOW - 1), iso(clock.now())}
    stored = sql(database, "SELECT cleared_at FROM register_entries")
    assert stored == [(clock.now(),)]


@pytest.mark.parametrize("database", ENGINES, indirect=True)
def test_the_age_of_the_last_good_scan_survives_every_clock(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    """The tracker's own alarm opens when scans stop, not when a clock goes back."""
    tracker.environ |= whatsapp(segware)
    tracker("init")
    tracker.scan()
    clock.advance(-HOUR)
    assert tracker.notify()["deliveries"] == []
    tracker.scan()
    clock.advance(14 * MINUTE)
    assert tracker.notify()["deliveries"] == []
    clock.advance(2 * MINUTE)
    assert tracker.notify()["sent"] == 1
    tracker.scan()
    assert tracker.notify()["sent"] == 1
    entries = [entry for entry in tracker.history() if entry["alarm"] == "tracker"]
    assert [entry["opened_at"] <= entry["cleared_at"] for entry in entries] == [True]
