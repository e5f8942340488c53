"""Support staff use what root installed: by the group that may, or they are told whom to ask."""

import grp
import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite
from tests.support.users import as_user, open_folder
from tests.support.world import NOON, PADARIA, Result, Tracker

pytestmark = [
    on_sqlite,
    pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else"),
]
PASSES = pwd.getpwnam("games")
"""The user that the passes run as: any account of the system is as good."""
SUPPORT = pwd.getpwnam("nobody")
READERS = grp.getgrnam("dialout")
"""The group that may use the tracker; nobody is in it unless a test says so."""


@pytest.fixture
def place() -> Iterator[Path]:
    """Everybody may enter it, unlike pytest's own: the root of a server."""
    with open_folder() as folder:
        yield folder


@pytest.fixture
def installed(tracker: Tracker, segware: Simulator, place: Path) -> Tracker:
    """As docs/install.md has it, with an alert open, seen from a folder without settings."""
    settings, state, home = (place / name for name in ("etc", "state", "home"))
    for folder, owner, mode in ((settings, 0, 0o750), (state, PASSES.pw_uid, 0o2770)):
        folder.mkdir()
        os.chown(folder, owner, READERS.gr_gid)
        folder.chmod(mode)
    home.mkdir()
    home.chmod(0o777)
    file = settings / ".env"
    del tracker.environ["DATABASE_URL"]
    file.write_text(f"DATABASE_URL=sqlite:///{state}/tracker.db\n")
    os.chown(file, 0, READERS.gr_gid)
    file.chmod(0o640)
    tracker.shared_env_file, tracker.folder = file, home
    assert tracker("init").exit_code == 0
    segware.add_events(NOON, PADARIA, "E130", count=60)
    assert passes(tracker, "scan").exit_code == 0
    return tracker


def passes(tracker: Tracker, *command: str) -> Result:
    return as_user(tracker, PASSES, (READERS.gr_gid,), *command)


def support(tracker: Tracker, *command: str, groups: tuple[int, ...] = ()) -> Result:
    return as_user(tracker, SUPPORT, groups, *command)


def test_a_member_of_the_group_sees_what_is_open_and_leaves_everybody_else_at_work(
    installed: Tracker, place: Path
) -> None:
    for command in ("history --open", "status", "scan --dry-run", "notifications"):
        result = support(installed, *command.split(), groups=(READERS.gr_gid,))
        assert result.exit_code == 0, result.stderr
        assert result.stderr == "", "what was shared on purpose is no reason for a warning"
        if command.startswith("history"):
            assert "1950" in result.stdout
    assert passes(installed, "scan").exit_code == 0
    database = (place / "state" / "tracker.db").stat()
    assert (database.st_uid, database.st_gid) == (PASSES.pw_uid, READERS.gr_gid)
    assert stat.S_IMODE(database.st_mode) == 0o660


def test_what_a_member_changes_is_signed_with_the_members_name(installed: Tracker) -> None:
    close = ("clear", "--force", "--account", "1950", "--reason", "on site")
    assert support(installed, *close, groups=(READERS.gr_gid,)).exit_code == 0
    (alert,) = installed.history()
    assert alert["clear_reason"] == f"forced: on site (by {SUPPORT.pw_name})"


@pytest.mark.parametrize("command", ["history --open", "init", "status", "scan"])
def test_who_is_not_in_the_group_is_told_whom_to_ask_and_finds_no_all_clear(
    installed: Tracker, place: Path, command: str
) -> None:
    for _ in range(2):  # nor the second time, after having done as told
        result = support(installed, *command.split())
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == (
            f"error: {place}/etc/.env may not be read by you ({SUPPORT.pw_name}): ask the "
            f"administrator to add you to the group {READERS.gr_name}, or to let you run this "
            "command as its owner (sudo); or name a file of your own with --env-file\n"
        )
    assert list((place / "home").iterdir()) == []


def test_who_may_read_the_settings_but_not_the_database_is_told_so(
    installed: Tracker, place: Path
) -> None:
    (place / "etc").chmod(0o755)
    (place / "etc" / ".env").chmod(0o644)
    result = support(installed, "-q", "history", "--open")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"error: the database {place}/state/tracker.db cannot be opened or written by you "
        f"({SUPPORT.pw_name}): ask the administrator to add you to the group "
        f"{READERS.gr_name}, or to let you run this command as its owner (sudo)\n"
    )


def test_who_was_just_added_to_the_group_is_told_to_log_in_again(
    installed: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = grp.struct_group((READERS.gr_name, "x", READERS.gr_gid, [SUPPORT.pw_name]))
    monkeypatch.setattr(grp, "getgrgid", lambda _: added)
    said = support(installed, "history").stderr
    assert f"you were added to the group {READERS.gr_name} after you logged in: " in said


def test_a_missing_database_is_made_by_whom_it_belongs_to(installed: Tracker, place: Path) -> None:
    for file in (place / "state").iterdir():
        file.unlink()
    said = support(installed, "history", groups=(READERS.gr_gid,)).stderr
    asked = f"ask the administrator to run `tracker init`, for {place}/etc/.env is not yours"
    assert said == f"error: there is no database yet: {asked}\n"
    said = installed("history").stderr
    assert said == "error: there is no database yet: run `tracker init` to make it\n"


def test_a_database_in_a_folder_that_is_not_ours_is_not_made(
    installed: Tracker, place: Path
) -> None:
    (place / "etc" / ".env").write_text("")  # without DATABASE_URL it would lie beside this file
    result = passes(installed, "init")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"error: the database {place}/etc/events_tracker.db cannot be opened or written by you "
        f"({PASSES.pw_name}), who may not make files in {place}/etc: "
        "name another place in DATABASE_URL\n"
    )


def test_without_any_settings_it_says_which_were_looked_for(
    installed: Tracker, place: Path
) -> None:
    installed.shared_env_file = place / "nothing" / ".env"
    said = support(installed, "history").stderr
    looked = f"no settings were found, neither ./.env nor {place}/nothing/.env. "
    assert said.startswith(f"error: there is no database yet: {looked}")
