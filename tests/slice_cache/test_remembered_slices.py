"""Remembered slices change what a scan costs, and nothing else."""

import random
import zlib

import msgspec
import pytest

from events_tracker.base.times import HOUR, MINUTE, SECOND, parse_span
from events_tracker.simulator.simulator import Simulator, json_reply
from events_tracker.simulator.world import Event
from tests.support.alarms import alarms
from tests.support.engines import on_sqlite, sql
from tests.support.world import NOON, PADARIA, TestClock, Tracker

_SHOWN = ("account_id", "cuc", "code", "quantity", "highest", "partial")


def _seen(scan: dict[str, object]) -> dict[str, list[tuple[object, ...]]]:
    """What a scan says of alerts, without what differs between two databases."""
    return {
        kind: sorted(tuple(map(str, map(alert.get, _SHOWN))) for alert in scan[kind])  # type: ignore[attr-defined]
        for kind in ("opened", "ongoing", "below")
    }


def _at(text: str) -> int:
    from datetime import UTC

    return parse_span(text, 0, UTC).start


def _asked(segware: Simulator) -> int:
    """Milliseconds that were asked for since the last time."""
    asked = sum(
        _at(request.query["endDate"]) - _at(request.query["startDate"]) + 1
        for request in segware.received("/v1/events")
        if request.status == 200
    )
    segware.requests.clear()
    return asked


@pytest.fixture(autouse=True)
def start(initialised: None) -> None:
    """Every test here starts after `tracker init`."""


