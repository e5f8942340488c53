"""Versions of alarms: who changed what, when and why, and the way back."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from events_tracker.app import editing
from events_tracker.app.app import App
from events_tracker.base.errors import Changed
from events_tracker.base.times import MINUTE
from events_tracker.passes.alarms import Change, Editor
from events_tracker.simulator.simulator import Simulator
from events_tracker.storage import Store
from tests.alarms.conftest import Meanwhile
from tests.alarms.test_list_and_show import FRESH, FULL_OPTIONS
from tests.support.alarms import alarms, listed, names, shown
from tests.support.engines import dump, on_sqlite, sql
from tests.support.world import NOON, PADARIA, Console, Tracker, finish

SET_BY_NOBODY = {
    *("defined_in", "changed_by", "changed_at", "comment", "last_run_at", "last_run_status"),
    *("last_error", "runs", "detections", "last_detection_at", "revision", "created_by"),
    "created_at",
}
CONTENT = {field: value for field, value in FRESH.items() if field not in SET_BY_NOBODY}
"""What people set of the alarm `doors` when they set nothing."""


def versions(tracker: Tracker, name: str) -> Any:
    """The versions of an alarm, newest first."""
    return shown(tracker, name)["versions"]


def told(tracker: Tracker, name: str) -> list[tuple[int, str, str | None, list[str]]]:
    """Number, author, comment and changed fields of each version, newest first."""
    return [(v["version"], v["by"], v["comment"], v["changed"]) for v in versions(tracker, name)]


def test_each_change_is_a_version_with_its_own_comment(tracker: Tracker) -> None:
    alarms(tracker, "create doors --by ana --comment 'since the strike'")
    changes = (
        ("edit doors --value 3 --window 1h --by bia --comment 'too late with 5'", "value window"),
        ("disable doors --by bia", "enabled"),
        ("enable doors --by ana --comment ''", "enabled"),
        ("close doors --by ana", "status"),
        ("reopen doors --by ana", "status"),
        ("edit doors --name gates --email-to a@b.example --by ana", "name email"),
    )
    for number, (line, changed) in enumerate(changes, start=2):
        tracker.clock.advance(MINUTE)
        alarms(tracker, line)
        name = "gates" if "--name" in line else "doors"
        (latest, *_) = versions(tracker, name)
        assert (latest["version"], " ".join(latest["changed"])) == (number, changed)
        now = shown(tracker, name)
        said = (now["changed_by"], now["comment"] or None)
        assert said == (latest["by"], latest["comment"]), "nobody says what another one said"
        assert latest["at"] == f"2026-11-21T12:0{number - 1}:00.000Z"
    assert [(by, comment) for _, by, comment, _ in told(tracker, "gates")] == [
        *[("ana", None)] * 4,
        ("bia", None),
        ("bia", "too late with 5"),
        ("ana", "since the strike"),
    ]
    first = versions(tracker, "gates")[-1]
    assert list(first) == ["version", "at", "by", "comment", "changed", "alarm"]
    assert (first["alarm"], first["changed"]) == (CONTENT, [])
    assert list(first["alarm"]) == list(CONTENT)


def test_a_version_has_everything_that_people_set(tracker: Tracker) -> None:
    alarms(tracker, f"create doors {FULL_OPTIONS}")
    now = listed(tracker)[1]
    (first,) = versions(tracker, "doors")
    assert first["alarm"] == {field: now[field] for field in CONTENT}
    alarms(tracker, "create storms --source detections --of doors")
    alarms(tracker, "edit doors --name gates")
    (of_storms,) = versions(tracker, "storms")
    assert of_storms["alarm"]["of"] == "gates", "by the name that it has now"


@pytest.mark.parametrize(
    "line",
    [
        "edit doors --comment 'only said'",
        "edit doors --value 50 --window 120m --codes E402,E401 --by bia",
        "edit doors --restore 1",
        "enable doors --by bia",
        "reopen doors --comment x",
    ],
)
def test_what_changes_nothing_says_so_and_writes_nothing(
    tracker: Tracker, database: str, line: str
) -> None:
    alarms(tracker, "create doors --codes E401,E402 --by ana")
    before = dump(database)
    said = alarms(tracker, line)
    assert said == "The alarm 'doors' is already so: nothing was changed.\n"
    assert dump(database) == before


@on_sqlite
def test_programs_get_the_alarm_whether_it_was_changed_or_not(tracker: Tracker) -> None:
    alarms(tracker, "create doors --value 3")
    same = tracker("alarms", "edit", "doors", "--value", "3", "--format", "json")
    assert (same.exit_code, same.json) == (0, listed(tracker)[1])


def test_what_somebody_did_already_is_not_done_twice(
    tracker: Tracker, meanwhile: Meanwhile
) -> None:
    alarms(tracker, "create doors --by ana")
    meanwhile(lambda: alarms(tracker, "disable doors --by ana"))
    said = alarms(tracker, "disable doors --by bia")
    assert said == "The alarm 'doors' is already so: nothing was changed.\n"
    assert [(number, by) for number, by, *_ in told(tracker, "doors")] == [(2, "ana"), (1, "ana")]


def test_a_deleted_alarms_versions_are_kept(tracker: Tracker, database: str) -> None:
    alarms(tracker, "create doors --by ana")
    alarms(tracker, "delete doors --by bia --comment 'no doors any more'")
    alarms(tracker, "create doors --by caio")
    assert told(tracker, "doors") == [(1, "caio", None, [])]
    kept = sql(
        database,
        "SELECT v.version, v.changed_by, v.comment FROM alarm_versions v "
        "INNER JOIN alarms a ON a.id = v.alarm_id WHERE a.deleted_mark <> '' ORDER BY v.version",
    )
    assert kept == [(1, "ana", None), (2, "bia", "no doors any more")]


def test_init_makes_a_version_of_each_default_that_it_stores_or_adopts(tracker: Tracker) -> None:
    assert [(number, changed) for number, *_, changed in told(tracker, "default")] == [(1, [])]
    tracker("init")
    assert len(versions(tracker, "default")) == 1
    tracker.environ |= {"TRACKER_THRESHOLD": "30", "TRACKER_WINDOW": "1h"}
    tracker.clock.advance(MINUTE)
    tracker("init", "--by", "Ana")
    latest, first = versions(tracker, "default")
    assert (latest["changed"], latest["at"]) == (["value", "window"], "2026-11-21T12:01:00.000Z")
    assert (latest["alarm"]["value"], first["alarm"]["value"]) == (30, 50)
    assert (latest["by"], first["by"]) == ("Ana", shown(tracker, "default")["created_by"])


def test_an_alarm_from_before_versions_keeps_what_it_was(tracker: Tracker, database: str) -> None:
    alarms(tracker, "create doors --value 3 --by ana")
    alarms(tracker, "create gates --by ana")
    alarms(tracker, "edit doors --value 4 --by bia --comment 'too early with 3'")
    sql(database, "DELETE FROM alarm_versions")
    asked = dump(database)
    assert told(tracker, "doors") == [(2, "bia", "too early with 3", [])]
    assert dump(database) == asked, "looking changes nothing"
    tracker.clock.advance(MINUTE)
    alarms(tracker, "edit doors --value 5 --by caio")
    assert told(tracker, "doors") == [
        (3, "caio", None, ["value"]),
        (2, "bia", "too early with 3", []),
    ]
    assert [v["at"][14:16] for v in versions(tracker, "doors")] == ["01", "00"]
    alarms(tracker, "edit doors --restore 2")
    assert shown(tracker, "doors")["value"] == 4
    alarms(tracker, "delete gates --by bia")
    tracker.environ["TRACKER_THRESHOLD"] = "30"
    tracker("init")
    assert [number for number, *_ in told(tracker, "default")] == [2, 1]
    kept = sql(database, "SELECT COUNT(*) FROM alarm_versions")
    assert kept == [(3 + 2 + 2,)]


@pytest.fixture
def open_doors(tracker: Tracker, segware: Simulator) -> None:
    """The alarm `doors` is open for one account, with its second definition."""
    alarms(tracker, "create doors --codes E401 --value 9 --description first --by ana")
    alarms(tracker, "edit doors --value 2 --description second --by bia")
    segware.add_events(NOON, PADARIA, "E401", count=3)
    assert names(tracker.scan()["opened"]) == ["doors"]
    tracker.clock.advance(MINUTE)


@pytest.mark.usefixtures("open_doors")
def test_going_back_to_another_rule_closes_what_is_open_as_any_edit_does(tracker: Tracker) -> None:
    said = alarms(tracker, "edit doors --restore 1 --by caio --comment 'it was better'")
    assert said == (
        "The alarm 'doors' is restored to version 1 as a new revision: description second → first; "
        "value 2 → 9; 1 open alert was closed as redefined.\n"
    )
    (entry,) = tracker.history("--archived")
    assert (entry["clear_reason"], entry["revision"]) == ("redefined", 2)
    now = shown(tracker, "doors")
    assert (now["value"], now["description"], now["revision"]) == (9, "first", 3)
    assert told(tracker, "doors")[0] == (3, "caio", "it was better", ["description", "value"])
    assert versions(tracker, "doors")[0]["alarm"] == versions(tracker, "doors")[2]["alarm"]
    assert tracker.scan()["ongoing"] == []


@pytest.mark.usefixtures("open_doors")
def test_going_back_to_the_same_rule_closes_nothing(tracker: Tracker) -> None:
    alarms(tracker, "edit doors --description third --name gates --disabled --catch-up")
    alarms(tracker, "close gates")
    said = alarms(tracker, "edit gates --restore 2 --comment 'as it was'")
    assert said.startswith("The alarm 'doors' is restored to version 2: name gates → doors; ")
    assert said.endswith("; status closed → open; 1 open alert was closed as disabled.\n")
    now = shown(tracker, "doors")
    assert (now["revision"], now["enabled"], now["status"]) == (2, True, "open")
    assert tracker.history()[0]["clear_reason"].startswith("disabled"), "enabling starts afresh"
    assert [number for number, *_ in told(tracker, "doors")] == [5, 4, 3, 2, 1]


def test_of_default_only_what_may_be_edited_is_restored(tracker: Tracker) -> None:
    alarms(tracker, "edit default --priority high --no-notify")
    tracker.environ["TRACKER_THRESHOLD"] = "30"
    tracker("init")
    said = alarms(tracker, "edit default --restore 1")
    changes = "priority high → medium; notify no → yes"
    assert said == f"The alarm 'default' is restored to version 1: {changes}.\n"
    now = shown(tracker, "default")
    assert (now["priority"], now["notify"], now["value"], now["revision"]) == (
        *("medium", True),
        *(30, 2),
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "edit doors --restore 1",
            "error: the name is 'gates': there is an alarm of this name already\n",
        ),
        (
            "edit doors --restore 9",
            "error: the alarm 'doors' has no version 9: there are versions 1 to 2\n",
        ),
        (
            "edit gates --restore 0",
            "error: the alarm 'gates' has no version 0: there is only version 1\n",
        ),
        ("edit storms --restore 1", "error: --of: the alarm whose detections are to count does"),
        ("edit doors --restore 1 --value 3", "--restore goes without the options that set fields"),
        ("edit doors --restore 1 --name x", "--restore goes without the options that set fields"),
        ("edit doors --restore 1 --no-notify", "--restore goes without the options that set"),
        ("edit doors --restore one", "'one' is not a valid integer"),
    ],
)
def test_what_cannot_be_restored_is_refused(
    tracker: Tracker, database: str, line: str, says: str
) -> None:
    alarms(tracker, "create gates --by ana")
    alarms(tracker, "edit gates --name doors --by ana")
    alarms(tracker, "create gates")
    alarms(tracker, "create source")
    alarms(tracker, "create storms --source detections --of source")
    alarms(tracker, "edit storms --source events")
    alarms(tracker, "delete source")
    before = dump(database)
    assert says in alarms(tracker, line, exit_code=2)
    assert dump(database) == before


def test_a_restore_does_not_overwrite_what_was_changed_meanwhile(
    tracker: Tracker, database: str, meanwhile: Meanwhile
) -> None:
    alarms(tracker, "create doors --value 3")
    alarms(tracker, "edit doors --value 4")
    meanwhile(lambda: alarms(tracker, "edit doors --description x --by ana"))
    said = alarms(tracker, "edit doors --restore 1", exit_code=2)
    assert said == "error: the alarm 'doors' changed meanwhile by ana: look, and try again\n"
    assert shown(tracker, "doors")["value"] == 4


def test_every_version_of_many_at_once_is_there(tracker: Tracker, console: Console) -> None:
    alarms(tracker, "create doors")
    lines = [("edit", "doors", "--value", "7"), ("close", "doors"), ("disable", "doors")]
    results = [finish(process) for process in [console.start("alarms", *line) for line in lines]]
    done = sum(result.exit_code == 0 for result in results)
    assert done >= 2, [result.stderr for result in results]
    numbers = [number for number, *_ in told(tracker, "doors")]
    assert numbers == list(range(done + 1, 0, -1))


@pytest.fixture
def editor_and_store(tracker: Tracker) -> Iterator[tuple[Editor, Store]]:
    """What a page has to change alarms with, signed bia."""
    app = App(
        environ=tracker.environ, folder=tracker.folder, clock=tracker.clock, shared_env_file=None
    )
    settings = app.settings()
    yield (
        editing.editor(app, settings, by="bia", comment="on a page"),
        app.store(settings, app.deadline(60)),
    )
    app.close()


CHANGES: dict[str, Callable[[Editor, Store, int | None], Change]] = {
    "edit": lambda editor, store, version: editor.edit(store, "doors", {"value": "7"}, version),
    "restore": lambda editor, store, version: editor.restore(store, "doors", 1, version),
    "enable": lambda editor, store, version: editor.enable(store, "doors", version),
    "disable": lambda editor, store, version: editor.disable(store, "doors", version),
    "close": lambda editor, store, version: editor.follow_up(store, "doors", "closed", version),
    "delete": lambda editor, store, version: editor.delete(store, "doors", version),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_page_changes_only_the_version_that_it_has_read(
    tracker: Tracker,
    database: str,
    editor_and_store: tuple[Editor, Store],
    name: str,
) -> None:
    alarms(tracker, "create doors --by ana")
    tracker.clock.advance(MINUTE)
    alarms(tracker, "edit doors --description x --disabled --by caio")
    before = dump(database)
    for stale in (1, 3):
        with pytest.raises(Changed) as refused:
            CHANGES[name](*editor_and_store, stale)
        assert (refused.value.by, refused.value.at) == ("caio", NOON + MINUTE)
        assert "changed meanwhile by caio" in str(refused.value)
    assert dump(database) == before
    done = CHANGES[name](*editor_and_store, 2)
    if name == "disable":
        assert not done.changed, "it was disabled already"
        assert dump(database) == before
        return
    assert done.changed
    assert (done.before.version, done.alarm.version, done.alarm.changed_by) == (2, 3, "bia")
    latest = sql(database, "SELECT version FROM alarm_versions WHERE comment = 'on a page'")
    assert latest == [(3,)]


@pytest.mark.parametrize("name", CHANGES)
def test_a_page_is_told_of_a_change_at_the_last_moment(
    tracker: Tracker,
    meanwhile: Meanwhile,
    editor_and_store: tuple[Editor, Store],
    name: str,
) -> None:
    alarms(tracker, "create doors --by ana")
    alarms(tracker, "edit doors --description x --disabled --by caio")
    if name == "disable":
        alarms(tracker, "enable doors")
    version = versions(tracker, "doors")[0]["version"]
    meanwhile(lambda: alarms(tracker, "edit doors --priority high --by ana"))
    with pytest.raises(Changed, match="changed meanwhile by ana"):
        CHANGES[name](*editor_and_store, version)
    assert versions(tracker, "doors")[0]["version"] == version + 1


def test_show_lists_versions_with_what_changed(tracker: Tracker) -> None:
    alarms(tracker, "create doors --codes E401 --value 5 --by ana")
    tracker.clock.advance(MINUTE)
    alarms(
        tracker,
        "edit doors --value 3 --codes E401,E402 --by bia --comment 'too late\x1b with 5'",
    )
    lines = tracker("alarms", "show", "doors").stdout.splitlines()
    start = lines.index("Versions: 2")
    assert [" ".join(line.split()) for line in lines[start + 1 :]] == [
        "Version When By Changed Comment",
        "2 2026-11-21 09:01:00-03:00 bia codes +E402; value 5 → 3 too late\\x1b with 5",
        "1 2026-11-21 09:00:00-03:00 ana created",
    ]
