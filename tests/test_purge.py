"""`purge` deletes what is older than the settings keep, in batches, and never what is open."""

import pytest

from events_tracker.base import limits
from events_tracker.base.times import DAY, HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms
from tests.support.channels import injection, webhook
from tests.support.engines import dump, on_sqlite, sql
from tests.support.world import CONDOMINIO, Tracker, let_it_be_over, open_alert, open_alerts

TABLES = ("notifications", "deliveries", "runs", "register_entries", "triggers", "notes")


@pytest.fixture(autouse=True)
def start(initialised: None, tracker: Tracker) -> None:
    """Every test here starts after `tracker init`, and does not mind that no scan runs for days."""
    tracker.environ["TRACKER_STALE_AFTER"] = "31d"


def purge(tracker: Tracker, *options: str) -> dict[str, int]:
    result = tracker("purge", "--format", "json", *options)
    assert result.exit_code == 0, result.stderr
    assert set(result.json) == {"pass", "dry_run", "deleted", "errors"}
    deleted: dict[str, int] = result.json["deleted"]
    return deleted


def rows(database: str) -> dict[str, int]:
    return {name: len(rows) for name, rows in dump(database).items() if name in TABLES}


def test_what_is_over_and_old_goes_but_the_register_is_kept(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= webhook(segware)
    open_alert(tracker, segware)
    tracker.notify()
    let_it_be_over(tracker, segware)
    tracker.notify()
    before = rows(database)
    assert (before["notifications"], before["deliveries"]) == (2, 2)
    tracker.clock.advance(90 * DAY - 2 * HOUR - 1)
    assert purge(tracker) == {
        "notifications": 0,
        "deliveries": 0,
        "runs": 0,
        "gaps": 0,
        "tokens": 0,
        "hours": 1,
        "register_entries": 0,
        "notes": 0,
    }
    tracker.clock.advance(2 * HOUR + 2)
    foreseen = purge(tracker, "--dry-run")
    assert rows(database) == before
    assert purge(tracker) == foreseen
    assert foreseen == {
        "notifications": 2,
        "deliveries": 2,
        "runs": before["runs"],
        "gaps": 0,
        "tokens": 0,
        "hours": 0,
        "register_entries": 0,
        "notes": 0,
    }
    assert rows(database) == dict.fromkeys(TABLES, 0) | {"register_entries": 1}
    assert len(tracker.history()) == 1


def test_what_is_open_stays_whatever_its_age(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= webhook(segware) | {"TRACKER_REGISTER_RETENTION": "1d"}
    tracker("note", open_alert(tracker, segware), "seen")
    tracker.notify()
    tracker.clock.advance(1000 * DAY)
    purge(tracker)
    assert rows(database) == dict.fromkeys(TABLES, 1) | {"runs": 0}


def test_a_group_that_is_muted_keeps_its_entry(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ["TRACKER_REGISTER_RETENTION"] = "1d"
    open_alert(tracker, segware)
    tracker.clear("--force", "--account", "1950", "--reason", "x")
    tracker.clock.advance(1000 * DAY)
    purge(tracker)
    assert rows(database) == {
        "notifications": 0,
        "deliveries": 0,
        "runs": 0,
        "register_entries": 1,
        "triggers": 1,
        "notes": 0,
    }


def test_what_is_still_to_be_told_stays(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= webhook(segware) | {"TRACKER_REGISTER_RETENTION": "1d"}
    open_alert(tracker, segware)
    let_it_be_over(tracker, segware)
    tracker.clock.advance(1000 * DAY)
    purge(tracker)
    assert rows(database) == {
        "notifications": 2,
        "deliveries": 2,
        "runs": 0,
        "register_entries": 1,
        "triggers": 0,
        "notes": 0,
    }


def test_closed_entries_go_once_their_own_retention_is_set(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    open_alert(tracker, segware)
    let_it_be_over(tracker, segware)
    tracker.clock.advance(MINUTE)
    open_alert(tracker, segware, CONDOMINIO)
    tracker.clock.advance(365 * DAY - MINUTE)
    tracker.environ["TRACKER_REGISTER_RETENTION"] = "365d"
    assert purge(tracker)["register_entries"] == 0, "it was closed exactly so long ago"
    tracker.clock.advance(1)
    assert purge(tracker, "--dry-run")["register_entries"] == 1
    assert purge(tracker)["register_entries"] == 1
    assert [alert["account_code"] for alert in tracker.history()] == ["2207"]


def test_notifications_and_their_entries_go_in_one_purge(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= {"TRACKER_RETENTION": "1d", "TRACKER_REGISTER_RETENTION": "2d"}
    open_alerts(tracker, segware, 3)
    let_it_be_over(tracker, segware)
    tracker.clock.advance(3 * DAY)
    foreseen = purge(tracker, "--dry-run")
    assert (foreseen["notifications"], foreseen["register_entries"]) == (6, 3)
    assert purge(tracker) == foreseen
    assert set(rows(database).values()) == {0}


def test_what_was_injected_is_remembered_for_as_long_as_a_window_may_look_back(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= injection() | {"TRACKER_RETENTION": "1d"}
    open_alert(tracker, segware)
    tracker.notify()
    let_it_be_over(tracker, segware)
    tracker.clock.advance(30 * DAY)
    purge(tracker)
    assert sql(database, "SELECT injected_code FROM deliveries") == [("E702",)]
    tracker.clock.advance(DAY)
    purge(tracker)
    assert rows(database)["deliveries"] == 0


def test_it_deletes_batch_by_batch(
    tracker: Tracker, segware: Simulator, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ROWS_PER_PURGE", 2)
    tracker.environ |= {"TRACKER_RETENTION": "1d", "TRACKER_REGISTER_RETENTION": "1d"}
    tracker.environ |= webhook(segware)
    open_alerts(tracker, segware, 5)
    tracker.notify()
    let_it_be_over(tracker, segware)
    tracker.notify()
    tracker.clock.advance(2 * DAY)
    writes = sql(database, "SELECT COUNT(*) FROM runs")[0][0]
    deleted = purge(tracker)
    assert deleted == {
        "notifications": 10,
        "deliveries": 10,
        "runs": writes,
        "gaps": 0,
        "tokens": 0,
        "hours": 0,
        "register_entries": 5,
        "notes": 0,
    }
    assert set(rows(database).values()) == {0}


@on_sqlite
def test_people_read_a_sentence_and_cron_reads_nothing_with_q(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.clock.advance(91 * DAY)
    assert tracker("purge", "--dry-run").stdout == (
        "Would delete 0 notifications, 0 deliveries, 1 runs, 0 gaps, 0 tokens, 0 hours, "
        "0 register entries, 0 notes.\n"
    )
    assert tracker("-q", "purge").stdout == ""


def test_an_entry_takes_along_what_was_told_of_it(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= webhook(segware) | {"TRACKER_REGISTER_RETENTION": "1d"}
    open_alert(tracker, segware)
    tracker.notify()
    let_it_be_over(tracker, segware)
    tracker.notify()
    (over,) = tracker.history()
    tracker("note", over["register_id"], "seen")
    tracker.clock.advance(DAY)
    stays = open_alert(tracker, segware, CONDOMINIO)
    tracker("note", stays, "seen too")
    tracker.clock.advance(1)
    foreseen = purge(tracker, "--dry-run")
    assert foreseen == {
        "notifications": 2,
        "deliveries": 2,
        "runs": 0,
        "gaps": 0,
        "tokens": 0,
        "hours": 0,
        "register_entries": 1,
        "notes": 1,
    }
    assert purge(tracker) == foreseen
    assert sql(database, "SELECT text FROM notes") == [("seen too",)]
    assert [alert["account_code"] for alert in tracker.history()] == ["2207"]
    assert [notice["account_code"] for notice in tracker.notifications()] == ["2207"]


def test_what_an_alarm_over_detections_may_still_count_stays(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ["TRACKER_REGISTER_RETENTION"] = "1d"
    alarms(tracker, "create often --source detections --of default --group-by account --window 7d")
    open_alert(tracker, segware)
    let_it_be_over(tracker, segware)
    tracker.clock.advance(7 * DAY - 2 * HOUR - 1)
    assert purge(tracker, "--dry-run")["register_entries"] == 0
    assert purge(tracker)["register_entries"] == 0
    tracker.clock.advance(1)
    assert purge(tracker, "--dry-run")["register_entries"] == 1
    assert purge(tracker)["register_entries"] == 1


def test_the_latest_passes_stay_on_record_however_short_the_retention(tracker: Tracker) -> None:
    tracker.environ["TRACKER_RETENTION"] = "1s"
    tracker.scan()
    tracker.clock.advance(HOUR)
    assert purge(tracker)["runs"] == 0
    tracker.clock.advance(1)
    assert purge(tracker)["runs"] == 2


def test_gaps_go_with_the_runs_of_their_time(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    alarms(tracker, "create night --codes E130 --window 1h --catch-up")
    tracker.scan()
    tracker.clock.advance(12 * HOUR)
    tracker.scan()
    assert len(sql(database, "SELECT id FROM gaps")) == 1
    tracker.clock.advance(90 * DAY)
    assert purge(tracker)["gaps"] == 0, "it was found exactly so long ago"
    tracker.clock.advance(1)
    assert purge(tracker, "--dry-run")["gaps"] == 1
    assert purge(tracker)["gaps"] == 1
    assert sql(database, "SELECT id FROM gaps") == []
