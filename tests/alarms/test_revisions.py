"""What makes a new revision of an alarm, and what that does to what it has found."""

import pytest

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Handler, Simulator
from tests.support.alarms import alarms, names, shown
from tests.support.engines import on_sqlite, sql
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker

DOORS = (
    "create doors --codes E401,E402 --cucs ALR,ALI --accounts 1950,2207 --group-by account,code "
    "--value 2 --values E401=3,E402=4 --window 1h"
)
SAME = [
    "--name portas",
    "--description x",
    "--priority high",
    "--no-notify",
    "--channels webhook",
    "--email-to a@b.example",
    "--email-subject x",
    "--include-table",
    "--catch-up",
    "--comment x",
    "--disabled",
    "--value 2 --window 60m --operator '>='",
    "--codes E402,E401 --cucs ALI,ALR --accounts 2207,1950 --group-by code,account",
    "--values E402=4,E401=3",
]
ANOTHER = [
    "--source detections --of default",
    "--codes E401 --values E401=3",
    "--cucs ''",
    "--accounts ''",
    "--companies Sentinela",
    "--group-by code",
    "--condition unique --field cuc",
    "--operator '>'",
    "--value 3",
    "--values E401=3",
    "--window 61m",
]


@on_sqlite
@pytest.mark.parametrize(
    ("change", "revision"), [*((s, 1) for s in SAME), *((a, 2) for a in ANOTHER)]
)
def test_only_what_changes_what_is_detected_makes_a_new_revision(
    tracker: Tracker, change: str, revision: int
) -> None:
    alarms(tracker, DOORS)
    said = alarms(tracker, f"edit doors {change}")
    assert ("as a new revision" in said) is (revision == 2)
    name = "portas" if "--name" in change else "doors"
    assert shown(tracker, name)["revision"] == revision


@pytest.fixture
def open_doors(tracker: Tracker, segware: Simulator) -> None:
    """The alarm `doors` is open for one account."""
    alarms(tracker, "create doors --codes E401 --value 2")
    segware.add_events(NOON, PADARIA, "E401", count=3)
    assert names(tracker.scan()["opened"]) == ["doors"]
    tracker.clock.advance(MINUTE)


@pytest.mark.usefixtures("open_doors")
def test_a_new_revision_archives_and_closes_in_the_edit_itself(
    tracker: Tracker, database: str
) -> None:
    alarms(tracker, "edit doors --value 3 --by bia")
    assert sql(database, "SELECT * FROM triggers") == []
    assert tracker.history() == []
    (entry,) = tracker.history("--archived")
    assert entry["archived_at"] == entry["cleared_at"] == "2026-11-21T12:01:00.000Z"
    assert (entry["clear_reason"], entry["revision"], entry["threshold"]) == ("redefined", 1, 2)
    kinds = sql(database, "SELECT kind FROM notifications ORDER BY created_at")
    assert kinds == [("opened",), ("cleared",)]
    story = shown(tracker, "doors")
    assert (story["revision"], story["detections"], story["runs"]) == (2, 0, 1)
    assert (story["open_alerts"], story["recent_detections"]) == ([], [])
    (opened,) = tracker.scan()["opened"]
    assert (opened["revision"], opened["threshold"], opened["quantity"]) == (2, 3, 3)
    assert shown(tracker, "doors")["detections"] == 1
    assert [entry["revision"] for entry in tracker.history("--archived")] == [2, 1]


@pytest.mark.usefixtures("open_doors")
def test_a_new_name_or_address_changes_nothing_that_is_open(
    tracker: Tracker, database: str
) -> None:
    before = sql(database, "SELECT * FROM triggers")
    alarms(tracker, "edit doors --name portas --email-to a@b.example --by bia")
    assert sql(database, "SELECT * FROM triggers") == before
    assert names(tracker.scan()["ongoing"]) == ["portas"]
    assert names(tracker.history()) == ["portas"]
    assert names(tracker.history("--alarm", "portas")) == ["portas"]
    assert tracker("history", "--alarm", "doors").exit_code == 2, "nobody is called so any more"
    story = shown(tracker, "portas")
    assert (story["revision"], story["detections"], story["runs"]) == (1, 1, 2)
    assert names(story["open_alerts"]) == ["portas"]
    assert "there is no alarm called 'doors'" in alarms(tracker, "show doors", exit_code=2)


@pytest.mark.usefixtures("open_doors")
def test_another_alarms_alerts_stay_as_they_are(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "create gates --codes E401 --value 2")
    tracker.scan()
    alarms(tracker, "edit gates --value 3")
    assert names(tracker.history()) == ["doors"]
    assert names(tracker.scan()["ongoing"]) == ["doors"]


