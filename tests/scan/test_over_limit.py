"""More events than one answer may carry: the range is narrowed, and no event lost or read twice."""

import random
from collections import Counter

import pytest

from events_tracker.base import limits
from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from events_tracker.simulator.world import Event
from tests.support.engines import sql
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Tracker

PREMISES = (PADARIA, CONDOMINIO, FARMACIA)
CODES = ("E130", "E131", "E132", "E133", "1130", "1131", "1132", "1133")


def test_eight_thousand_events_in_bursts_are_counted_exactly(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.limit = 100
    rng = random.Random(3)
    events: list[Event] = []
    for _ in range(40):
        at = rng.randrange(NOON - 2 * HOUR + 1, NOON)
        for offset, count in ((-1, 50), (0, 99), (1, 51)):
            for _ in range(count):
                events.append(Event(at + offset, rng.choice(PREMISES), rng.choice(CODES)))
    segware.add_many(events)
    scan = tracker.scan()
    found = {(alert["account_id"], alert["code"]): alert["quantity"] for alert in scan["opened"]}
    assert found == Counter((event.account_id, event.code) for event in events)
    assert sum(found.values()) == 8_000
    assert scan["events"] == {"fetched": 8_000, "remembered": 0, "counted": 8_000, "malformed": 0}
    answered = [request for request in segware.received("/v1/events") if request.status == 200]
    asked = {(request.query["startDate"], request.query["endDate"]) for request in answered}
    assert len(asked) == len(answered)
    assert scan["requests"] == segware.count("/v1/events")


def test_as_many_as_the_limit_in_one_millisecond_are_read(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.limit = 100
    segware.add_events(NOON - MINUTE, PADARIA, "E130", count=100)
    segware.add_events(NOON - MINUTE + 1, PADARIA, "E130", count=100)
    assert [alert["quantity"] for alert in tracker.scan()["opened"]] == [200]


@pytest.fixture
def overfull_millisecond(tracker: Tracker, segware: Simulator) -> None:
    """Two alerts are open; then a millisecond holds more than any answer may."""
    for account in (PADARIA, CONDOMINIO):
        segware.add_events(NOON - HOUR, account, "E130", count=60)
    assert len(tracker.scan()["opened"]) == 2
    tracker.clock.advance(90 * MINUTE)
    segware.limit = 100
    now = tracker.clock.now()
    segware.add_events(now - MINUTE, CONDOMINIO, "E130", count=101)
    segware.add_events(now - 2 * MINUTE, FARMACIA, "E130", count=60)
    segware.add_events(now - 3 * MINUTE, PADARIA, "E130", count=70)
    segware.add_events(now - 4 * MINUTE, FARMACIA, "E131", count=49)


@pytest.mark.usefixtures("overfull_millisecond")
def test_what_was_read_beside_an_overfull_millisecond_still_counts_upwards(
    tracker: Tracker, segware: Simulator
) -> None:
    scan = tracker.scan(exit_code=1)
    assert scan["errors"] == [
        f"{segware.url}/v1/events holds more than one answer may carry, "
        "in the one millisecond 2026-11-21T13:29:00.000Z"
    ]
    (opened,) = scan["opened"]
    assert (opened["account_id"], opened["code"]) == (FARMACIA, "E130")
    assert (opened["quantity"], opened["partial"]) == (60, True)
    ongoing = {alert["account_id"]: alert for alert in scan["ongoing"]}
    assert (ongoing[PADARIA]["quantity"], ongoing[PADARIA]["highest"]) == (70, 70)
    assert [entry["partial"] for entry in tracker.history("--account", "3046")] == [True]
    assert "≥ 60" in tracker("history", "--account", "3046").stdout


@pytest.mark.usefixtures("overfull_millisecond")
def test_nothing_is_seen_as_below_beside_an_overfull_millisecond(
    tracker: Tracker, database: str
) -> None:
    scan = tracker.scan(exit_code=1)
    assert scan["below"] == []
    assert sql(database, "SELECT COUNT(*) FROM triggers WHERE below_since IS NOT NULL") == [(0,)]
    unseen = sql(database, f"SELECT quantity FROM triggers WHERE account_id = {CONDOMINIO}")
    assert unseen == [(60,)]


@pytest.mark.usefixtures("overfull_millisecond")
def test_once_everything_can_be_read_the_next_scan_says_what_is(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.scan(exit_code=1)
    segware.limit = 1_000
    tracker.clock.advance(MINUTE)
    scan = tracker.scan()
    assert scan["opened"] == []
    assert {alert["account_id"]: alert["quantity"] for alert in scan["ongoing"]} == {
        PADARIA: 70,
        CONDOMINIO: 101,
        FARMACIA: 60,
    }


def test_an_answer_that_is_too_long_is_narrowed_like_one_over_the_limit(
    tracker: Tracker, segware: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ANSWER_BYTES", 100_000)
    for minute in range(60):
        segware.add_events(NOON - minute * MINUTE, PADARIA, "E130", count=20)
    scan = tracker.scan()
    assert [alert["quantity"] for alert in scan["opened"]] == [1_200]
    assert scan["requests"] > 1


def test_a_limit_that_was_low_for_one_scan_makes_later_ones_ask_no_more_than_before(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.limit = 200
    for minute in range(240):
        segware.add_events(NOON + (minute - 120) * MINUTE, PADARIA, "E130", count=8)
    tracker.scan("--full")
    usual = tracker.scan("--full")["requests"]
    segware.limit = 10
    assert tracker.scan("--full")["requests"] > 10 * usual
    segware.limit = 200
    tracker.clock.advance(59 * MINUTE)
    tracker.scan("--full")
    # As far in its hour as the usual one: slices begin with hours.
    tracker.clock.advance(MINUTE)
    assert tracker.scan("--full")["requests"] <= 2 * usual
