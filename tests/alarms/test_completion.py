"""The shell completes names of alarms."""

import pytest

from tests.support.alarms import alarms
from tests.support.engines import on_sqlite
from tests.support.world import Console, Tracker


def completed(console: Console, words: str, **environ: str) -> list[str]:
    """What bash would offer for the last of these words."""
    result = console(
        _TRACKER_COMPLETE="bash_complete",
        COMP_WORDS=words,
        COMP_CWORD=str(len(words.split(" ")) - 1),
        **environ,
    )
    assert (result.exit_code, result.stderr) == (0, "")
    return [line.partition(",")[2] for line in result.stdout.splitlines() if line]


def test_names_are_completed(tracker: Tracker, console: Console) -> None:
    for name in ("doors", "doorbells", "gates"):
        alarms(tracker, f"create {name}")
    alarms(tracker, "delete gates")
    assert completed(console, "tracker alarms show ") == ["default", "doorbells", "doors"]
    assert completed(console, "tracker alarms delete doo") == ["doorbells", "doors"]


@on_sqlite
@pytest.mark.parametrize("verb", ["show", "edit", "enable", "disable", "close", "reopen", "delete"])
@pytest.mark.usefixtures("tracker")
def test_every_verb_completes(console: Console, verb: str) -> None:
    assert completed(console, f"tracker alarms {verb} de") == ["default"]


@on_sqlite
def test_without_a_database_nothing_is_offered_and_nothing_breaks(console: Console) -> None:
    address = "sqlite:///nowhere.db"
    assert completed(console, "tracker alarms show ", DATABASE_URL=address) == []
    assert not (console.folder / "nowhere.db").exists()


@pytest.mark.usefixtures("tracker")
@on_sqlite
def test_after_a_command_that_does_not_exist_nothing_breaks(console: Console) -> None:
    assert "scan" in completed(console, "tracker foo ")


@on_sqlite
@pytest.mark.usefixtures("tracker")
@pytest.mark.parametrize(
    "words",
    ["scan --dry-run --alarm", "clear --alarm", "history --alarm", "notifications --alarm",
     "alarms create storm --of", "alarms edit default --of"],
)  # fmt: skip
def test_every_option_that_names_an_alarm_completes(console: Console, words: str) -> None:
    assert completed(console, f"tracker {words} de") == ["default"]


@on_sqlite
@pytest.mark.usefixtures("tracker")
@pytest.mark.parametrize(
    "wrong",
    [
        {"DATABASE_URL": "nonsense"},
        {"DATABASE_URL": "sqlite:////proc/none/x.db"},
        {"DATABASE_URL": "mysql://root@127.0.0.1:1/x?ssl_disabled=true"},
        {"TRACKER_WINDOW": "soon"},
        {"SEGWARE_TOKEN_FILE": "/nowhere"},
    ],
    ids=str,
)
def test_what_is_wrong_with_the_settings_is_not_typed_into_the_line(
    console: Console, wrong: dict[str, str]
) -> None:
    assert completed(console, "tracker history --alarm ", **wrong) == []
