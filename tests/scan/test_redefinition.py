"""The rule that holds is the stored one; only `tracker init` adopts what the environment says."""

import pytest

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import dump, sql
from tests.support.world import NOON, PADARIA, Console, Tracker, finish


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TRACKER_THRESHOLD", "30"),
        ("TRACKER_THRESHOLDS", "E130=30"),
        ("TRACKER_WINDOW", "1h"),
        ("TRACKER_CODES", "E130"),
        ("TRACKER_CUCS", "ALR"),
    ],
)
def test_a_scan_with_another_environment_uses_the_stored_rule_and_names_what_differs(
    tracker: Tracker, segware: Simulator, setting: str, value: str
) -> None:
    segware.add_events(NOON - 90 * MINUTE, PADARIA, "E131", "ALI", count=50)
    segware.add_events(NOON, PADARIA, "E130", "ALR", count=49)
    scan = tracker.scan(exit_code=1, **{setting: value})
    assert [alert["code"] for alert in scan["opened"]] == ["E131"]
    assert scan["errors"] == [
        f"the environment differs from the stored alarm `default` in {setting}: "
        "the stored one was used; `tracker init` adopts the environment's"
    ]


def test_the_order_of_codes_makes_no_difference(tracker: Tracker) -> None:
    codes = "1133,1132,1131,1130,E133,E132,E131,E130"
    assert tracker.scan(TRACKER_CODES=codes)["errors"] == []


def test_a_dry_run_shows_what_would_hold_after_init(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    segware.add_events(NOON, PADARIA, "E131", count=30)
    tracker.scan()
    before = dump(database)
    foreseen = tracker("scan", "--dry-run", "--format", "json", TRACKER_THRESHOLD="30")
    assert foreseen.exit_code == 0
    assert foreseen.stderr == (
        "note: the environment differs from the stored alarm `default` in TRACKER_THRESHOLD: "
        "this is what would hold after `tracker init`\n"
    )
    opened = {(a["code"], a["threshold"], a["revision"]) for a in foreseen.json["opened"]}
    assert opened == {("E130", 30, 2), ("E131", 30, 2)}
    assert (foreseen.json["ongoing"], foreseen.json["errors"]) == ([], [])
    assert dump(database) == before


def test_init_adopts_the_environment_archives_and_closes(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    tracker.scan()
    tracker.clock.advance(MINUTE)
    tracker.environ["TRACKER_THRESHOLD"] = "30"
    result = tracker("init")
    assert result.exit_code == 0
    assert (
        "The alarm `default` was redefined (TRACKER_THRESHOLD): >= 30 in 2h. "
        "1 open alerts were closed, earlier entries are archived." in result.stdout
    )
    assert sql(database, "SELECT revision, detections FROM alarms") == [(2, 0)]
    assert sql(database, "SELECT * FROM triggers") == []
    assert tracker.history() == []
    (entry,) = tracker.history("--archived")
    assert entry["clear_reason"] == "redefined"
    assert entry["cleared_at"] == entry["archived_at"] == "2026-11-21T12:01:00.000Z"
    assert (entry["revision"], entry["threshold"]) == (1, 50)
    kinds = sql(database, "SELECT kind FROM notifications ORDER BY created_at")
    assert kinds == [("opened",), ("cleared",)]
    scan = tracker.scan()
    assert [(alert["revision"], alert["threshold"]) for alert in scan["opened"]] == [(2, 30)]
    assert (scan["below"], scan["errors"]) == ([], [])


def test_several_inits_at_once_adopt_once(
    tracker: Tracker, console: Console, segware: Simulator, database: str
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    tracker.scan()
    processes = [console.start("init", TRACKER_THRESHOLD="30") for _ in range(4)]
    results = [finish(process) for process in processes]
    assert [result.exit_code for result in results] == [0] * 4
    adopted = [result for result in results if "was redefined" in result.stdout]
    assert len(adopted) == 1
    assert "1 open alerts were closed" in adopted[0].stdout
    assert sql(database, "SELECT revision FROM alarms") == [(2,)]
    assert sql(database, "SELECT COUNT(*) FROM notifications") == [(2,)]


def test_init_with_the_same_settings_leaves_everything_alone(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    tracker.scan()
    before = dump(database)
    result = tracker("init")
    assert result.exit_code == 0
    assert "The alarm `default` is unchanged: >= 50 in 2h." in result.stdout
    after = dump(database)
    for table in ("alarms", "triggers", "register_entries", "notifications"):
        assert after[table] == before[table]


def test_the_alarm_remembers_its_runs_and_detections(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    kept = "SELECT runs, detections, last_run_at, last_detection_at, last_run_status FROM alarms"
    segware.add_events(NOON, PADARIA, "E130", count=60)
    segware.add_events(NOON, PADARIA, "E131", count=60)
    tracker.scan()
    assert sql(database, kept) == [(1, 2, NOON, NOON, "ok")]
    tracker.clock.advance(MINUTE)
    segware.token = "another"
    tracker.scan(exit_code=1)
    assert sql(database, kept) == [(2, 2, NOON + MINUTE, NOON, "error")]
