"""``.env.example`` says what the settings read: every name, every default, nothing else."""

import re
from pathlib import Path

import pytest

from events_tracker.base.errors import SettingsError
from events_tracker.settings import load
from events_tracker.settings.catalog import CATALOG
from events_tracker.settings.example import env_example
from tests.support.engines import on_sqlite
from tests.support.world import Tracker

EXAMPLE = Path(__file__).parents[1] / ".env.example"
SETTING = re.compile(r"^(?:# )?([A-Z_]+)=(.*)$", re.MULTILINE)


def test_the_file_is_what_the_catalog_gives() -> None:
    assert EXAMPLE.read_text(encoding="utf-8") == env_example()


def test_every_setting_is_in_the_example_once_and_nothing_else() -> None:
    assert [name for name, _ in SETTING.findall(env_example())] == [
        setting.name for setting in CATALOG
    ]


def test_every_setting_of_the_example_is_read() -> None:
    for name, _ in SETTING.findall(env_example()):
        # A line break inside is wrong for every setting.
        with pytest.raises(SettingsError) as caught:
            load({name: "a\nb"}, None, cwd=EXAMPLE.parent)
        assert [problem.split()[0] for problem in caught.value.problems] == [name]


def test_as_it_is_the_example_changes_nothing() -> None:
    assert load({}, EXAMPLE, cwd=EXAMPLE.parent) == load({}, None, cwd=EXAMPLE.parent)


def test_uncommented_the_example_gives_the_defaults_and_its_one_suggestion(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(re.sub(r"^# ([A-Z_]+=)", r"\1", env_example(), flags=re.MULTILINE))
    open_ = load({}, path, cwd=tmp_path)
    usual = load({"TRACKER_CLEAR_BELOW": "80%"}, None, cwd=tmp_path)
    assert open_ == usual
    assert open_.tracker.clear_below == 80


@on_sqlite
def test_a_new_file_has_a_secret_of_its_own_that_nobody_sees(tracker: Tracker) -> None:
    path = tracker.folder / ".env"
    result = tracker("init")
    first = load({}, path, cwd=tracker.folder)
    assert first.web.secret is not None
    assert first.web.secret not in result.stdout + result.stderr
    assert path.read_text() == env_example(first.web.secret)
    tracker("init")
    assert load({}, path, cwd=tracker.folder) == first, "a file that is there is left alone"
    path.unlink()
    tracker("init")
    assert load({}, path, cwd=tracker.folder).web.secret != first.web.secret


@on_sqlite
def test_where_no_file_can_be_written_the_environment_is_enough(tracker: Tracker) -> None:
    tracker.folder /= "nowhere"
    result = tracker("init")
    assert result.exit_code == 0
    assert result.stderr == (
        f"warning: {tracker.folder}/.env cannot be written: No such file or directory\n"
    )


def test_lines_fit_an_editor() -> None:
    assert max(map(len, env_example().splitlines())) <= 100
