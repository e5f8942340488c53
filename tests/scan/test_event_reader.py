"""One reader answers for any stretch of time: a scan's window, what was missed, what is to come."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from events_tracker.app.app import SystemClock
from events_tracker.base.deadline import Deadline
from events_tracker.base.times import HOUR, MINUTE
from events_tracker.fetch.reader import EventReader
from events_tracker.model.readings import LimitEstimate
from events_tracker.segware import Server
from events_tracker.simulator.simulator import Reply, Simulator
from events_tracker.storage import open_store
from tests.support.channels import injection
from tests.support.engines import on_sqlite
from tests.support.world import NOON, PADARIA, Tracker

CLOSER = 77
START = NOON - 2 * HOUR


@pytest.fixture
def reader(
    tracker: Tracker, segware: Simulator, database: str, tmp_path: Path
) -> Iterator[EventReader]:
    kept, server = open_store(database, tmp_path), Server(segware.url, segware.token)
    deadline = Deadline(SystemClock(), 30)
    yield EventReader(
        store=kept.within(deadline),
        segware=server.within(deadline),
        deadline=deadline,
        progress=lambda slices, of_slices, events: None,
        now=NOON,
        never_counted="E702",
        ignored_closers=[],
        learned=LimitEstimate(),
    )
    kept.close()
    server.close()


@on_sqlite
def test_it_counts_by_the_segments_that_the_starts_make(
    reader: EventReader, segware: Simulator
) -> None:
    segware.add_events(START, PADARIA, "E130", count=3)
    segware.add_events(NOON - HOUR, PADARIA, "E130", count=5)
    segware.add_events(NOON, PADARIA, "E130", count=7)
    segware.add_events(START - MINUTE, PADARIA, "E130", count=9)
    reading = reader.read([START, NOON - HOUR], NOON, by_occurrence=False).reading
    counted = {
        (s.start, s.end): sum(sum(accounts.values()) for accounts in s.tally.events.values())
        for s in reading.segments
    }
    assert counted == {(START, NOON - HOUR - 1): 3, (NOON - HOUR, NOON): 12}
    assert (reading.fetched, reading.whole) == (15, True)


@on_sqlite
def test_it_says_what_the_tracker_itself_raised_in_that_time(
    reader: EventReader, tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= injection()
    segware.add_events(NOON, PADARIA, "E130", count=60)
    tracker.scan()
    assert tracker.notify()["sent"] == 1
    for start, ours in ((NOON - HOUR, {(PADARIA, "E702")}), (NOON + MINUTE, set())):
        never = reader.read([start], NOON + HOUR, by_occurrence=False).never
        assert (set(never.codes), set(never.injected)) == ({"E702"}, ours)


@on_sqlite
def test_it_says_why_it_is_not_known_what_must_not_count(
    reader: EventReader, segware: Simulator
) -> None:
    segware.fail_always("/v2/occurrences", Reply(403))
    assert reader.read([START], NOON, by_occurrence=False).hidden == ()
    reader.ignored_closers = [CLOSER]
    found = reader.read([START], NOON, by_occurrence=False)
    assert found.reading.whole
    (why,) = found.hidden
    assert "/v2/occurrences (403)" in why


@on_sqlite
def test_what_answers_teach_serves_the_next_stretch(
    reader: EventReader, segware: Simulator
) -> None:
    segware.limit = 20
    for minute in range(60):
        segware.add_events(NOON - minute * MINUTE, PADARIA, "E130", count=1)
        segware.add_events(START - minute * MINUTE, PADARIA, "E130", count=1)
    first = reader.read([NOON - HOUR], NOON, by_occurrence=False).reading
    again = reader.read([START - HOUR], START, by_occurrence=False).reading
    assert first.fetched == again.fetched == 60
    assert again.requests < first.requests
