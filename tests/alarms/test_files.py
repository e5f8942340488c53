"""`alarms export`, `import`, `copy` and `edit --editor`: alarms as files."""

import re
import stat
from pathlib import Path
from typing import Any

import pytest

from events_tracker.commands import asking
from tests.alarms.conftest import Meanwhile
from tests.alarms.test_list_and_show import FULL_OPTIONS
from tests.support.alarms import alarms, listed, shown
from tests.support.engines import on_sqlite
from tests.support.world import Tracker

STATE = ("created_at", "created_by", "changed_at", "changed_by", "comment", "revision")


def exported(tracker: Tracker, *names: str) -> str:
    result = tracker("alarms", "export", *names)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def brought_in(tracker: Tracker, text: str, *options: str, exit_code: int = 0) -> str:
    """What an import of this text said, on stdout or, if it failed, on stderr."""
    tracker.stdin = text.encode()
    result = tracker("alarms", "import", "-", *options)
    assert result.exit_code == exit_code, result.stderr
    return result.stderr if exit_code else result.stdout


def contents(tracker: Tracker) -> list[dict[str, Any]]:
    found = sorted(listed(tracker), key=lambda alarm: str(alarm["name"]))
    return [{k: v for k, v in alarm.items() if k not in STATE} for alarm in found]


def test_what_is_exported_is_imported_elsewhere_without_a_difference(tracker: Tracker) -> None:
    alarms(tracker, f"create doors {FULL_OPTIONS}")
    alarms(tracker, "create a-repair --source detections --of doors --group-by account --value 3")
    alarms(tracker, "create 'à noite' --clear-below 80% --clear-after 5m --by ana")
    was, file = contents(tracker), exported(tracker)
    assert re.findall(r'^name = "(.*)"$', file, re.MULTILINE) == ["a-repair", "doors", "à noite"]
    assert brought_in(tracker, file) == "Imported: 0 created, 0 changed, 3 as before.\n"
    assert len(shown(tracker, "doors")["versions"]) == 1
    for name in ("a-repair", "doors", "à noite"):
        alarms(tracker, f"delete '{name}'")
    said = brought_in(tracker, file, "--dry-run")
    assert "à noite: new, count >= 50 in 2h by account, cuc, code\n" in said
    assert said.endswith("Nothing was changed; it would be: 3 created, 0 changed, 0 as before.\n")
    assert [alarm["name"] for alarm in listed(tracker)] == ["default"]
    brought_in(tracker, file, "--by", "bia", "--comment", "from the other site")
    assert contents(tracker) == was
    assert exported(tracker) == file
    (version,) = shown(tracker, "doors")["versions"]
    assert (version["by"], version["comment"]) == ("bia", "from the other site")


@on_sqlite
def test_a_file_says_first_what_differs_and_leaves_what_it_does_not_mention(
    tracker: Tracker,
) -> None:
    alarms(tracker, "create doors --codes E401,E402 --value 5 --priority high")
    alarms(tracker, "create gates")
    file = '[[alarm]]\nname = "doors"\ncodes = ["e402"]\nvalue = 3\n'
    told = "doors: codes -E401; value 5 → 3 (a new revision: what it has open is closed)\n"
    assert brought_in(tracker, file, "--dry-run").startswith(told)
    assert shown(tracker, "doors")["value"] == 5
    assert brought_in(tracker, file) == f"{told}Imported: 0 created, 1 changed, 0 as before.\n"
    doors = shown(tracker, "doors")
    assert (doors["value"], doors["codes"], doors["priority"]) == (3, ["E402"], "high")
    assert doors["revision"] == 2


@on_sqlite
def test_everything_that_is_wrong_is_told_by_alarm_and_field_and_nothing_is_written(
    tracker: Tracker,
) -> None:
    alarms(tracker, "create doors --value 5")
    file = (
        '[[alarm]]\nname = "doors"\nvalue = 9\n'
        '[[alarm]]\nname = "new"\nvalue = "5"\nwindwo = 5\nemail.to = ["x"]\n'
        '[[alarm]]\nvalue = 1\n[[alarm]]\nname = "doors"\n'
    )
    assert brought_in(tracker, file, exit_code=2) == (
        "error: new, value: write a whole number\n"
        "error: new, windwo: there is no such field; did you mean window?\n"
        "error: new, email.to: write a plain address (alarms@example.com)\n"
        "error: alarm 3 of standard input, name: it is missing\n"
        "error: doors, name: it is there twice\n"
    )
    file = (
        '[[alarm]]\nname = "doors"\nvalue = 0\n[[alarm]]\nname = "default"\nvalue = 9\n'
        '[[alarm]]\nname = "a"\nsource = "detections"\nof = "b"\n'
        '[[alarm]]\nname = "b"\nsource = "detections"\nof = "a"\n'
    )
    assert brought_in(tracker, file, exit_code=2) == (
        "error: default: it is defined by the environment, not by a file: set TRACKER_* and run "
        "`tracker init`\n"
        "error: doors, value: >= 0 always holds: compare with 1 or more\n"
        "error: a, of: the alarm would count its own detections, through those that it counts\n"
        "error: b, of: the alarm would count its own detections, through those that it counts\n"
    )
    assert [(alarm["name"], alarm["value"]) for alarm in listed(tracker)] == [
        ("default", 50),
        ("doors", 5),
    ]


