"""What the file system refuses of an SQLite database: one line that says why, and exit code 1."""

import os
import pwd
import shlex
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engines import on_sqlite
from tests.support.users import as_user, open_folder
from tests.support.world import Console, Result, Tracker

pytestmark = [
    on_sqlite,
    pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else"),
]
NOBODY = pwd.getpwnam("nobody")


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder that everybody may enter: pytest's own is its user's alone."""
    with open_folder() as folder:
        yield folder


DENIED = (
    " by you (nobody): ask the administrator to let you run this command as {} (sudo), "
    "or to let a group of yours use it"
)
REFUSED = {
    "a folder that others may not enter": ("closed/tracker.db", DENIED.format("its owner")),
    "a file that others may not read": ("open/unreadable.db", DENIED.format("root")),
    "a file in place of a folder": ("open/file/tracker.db", ": Not a directory"),
    "a name that is too long": ("x" * 300, ": File name too long"),
    "links in a circle": ("open/circle", ": Too many levels of symbolic links"),
    "a folder in place of a file": ("open/folder", ": Is a directory"),
    "a device in place of a file": ("/dev/null", ": not a regular file"),
    "a pipe in place of a file": ("open/pipe", ": not a regular file"),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("command", ["init", "scan", "history"])
def test_what_the_file_system_refuses_is_told_in_one_line(
    tracker: Tracker, tmp_path: Path, what: str, command: str
) -> None:
    name, reason = REFUSED[what]
    url = refused(tracker, tmp_path, name)
    result = as_nobody(tracker, url, "-q", command)
    place = tmp_path / name
    assert result.exit_code == 1
    assert result.stderr == f"error: the database {place} cannot be opened or written{reason}\n"


@pytest.mark.parametrize("what", REFUSED)
def test_what_the_file_system_refuses_is_a_problem_of_the_database(
    tracker: Tracker, tmp_path: Path, what: str
) -> None:
    name, reason = REFUSED[what]
    result = as_nobody(tracker, refused(tracker, tmp_path, name), "status")
    assert result.exit_code == 1
    said = " ".join(result.stdout.split())
    assert "database problem" in said
    assert f"cannot be opened or written{reason}" in said


def test_a_database_that_we_may_read_but_not_write_is_told_as_that(
    tracker: Tracker, database: str, tmp_path: Path, initialised: None
) -> None:
    tracker("scan")
    file = tmp_path / "tracker.db"
    for readable in (file, tmp_path / ".env"):
        readable.chmod(0o644)
    result = as_nobody(tracker, database, "-q", "scan")
    assert (result.exit_code, result.stdout) == (1, "")
    said = f"error: the database {file} cannot be opened or written{DENIED.format('root')}\n"
    assert result.stderr == said


@pytest.mark.usefixtures("initialised")
def test_a_disk_that_takes_nothing_any_more_is_no_want_of_rights(
    console: Console, database: str
) -> None:
    folder = shlex.quote(str(console.folder))
    read_only = f"mount --bind {folder} {folder} && mount -o remount,bind,ro {folder}"
    program = shlex.quote(str(Path(sysconfig.get_path("scripts")) / "tracker"))
    for command in ("scan", "history"):
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", f"{read_only} && cd / && {program} -q {command}"],
            env=console.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        said = f"the database {database.removeprefix('sqlite:///')} cannot be opened or written"
        why = "its file system is read-only, by its mount or because its disk failed"
        assert (done.returncode, done.stderr) == (1, f"error: {said}: {why}\n")


@pytest.mark.usefixtures("initialised")
def test_a_full_disk_is_told_as_that(console: Console) -> None:
    program = shlex.quote(str(Path(sysconfig.get_path("scripts")) / "tracker"))
    script = (
        "mount -t tmpfs -o size=600k tmpfs small && cp tracker.db small && "
        "{ cat /dev/zero > small/rest; "
        f"for command in scan 'note x y' history init; do {program} -q $command; done; "
        "rm small/rest small/tracker.db; head -c 560k /dev/zero > small/rest; "
        f"{program} -q init; }}"
    )
    (console.folder / "small").mkdir()
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script],
        env={**console.environ, "DATABASE_URL": "sqlite:///small/tracker.db"},
        cwd=console.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    told = (
        f"error: the database {console.folder / 'small/tracker.db'} cannot be written: its disk is "
        "full; make room there, then try `tracker status`"
    )
    said = [line for line in done.stderr.splitlines() if not line.startswith("cat: ")]
    assert (done.returncode, done.stdout, said) == (1, "", [told] * 5)


def refused(tracker: Tracker, folder: Path, name: str) -> str:
    """Make the obstacles; the DATABASE_URL of one of them."""
    for made, mode in {"closed": 0o700, "open": 0o777, "open/folder": 0o777}.items():
        (folder / made).mkdir()
        (folder / made).chmod(mode)
    for made in ("closed/tracker.db", "open/unreadable.db"):
        tracker("init", DATABASE_URL=f"sqlite:///{folder / made}")
    tracker("status")  # Nobody may not even import what a command needs.
    (folder / "open/file").touch()
    (folder / "open/circle").symlink_to("circle")
    os.mkfifo(folder / "open/pipe")
    (folder / ".env").chmod(0o644)
    return f"sqlite:///{folder / name}"


def as_nobody(tracker: Tracker, database: str, *command: str) -> Result:
    return as_user(tracker, NOBODY, (), *command, DATABASE_URL=database)
