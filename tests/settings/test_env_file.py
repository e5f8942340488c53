"""The .env file: what it sets, and what is told where it says nothing, or a thing twice."""

import os
from pathlib import Path

import pytest

from events_tracker.base.times import HOUR
from events_tracker.settings import (
    load,
)
from tests.settings.tools import NOWHERE, env_file, problems


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = env_file(tmp_path, "TRACKER_THRESHOLD=30\nTRACKER_WINDOW=1h\n")
    found = load({"TRACKER_THRESHOLD": "40"}, path, cwd=NOWHERE).tracker
    assert (found.threshold, found.window) == (40, HOUR)


def test_an_empty_value_is_not_set(tmp_path: Path) -> None:
    path = env_file(tmp_path, "TRACKER_THRESHOLD=30\nTRACKER_CODES=\nCHATPRO_TOKEN=' '\n")
    found = load({"TRACKER_THRESHOLD": "", "TRACKER_WINDOW": " "}, path, cwd=NOWHERE)
    assert found.tracker.threshold == 30  # the file's, since the environment sets nothing
    assert found.tracker.window == 2 * HOUR
    assert len(found.tracker.codes) == 8
    assert found.whatsapp.token is None


def test_the_env_file_is_read_as_people_write_it(tmp_path: Path) -> None:
    path = env_file(
        tmp_path,
        "\ufeff# written on Windows\r\n"
        "export TRACKER_THRESHOLD=30 # per window\r\n"
        "\r\n"
        "WEBHOOK_SECRET='a # $HOME ${PATH}'\r\n"
        'EMAIL_SUBJECT="Excesso: São Paulo"\r\n',
    )
    found = load({}, path, cwd=NOWHERE)
    assert found.tracker.threshold == 30
    assert found.webhook.secret == "a # $HOME ${PATH}"
    assert found.email.subject == "Excesso: São Paulo"


def test_lines_that_say_nothing_are_problems(tmp_path: Path) -> None:
    path = env_file(tmp_path, "TRACKER_THRESHOLD 30\nTRACKER_WINDOW\nCHATPRO_TOKEN='hidden\n")
    assert problems({}, path) == tuple(
        f"{path}: line {number} is not NAME=value or # comment" for number in (1, 2, 3)
    )


def test_an_env_file_that_cannot_be_read(tmp_path: Path) -> None:
    missing = tmp_path / "missing.env"
    assert problems({}, missing) == (f"{missing} cannot be read: No such file or directory",)
    assert problems({}, tmp_path) == (f"{tmp_path} cannot be read: Is a directory",)
    latin = tmp_path / "latin.env"
    latin.write_bytes("EMAIL_SUBJECT=São".encode("latin-1"))
    assert problems({}, latin) == (f"{latin} cannot be read: it is not UTF-8 text",)


def test_an_env_file_may_be_empty_or_what_a_shell_passes(tmp_path: Path) -> None:
    assert load({}, Path("/dev/null"), cwd=NOWHERE).tracker.threshold == 50
    read, write = os.pipe()
    os.write(write, b"TRACKER_THRESHOLD=40")
    os.close(write)
    for _ in range(2):
        assert load({}, Path(f"/dev/fd/{read}"), cwd=NOWHERE).tracker.threshold == 40
    os.close(read)


def test_a_file_that_a_setting_names_is_no_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "token"
    os.mkfifo(pipe)
    assert problems({"SEGWARE_TOKEN_FILE": str(pipe)}) == (
        "SEGWARE_TOKEN_FILE names a file that cannot be read: it is a named pipe, not a file",
    )


def test_the_folder_is_that_of_the_env_file(tmp_path: Path) -> None:
    env_file(tmp_path, "")
    assert load({}, Path(".env"), cwd=tmp_path).folder == tmp_path
    assert load({}, tmp_path / ".env", cwd=NOWHERE).folder == tmp_path
    assert load({}, None, cwd=NOWHERE).folder == NOWHERE


@pytest.mark.parametrize("text", ["{0}=\n\n# again\n{0}=40\n", "{0}=40\n\n\nexport {0}=\n"])
def test_a_name_twice_is_told_with_its_lines(text: str, tmp_path: Path) -> None:
    path = env_file(tmp_path, text.format("TRACKER_THRESHOLD"))
    assert problems({}, path) == (f"{path} sets TRACKER_THRESHOLD more than once: lines 1 and 4",)


def test_lines_are_counted_as_editors_do(tmp_path: Path) -> None:
    path = env_file(tmp_path, "\r\n# one\r\n\r\n\r\nTRACKER_WINDOW\r\n" + "WEBHOOK_SECRET=x\n" * 3)
    assert problems({}, path) == (
        f"{path}: line 5 is not NAME=value or # comment",
        f"{path} sets WEBHOOK_SECRET more than once: lines 6, 7 and 8",
    )