@pytest.mark.usefixtures("open_doors")
def test_disabling_lets_clear_close(tracker: Tracker) -> None:
    alarms(tracker, "disable doors")
    scan = tracker.scan()
    assert (scan["opened"], scan["ongoing"], scan["below"]) == ([], [], [])
    assert shown(tracker, "doors")["runs"] == 1
    (cleared,) = tracker.clear()["cleared"]
    assert cleared["clear_reason"].startswith("disabled")
    (entry,) = tracker.history()
    assert entry["archived_at"] is None


@pytest.mark.usefixtures("open_doors")
@pytest.mark.parametrize("again", ["enable doors", "edit doors --enabled"])
def test_enabling_first_closes_what_is_still_open_and_starts_afresh(
    tracker: Tracker, database: str, again: str
) -> None:
    alarms(tracker, "disable doors")
    alarms(tracker, again)
    assert sql(database, "SELECT * FROM triggers") == []
    (entry,) = tracker.history()
    assert entry["clear_reason"].startswith("disabled")
    assert tracker.clear()["cleared"] == []
    assert names(tracker.scan()["opened"]) == ["doors"]
    assert len(tracker.history()) == 2
    assert shown(tracker, "doors")["detections"] == 2


@pytest.mark.usefixtures("open_doors")
@pytest.mark.parametrize("again", ["enable doors", "edit doors --enabled"])
def test_enabling_what_is_enabled_closes_nothing(tracker: Tracker, again: str) -> None:
    alarms(tracker, again)
    assert names(tracker.scan()["ongoing"]) == ["doors"]


@pytest.mark.usefixtures("open_doors")
def test_deleting_keeps_the_register_lets_clear_close_and_frees_the_name(
    tracker: Tracker, database: str
) -> None:
    alarms(tracker, "delete doors --by bia --comment 'no doors any more'")
    assert "there is no alarm called 'doors'" in alarms(tracker, "show doors", exit_code=2)
    assert tracker.scan()["ongoing"] == []
    alarms(tracker, "create doors --codes E401 --value 2")
    (cleared,) = tracker.clear()["cleared"]
    assert cleared["clear_reason"].startswith("deleted")
    assert shown(tracker, "doors")["recent_detections"] == []
    (opened,) = tracker.scan()["opened"]
    assert opened["revision"] == 1
    assert names(tracker.history()) == ["doors", "doors"]
    assert len(shown(tracker, "doors")["recent_detections"]) == 1
    deleted = sql(database, "SELECT name, changed_by, comment FROM alarms WHERE deleted_mark <> ''")
    assert deleted == [("doors", "bia", "no doors any more")]
    alarms(tracker, "delete doors")
    alarms(tracker, "create doors")


@pytest.mark.usefixtures("open_doors")
@pytest.mark.parametrize("status", ["close", "reopen"])
def test_peoples_own_follow_up_changes_nothing_else(
    tracker: Tracker, database: str, status: str
) -> None:
    if status == "reopen":
        alarms(tracker, "close doors")
    before = shown(tracker, "doors")
    triggers = sql(database, "SELECT * FROM triggers")
    alarms(tracker, f"{status} doors --by bia --comment 'lock changed'")
    after = shown(tracker, "doors")
    assert after["versions"][1:] == before["versions"]
    assert after == before | {
        "versions": after["versions"],
        "status": {"close": "closed", "reopen": "open"}[status],
        "changed_by": "bia",
        "changed_at": "2026-11-21T12:01:00.000Z",
        "comment": "lock changed",
    }
    assert sql(database, "SELECT * FROM triggers") == triggers
    assert names(tracker.scan()["ongoing"]) == ["doors"]


@pytest.mark.parametrize("line", ["delete doors", "disable doors", "edit doors --value 9"])
def test_what_was_changed_while_a_scan_was_reading_opens_nothing_by_the_old_rule(
    tracker: Tracker, segware: Simulator, database: str, line: str
) -> None:
    alarms(tracker, "create doors --codes E401 --value 2")
    segware.add_events(NOON, CONDOMINIO, "E401", count=3)

    def meanwhile(handler: Handler) -> None:
        alarms(tracker, line)
        handler.send(handler.normal_reply())

    segware.fail("/v1/events", meanwhile)
    assert tracker.scan()["opened"] == []
    assert sql(database, "SELECT * FROM triggers") == []
    assert tracker.history() == []
