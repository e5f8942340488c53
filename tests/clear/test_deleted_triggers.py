"""A trigger that somebody deletes from the database: its alert is over, so says the register."""

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.reliability.invariants import broken
from tests.support.channels import webhook
from tests.support.engines import sql
from tests.support.world import CONDOMINIO, PADARIA, Tracker, open_alert

REASON = "forced: its trigger was deleted from the database"


def test_the_next_clear_completes_the_entry_and_tells_of_it(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= webhook(segware)
    gone = open_alert(tracker, segware)
    stays = open_alert(tracker, segware, CONDOMINIO)
    tracker.notify()
    sql(database, f"DELETE FROM triggers WHERE register_id = '{gone}'")
    tracker.clock.advance(MINUTE)
    foreseen = tracker.clear("--dry-run")
    result = tracker.clear()
    assert foreseen == {**result, "dry_run": True}
    assert [(a["register_id"], a["clear_reason"]) for a in result["cleared"]] == [(gone, REASON)]
    assert result["kept"] == 1
    assert [alert["register_id"] for alert in tracker.history("--open")] == [stays]
    (entry,) = tracker.history("--account", "1950")
    assert (entry["cleared_at"], entry["highest"]) == ("2026-11-21T12:01:00.000Z", 60)
    assert tracker.notify()["sent"] == 1
    assert tracker.clear()["cleared"] == []
    assert broken(database) == []


def test_a_breach_before_that_leaves_one_entry_open(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    """Twice, so that two of one group have lost their triggers."""
    opened = [open_alert(tracker, segware)]
    for _ in range(2):
        sql(database, "DELETE FROM triggers")
        tracker.clock.advance(MINUTE)
        opened += [alert["register_id"] for alert in tracker.scan()["opened"]]
        assert [alert["register_id"] for alert in tracker.history("--open")] == opened[-1:]
    assert len(opened) == 3
    assert [alert["clear_reason"] for alert in tracker.history()] == [None, REASON, REASON]
    assert broken(database) == []


def test_entries_of_one_group_that_all_lost_their_triggers_are_all_completed(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    for account in (PADARIA, CONDOMINIO):
        open_alert(tracker, segware, account)
    sql(database, "DELETE FROM triggers")
    sql(database, "UPDATE register_entries SET group_key = 'the same'")
    assert len(tracker.clear()["cleared"]) == 2
    assert tracker.history("--open") == []


def test_the_trackers_own_alert_too(tracker: Tracker, segware: Simulator, database: str) -> None:
    tracker.scan()
    tracker.clock.advance(16 * MINUTE)
    tracker.notify()
    sql(database, "DELETE FROM triggers")
    tracker.notify()
    assert len(tracker.history("--open")) == 1
    tracker.scan()
    tracker.notify()
    assert tracker.history("--open") == []
