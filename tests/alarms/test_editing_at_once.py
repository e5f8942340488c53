"""Several people edit at once: nobody's change is lost, and nobody's overwritten unseen."""

import pytest

from events_tracker.simulator.simulator import Simulator
from tests.alarms.conftest import Meanwhile
from tests.support.alarms import alarms, listed, shown
from tests.support.engines import dump
from tests.support.world import NOON, PADARIA, Console, Tracker, finish


@pytest.mark.parametrize("line", ["edit doors --value 7 --by bia", "delete doors --by bia"])
@pytest.mark.parametrize(
    "other",
    [
        "edit doors --value 5 --by ana",
        "close doors --by ana",
        "edit doors --name gates --by ana",
    ],
)
def test_an_alarm_that_changed_meanwhile_is_not_overwritten(
    tracker: Tracker, database: str, meanwhile: Meanwhile, line: str, other: str
) -> None:
    alarms(tracker, "create doors --value 3")
    left: list[object] = []

    def happens() -> None:
        alarms(tracker, other)
        left.append(dump(database))

    meanwhile(happens)
    said = alarms(tracker, line, exit_code=2)
    assert said == "error: the alarm 'doors' changed meanwhile by ana: look, and try again\n"
    assert dump(database) == left[0]
    if "--name" not in other:
        alarms(tracker, line)


def test_an_alarm_that_was_deleted_meanwhile_does_not_come_back(
    tracker: Tracker, meanwhile: Meanwhile
) -> None:
    alarms(tracker, "create doors")
    meanwhile(lambda: alarms(tracker, "delete doors"))
    assert "changed meanwhile" in alarms(tracker, "edit doors --value 7", exit_code=2)
    assert [alarm["name"] for alarm in listed(tracker)] == ["default"]


def test_a_scan_is_no_change_and_its_numbers_are_not_lost(
    tracker: Tracker, segware: Simulator, meanwhile: Meanwhile
) -> None:
    alarms(tracker, "create doors --codes E401 --value 1")
    segware.add_events(NOON, PADARIA, "E401")
    meanwhile(tracker.scan)
    alarms(tracker, "edit doors --description x")
    doors = shown(tracker, "doors")
    assert (doors["runs"], doors["detections"], doors["description"]) == (1, 1, "x")


def test_small_changes_from_many_sides_all_arrive_or_are_refused(
    tracker: Tracker, console: Console
) -> None:
    alarms(tracker, "create doors")
    changes = [("--value", str(n)) for n in range(1, 5)]
    processes = [console.start("alarms", "edit", "doors", *change) for change in changes]
    results = [finish(process) for process in processes]
    done = sum(result.exit_code == 0 for result in results)
    assert done >= 1
    assert {result.exit_code for result in results} <= {0, 2}
    assert all("changed meanwhile" in r.stderr for r in results if r.exit_code == 2)
    assert shown(tracker, "doors")["revision"] == 1 + done