@on_sqlite
def test_a_file_that_there_is_not_is_said_to_be_missing(tracker: Tracker) -> None:
    said = alarms(tracker, "import alarms.tml", 2)
    assert said == "error: alarms.tml cannot be read: No such file or directory\n"


@on_sqlite
def test_what_changed_since_the_differences_were_told_is_not_overwritten(
    tracker: Tracker, meanwhile: Meanwhile
) -> None:
    alarms(tracker, "create doors --value 5")
    file = '[[alarm]]\nname = "doors"\nvalue = 3\n[[alarm]]\nname = "new"\n'
    meanwhile(lambda: alarms(tracker, "edit doors --value 7"))
    assert "'doors' changed meanwhile" in brought_in(tracker, file, exit_code=2)
    meanwhile(lambda: alarms(tracker, "create new"))
    assert "'new' changed meanwhile" in brought_in(tracker, file, exit_code=2)
    assert shown(tracker, "doors")["value"] == 7


@on_sqlite
def test_a_copy_is_like_the_other_but_for_its_name(tracker: Tracker) -> None:
    alarms(tracker, f"create doors {FULL_OPTIONS}")
    alarms(tracker, "close doors")
    assert alarms(tracker, "copy doors gates") == ("The alarm 'gates' is created, like 'doors'.\n")
    doors, gates = shown(tracker, "doors"), shown(tracker, "gates")
    story = ("open_alerts", "recent_detections", "exceptions", "versions")
    same = {k for k in doors if k not in (*STATE, *story, "name", "status")}
    assert {k: doors[k] for k in same} == {k: gates[k] for k in same}
    assert (gates["status"], gates["comment"]) == ("open", None)
    assert "did you mean 'doors'?" in alarms(tracker, "copy door x", 2)
    assert "name" in alarms(tracker, "copy doors gates", 2)
    assert "defined_in = " not in exported(tracker, "default")


def editor(tracker: Tracker, script: str) -> None:
    """Let this shell script be the editor; its argument is the file."""
    path = Path(tracker.folder, "editor")
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    tracker.environ["EDITOR"] = str(path)


@on_sqlite
def test_an_alarm_is_edited_in_an_editor(tracker: Tracker) -> None:
    alarms(tracker, "create doors --value 5")
    editor(tracker, 'sed -i "s/^value = 5/value = 3/" "$1"')
    assert alarms(tracker, "edit doors --editor --by ana --comment less") == (
        "The alarm 'doors' is changed as a new revision: value 5 → 3.\n"
    )
    (latest, _) = shown(tracker, "doors")["versions"]
    assert (latest["alarm"]["value"], latest["by"], latest["comment"]) == (3, "ana", "less")
    editor(tracker, 'touch "$1"')
    assert "nothing was changed" in alarms(tracker, "edit doors --editor")
    editor(tracker, "true")
    assert "nothing was changed" in alarms(tracker, "edit doors --editor")
    assert len(shown(tracker, "doors")["versions"]) == 2
    assert "--editor goes without" in alarms(tracker, "edit doors --editor --value 5", 2)


@on_sqlite
def test_a_text_that_cannot_be_is_kept_or_opened_again(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarms(tracker, "create doors --value 5")
    editor(tracker, 'sed -i "s/^value = .*/value = [/" "$1"')
    said = alarms(tracker, "edit doors --editor", 2)
    assert "the text is no TOML: " in said
    (kept,) = re.findall(r"^what you wrote is kept in (.*)$", said, re.MULTILINE)
    assert "value = [\n" in Path(kept).read_text(encoding="utf-8")
    Path(kept).unlink()
    # On a terminal somebody is asked, and does better the second time.
    monkeypatch.setattr(asking, "is_answered", lambda: True)
    monkeypatch.setattr(asking, "agrees", lambda *_, **__: True)  # which reads a terminal alone
    editor(
        tracker,
        'if grep -q "^value = 0" "$1"; then sed -i "s/^value = 0/value = 2/" "$1"\n'
        'else sed -i "s/^value = 5/value = 0/" "$1"; fi',
    )
    alarms(tracker, "edit doors --editor")
    assert shown(tracker, "doors")["value"] == 2
