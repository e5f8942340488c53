"""How an alert went, on its page: drawn from what is kept and remembered, and never guessed."""

import re

import pytest

from events_tracker.base.times import HOUR, MINUTE, Span
from events_tracker.model.readings import Answer
from events_tracker.simulator.simulator import Simulator
from events_tracker.storage import Store
from tests.support.alarms import alarms
from tests.support.engines import on_sqlite, sql
from tests.support.world import NOON, PADARIA, Tracker
from tests.web.conftest import Site, serve

pytestmark = on_sqlite


def bars(page: str) -> list[tuple[str, int | None]]:
    """The kind and number of every bar of the course, in order of time."""
    picture = page.partition('aria-labelledby="course-title')[2].partition("</svg>")[0]
    found = re.findall(r'<rect class="(\w+)".*?<title>[^<]*: ([^<]*)</title>', picture)
    return [(kind, int(text) if text.isdigit() else None) for kind, text in found]


def scans_until(web: Tracker, end: int) -> None:
    while web.clock.now() < end:
        web.clock.advance(5 * MINUTE)
        web.scan()
        web.clear()


@pytest.fixture
def storm(web: Tracker, segware: Simulator) -> str:
    """An alert that opens at 12:30 and is over two hours later; five hours are played."""
    for minute in range(30):
        segware.add_events(NOON + minute * MINUTE, PADARIA, "E130", count=2)
        segware.add_events(NOON + minute * MINUTE, PADARIA, "E131", count=1)
    scans_until(web, NOON + 5 * HOUR)
    (alert,) = web.history()
    assert alert["cleared_at"] is not None
    return str(alert["register_id"])


def test_the_course_rises_over_the_value_and_falls_and_has_holes_where_nothing_is_kept(
    ana: Site, web: Tracker, storm: str, database: str
) -> None:
    drawn = bars(ana.get(f"/alerts/{storm}").text)
    numbers = [number for _, number in drawn]
    assert len(numbers) == 96
    # Nothing was read of the first hours: the first scan was at noon.
    first = next(place for place, number in enumerate(numbers) if number is not None)
    assert 0 < first < 48
    known = [number for number in numbers[first:] if number is not None]
    assert len(known) == 96 - first
    assert (max(known), known[-1]) == (60, 0)
    assert all((kind == "over") == ((number or 0) >= 50) for kind, number in drawn)
    top = known.index(60)
    assert known[: top + 1] == sorted(known[: top + 1])
    sql(database, "DELETE FROM slices")
    sql(database, f"DELETE FROM hours WHERE started_at = {NOON + HOUR}")
    drawn = bars(ana.get(f"/alerts/{storm}").text)
    assert ("hole", None) in drawn
    assert ("over", 60) in drawn
    web.environ["TRACKER_THRESHOLD"] = "40"
    assert web("init").exit_code == 0
    changed = ana.get(f"/alerts/{storm}")
    assert (changed.status_code, bars(changed.text)) == (200, [])


def test_numbers_that_are_no_sum_are_not_drawn(ana: Site, web: Tracker, segware: Simulator) -> None:
    alarms(web, "create kinds --group-by account --condition unique --field code --value 2")
    segware.add_events(NOON, PADARIA, "E130")
    segware.add_events(NOON, PADARIA, "E131")
    web.scan()
    (alert,) = web.history()
    assert bars(ana.get(f"/alerts/{alert['register_id']}").text) == []


def test_what_the_tracker_raised_itself_is_not_drawn(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    web.environ["SEGWARE_ALARM_ENABLED"] = "true"
    alarms(web, "create all --group-by account --value 20 --window 2h")
    segware.add_events(NOON + MINUTE, PADARIA, "E130", count=30)
    while web.clock.now() < NOON + 20 * MINUTE:
        web.clock.advance(5 * MINUTE)
        web.scan()
        web.notify()
    (alert,) = web.history()
    (delivery,) = web.notifications()[0]["deliveries"]
    assert delivery["status"] == "sent"
    drawn = bars(ana.get(f"/alerts/{alert['register_id']}").text)
    assert {number for _, number in drawn if number} == {30}


def test_openings_that_were_kept_by_the_hour_alone_leave_a_hole(
    ana: Site, web: Tracker, segware: Simulator
) -> None:
    for minute in range(0, 240, 5):
        segware.add_events(NOON + minute * MINUTE, PADARIA, "E401")
    scans_until(web, NOON + 150 * MINUTE)
    alarms(web, "create doors --codes E401 --group-by account --value 20 --window 2h")
    scans_until(web, NOON + 240 * MINUTE)
    (alert,) = web.history()
    numbers = [number for _, number in bars(ana.get(f"/alerts/{alert['register_id']}").text)]
    # The hour from noon was kept before anybody counted openings, the next one after.
    assert set(numbers) - {23, 24, 25} == {None}
    assert set(numbers[-10:]) <= {23, 24, 25}


def test_what_an_ignored_user_closed_is_not_drawn_and_in_doubt_until_its_hour_is_kept(
    web: Tracker, segware: Simulator
) -> None:
    web.environ["TRACKER_IGNORED_CLOSERS"] = "42"
    for minute in range(60):
        segware.add_events(NOON + minute * MINUTE, PADARIA, "E130")
        segware.add_events(NOON + minute * MINUTE, PADARIA, "E130", occurrence_id="gone")
    segware.add_occurrence(NOON, "gone", 42)
    for site in serve(web):
        site.sign_in()
        scans_until(web, NOON + 130 * MINUTE)
        (alert,) = web.history()
        path = f"/alerts/{alert['register_id']}"
        assert {number for _, number in bars(site.get(path).text)} <= {None, 0}
        scans_until(web, NOON + 200 * MINUTE)
        assert max(number for _, number in bars(site.get(path).text) if number) == 60


def test_what_another_service_answered_is_not_drawn(
    ana: Site, web: Tracker, segware: Simulator, store: Store, database: str
) -> None:
    alarms(web, "create short --group-by account,code --value 20 --window 10m")
    segware.add_events(NOON + MINUTE, PADARIA, "E130", count=30)
    scans_until(web, NOON + 10 * MINUTE)
    remembered = sql(database, "SELECT started_at, ended_at FROM slices")
    theirs = Answer({("ALR", "E130"): [PADARIA] * 7})
    # As SEGWARE_URL named another one for a while: it has the same numbers for other accounts.
    more = {Span(*one): (theirs, NOON) for one in remembered}
    store.update(lambda rows: rows.slices.save("another", more, NOON + HOUR))
    (alert,) = web.history()
    drawn = bars(ana.get(f"/alerts/{alert['register_id']}").text)
    assert {number for _, number in drawn if number} == {30}