def test_a_second_scan_asks_for_what_is_new_and_sees_the_same(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    for minute in range(120):
        segware.add_events(NOON - minute * MINUTE, PADARIA, "E130", count=1)
    first = tracker.scan()
    assert _asked(segware) == 2 * HOUR + 1
    clock.advance(MINUTE)
    second = tracker.scan()
    assert _asked(segware) <= 15 * MINUTE
    assert second["events"]["fetched"] + second["events"]["remembered"] == 120
    assert second["ongoing"][0]["quantity"] == 120
    assert first["opened"][0]["quantity"] == 120


def test_full_asks_for_everything_again(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    tracker.scan()
    clock.advance(MINUTE)
    _asked(segware)
    scan = tracker("scan", "--full", "--format", "json").json
    assert scan["events"]["remembered"] == 0
    assert _asked(segware) == 2 * HOUR + 1


def test_an_emptied_memory_changes_nothing_but_the_cost(
    tracker: Tracker, segware: Simulator, clock: TestClock, database: str
) -> None:
    segware.add_events(NOON - HOUR, PADARIA, "E130", count=60)
    tracker.scan()
    clock.advance(MINUTE)
    sql(database, "DELETE FROM slices")
    _asked(segware)
    assert tracker.scan()["ongoing"][0]["quantity"] == 60
    assert _asked(segware) == 2 * HOUR + 1


def test_another_token_is_another_source(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    tracker.scan()
    clock.advance(MINUTE)
    segware.token = "another-token"
    assert (
        tracker("scan", "--format", "json", SEGWARE_TOKEN="another-token").json["events"][
            "remembered"
        ]
        == 0
    )


def test_a_dry_run_remembers_nothing(tracker: Tracker, database: str) -> None:
    assert tracker("scan", "--dry-run").exit_code == 0
    assert sql(database, "SELECT started_at FROM slices") == []


@pytest.mark.parametrize("apart", [61, -61, 3600])
def test_with_clocks_too_far_apart_nothing_is_remembered(
    tracker: Tracker, segware: Simulator, clock: TestClock, database: str, apart: int
) -> None:
    segware.date_offset = apart
    tracker.scan(exit_code=1 if apart < 0 else 0)
    assert sql(database, "SELECT started_at FROM slices") == []


def test_what_has_not_settled_is_not_remembered(
    tracker: Tracker, segware: Simulator, clock: TestClock, database: str
) -> None:
    tracker.scan()
    (latest,) = sql(database, "SELECT MAX(ended_at) FROM slices")
    assert NOON - 3 * MINUTE < latest[0] < NOON - 2 * MINUTE


def test_a_slice_over_the_start_of_the_window_is_not_used(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    """Of two events in the minute at the window's edge only the later one still counts."""
    start = NOON - 2 * HOUR + 5 * MINUTE
    segware.add_events(start + 10 * SECOND, PADARIA, "E130", count=30)
    segware.add_events(start + 40 * SECOND, PADARIA, "E130", count=60)
    assert tracker.scan()["opened"][0]["quantity"] == 90
    clock.advance(5 * MINUTE + 20 * SECOND)
    assert tracker.scan()["ongoing"][0]["quantity"] == 60


def test_a_late_event_counts_at_the_next_reading_within_the_hour(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    segware.add_events(NOON - 30 * MINUTE, PADARIA, "E130", count=60)
    tracker.scan()
    segware.add_events(NOON - 30 * MINUTE, PADARIA, "E130", count=5)
    for _ in range(61):
        clock.advance(MINUTE)
        scan = tracker.scan()
    assert scan["ongoing"][0]["quantity"] == 65


@pytest.mark.parametrize(
    ("late", "counts_after"),
    [(4, 5), (9, 10), (29, 30)],
    ids="{0} minutes late".format,
)
def test_the_later_an_event_comes_the_later_it_counts(
    tracker: Tracker, segware: Simulator, clock: TestClock, late: int, counts_after: int
) -> None:
    segware.add_events(NOON - 40 * MINUTE, PADARIA, "E130", count=60)
    happened = NOON + MINUTE
    for minute in range(1, counts_after + 4):
        clock.advance(MINUTE)
        if clock.now() == happened + late * MINUTE:
            segware.add_events(happened, PADARIA, "E130", count=5)
        scan = tracker.scan()
        counted = [alert["quantity"] for alert in scan["opened"] + scan["ongoing"]]
        # A slice's age is that of its end: what happened in its first seconds is a minute older.
        assert minute > late or counted == [60]
    assert counted == [65]


def test_status_says_how_late_events_came(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    assert _lateness(tracker) == "no event of the last 7 days came late"
    for minute in range(46):
        if minute in (3, 8):
            segware.add_events(NOON - 3 * MINUTE, PADARIA, "E130", count=1)
        if minute == 40:
            segware.add_events(NOON + MINUTE, PADARIA, "E130", count=4)
        tracker.scan()
        clock.advance(MINUTE)
    for _ in range(60):
        clock.advance(MINUTE)
        tracker.scan()
    assert _lateness(tracker).startswith(
        "events of the last 7 days that came late: 6 by more than 2m, 5 by more than 5m, "
        "4 by more than 30m; each counted once its slice was read again"
    )


def _lateness(tracker: Tracker) -> str:
    checks = tracker("status", "--format", "json").json
    return str(next(check["detail"] for check in checks if check["name"] == "lateness"))


def test_a_minute_too_full_for_one_answer_is_remembered_as_a_whole(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    segware.limit = 20
    for second in range(60):
        segware.add_events(NOON - HOUR + second * SECOND, PADARIA, "E130", count=1)
    tracker.scan()
    clock.advance(MINUTE)
    segware.requests.clear()
    scan = tracker.scan()
    assert scan["ongoing"][0]["quantity"] == 60
    assert scan["events"]["remembered"] == 60


def test_an_api_that_falls_silent_is_not_hidden_by_memory(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    segware.add_events(NOON - HOUR, PADARIA, "E130", count=1_200)
    tracker.scan()
    clock.advance(MINUTE)
    segware.clear_events()
    silent = tracker.scan(exit_code=1)
    assert "no event at all" in silent["errors"][0]
    assert silent["below"] == []
    clock.advance(MINUTE)
    assert len(tracker.scan()["below"]) == 1
    for _ in range(3):
        clock.advance(MINUTE)
        scan = tracker.scan()
        assert (scan["opened"], scan["events"]["remembered"]) == ([], 0), "memory is not older news"


def test_an_api_that_answers_nonsense_is_not_hidden_by_memory(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    alarms(tracker, "create short --codes E130 --value 50 --window 20m")
    for minute in range(120):
        segware.add_events(NOON - minute * MINUTE, PADARIA, "E130", count=5)
    assert len(tracker.scan()["opened"]) == 2
    segware.fail_always("/v1/events", json_reply(200, [{"account_id": PADARIA}] * 9))
    for _ in range(3):
        clock.advance(9 * MINUTE)
        scan = tracker.scan(exit_code=1)
        assert "are not what Segware's events look like" in scan["errors"][0]
        assert scan["below"] == []


@pytest.mark.parametrize("seed", range(3))
def test_with_and_without_memory_scans_see_the_same(
    tracker: Tracker, segware: Simulator, clock: TestClock, database: str, seed: int
) -> None:
    """Random traffic whose events arrive up to the settling time late: scan by scan the same."""
    rng = random.Random(seed)
    tracker.environ["TRACKER_SETTLE"] = "10m"
    segware.limit = 60
    late: list[tuple[int, Event]] = []
    for step in range(18):
        for _ in range(rng.randrange(60)):
            at = clock.now() - rng.randrange(10 * MINUTE)
            event = Event(at, rng.choice((PADARIA, 8, 9)), rng.choice(("E130", "E131")))
            late.append((clock.now() + rng.randrange(at + 10 * MINUTE - clock.now() + 1), event))
        segware.add_many([event for due, event in late if due <= clock.now()])
        late = [(due, event) for due, event in late if due > clock.now()]
        foreseen = tracker("scan", "--dry-run", "--full", "--format", "json").json
        assert _seen(tracker.scan()) == _seen(foreseen), f"in step {step}"
        clock.advance(rng.choice((30 * SECOND, MINUTE, 7 * MINUTE, 13 * MINUTE)))


def test_a_longer_settling_time_does_not_believe_what_was_kept_under_a_shorter_one(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    happened = clock.now() - 4 * MINUTE
    tracker.scan(TRACKER_SETTLE="2m")
    segware.add_events(happened, PADARIA, "E130", count=60)
    assert tracker.scan(TRACKER_SETTLE="2m")["opened"] == []
    (opened,) = tracker.scan(TRACKER_SETTLE="30m")["opened"]
    assert opened["quantity"] == 60


def test_what_was_read_too_young_is_not_believed_once_it_is_older(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    happened = clock.now() - 3 * MINUTE
    tracker.scan(TRACKER_SETTLE="2m")
    clock.advance(9 * MINUTE)
    tracker.scan(TRACKER_SETTLE="2m")
    clock.advance(9 * MINUTE)
    segware.add_events(happened, PADARIA, "E130", count=60)
    assert tracker.scan(TRACKER_SETTLE="2m")["opened"] == []
    (opened,) = tracker.scan(TRACKER_SETTLE="15m")["opened"]
    assert opened["quantity"] == 60


def test_slices_that_another_token_left_are_gone_after_a_day(
    tracker: Tracker, segware: Simulator, clock: TestClock, database: str
) -> None:
    tracker.scan()
    ((source,),) = sql(database, "SELECT DISTINCT source FROM slices")
    sql(database, f"UPDATE slices SET source = '{'0' * len(source)}'")
    clock.advance(HOUR)
    tracker.scan()
    assert len(sql(database, "SELECT DISTINCT source FROM slices")) == 2
    clock.advance(25 * HOUR)
    tracker.scan()
    assert sql(database, "SELECT DISTINCT source FROM slices") == [(source,)]


_COUNTS = "UPDATE slices SET counts = {}"


def _packed(accounts: object) -> str:
    """An UPDATE that lets a slice say this of the accounts of one CUC and code."""
    column = msgspec.msgpack.encode([["ALR", "E130", accounts, []]])
    return _COUNTS.format(f"X'{zlib.crc32(column):08x}{column.hex()}'")


@pytest.mark.parametrize(
    "damage",
    [
        _COUNTS.format("X''"),
        _COUNTS.format("X'00ff'"),
        _COUNTS.format("X'" + zlib.compress(b"as it was packed before").hex() + "'"),
        _packed("many"),
        _packed([PADARIA] * 59),
        _packed({PADARIA: -9}),
        _packed({PADARIA: 59, 8: -1, 9: 2}),
        _packed({PADARIA: 999}),
        _packed({PADARIA: 2**62}),
        "UPDATE slices SET malformed = -1",
        "UPDATE slices SET fetched = 1",
    ],
)
def test_a_damaged_row_is_dropped_and_asked_for_again(
    tracker: Tracker, segware: Simulator, clock: TestClock, database: str, damage: str
) -> None:
    segware.add_events(NOON - HOUR, PADARIA, "E130", count=60)
    tracker.scan()
    clock.advance(MINUTE)
    sql(database, damage)
    rows = sql(database, "SELECT counts FROM slices")
    assert tracker.scan("--dry-run")["ongoing"][0]["quantity"] == 60
    assert sql(database, "SELECT counts FROM slices") == rows, "a dry run only looks"
    assert tracker.scan()["ongoing"][0]["quantity"] == 60
    clock.advance(MINUTE)
    _asked(segware)
    assert tracker.scan()["ongoing"][0]["quantity"] == 60
    assert _asked(segware) <= 15 * MINUTE, "all of it is remembered again"


@on_sqlite
def test_no_bit_that_flipped_changes_what_is_counted(
    tracker: Tracker, segware: Simulator, clock: TestClock, database: str
) -> None:
    segware.add_events(NOON - HOUR, PADARIA, "E130", count=60)
    tracker.scan()
    clock.advance(MINUTE)
    ((start, packed),) = sql(database, "SELECT started_at, counts FROM slices WHERE fetched = 60")
    for place in range(len(packed)):
        damaged = bytearray(packed)
        damaged[place] ^= 1
        where = f"WHERE started_at = {start}"
        sql(database, f"UPDATE slices SET counts = X'{damaged.hex()}' {where}")
        ongoing = tracker.scan("--dry-run")["ongoing"]
        assert [(a["code"], a["quantity"]) for a in ongoing] == [("E130", 60)], f"byte {place}"


@on_sqlite
@pytest.mark.parametrize("column", ["started_at", "read_at", "again_at", "fetched", "malformed"])
def test_a_column_that_holds_no_number_does_no_harm_either(
    tracker: Tracker, segware: Simulator, clock: TestClock, database: str, column: str
) -> None:
    segware.add_events(NOON - HOUR, PADARIA, "E130", count=60)
    tracker.scan()
    clock.advance(MINUTE)
    sql(database, f"UPDATE slices SET {column} = 'x' || rowid")
    assert tracker.scan()["ongoing"][0]["quantity"] == 60
