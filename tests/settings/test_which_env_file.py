"""Which .env file is read, and what is told where that is no file, or somebody else's."""

import importlib
import os
from pathlib import Path

import pytest

from tests.support.engines import on_sqlite
from tests.support.world import Tracker

pytestmark = on_sqlite


def test_the_nearest_env_file_is_read(tracker: Tracker, tmp_path: Path) -> None:
    near, named, given, shared = (tmp_path / name for name in (".env", "n.env", "g.env", "s.env"))
    tracker.shared_env_file = shared

    def source(*options: str, **environ: str) -> str:
        result = tracker(*options, "status", "--format", "json", **environ)
        assert result.exit_code != 2, result.stderr
        return str(result.json[0]["detail"]).removeprefix("read from ")

    tracker("init")
    near.unlink()
    assert source() == "the environment alone"
    for path in (shared, near, named, given):
        path.touch(mode=0o600)
    assert source() == str(near)
    assert source(TRACKER_ENV_FILE="n.env") == "n.env"
    assert source(TRACKER_ENV_FILE="") == str(near)  # empty: not set
    assert source("--env-file", str(given), TRACKER_ENV_FILE=str(named)) == str(given)
    near.unlink()
    assert source() == str(shared)


def test_init_writes_no_env_file_where_there_is_one_for_everybody(
    tracker: Tracker, tmp_path: Path
) -> None:
    (tmp_path / "etc").mkdir()
    tracker.shared_env_file = tmp_path / "etc" / ".env"
    tracker.shared_env_file.touch(mode=0o600)
    assert tracker("init").exit_code == 0
    assert not (tmp_path / ".env").exists()


def test_init_writes_an_env_file_unless_the_environment_says_it_all(
    tracker: Tracker, tmp_path: Path
) -> None:
    """As in a container, whose secrets may come from files."""
    written, secret = tmp_path / ".env", 32 * "s"
    (tmp_path / "secret").write_text(secret, encoding="utf-8")
    for said in ({"WEB_SECRET": secret}, {"WEB_SECRET_FILE": "secret"}):
        assert "Wrote" not in tracker("init", **said).stdout
    assert not written.exists()
    assert tracker("init").stdout.startswith(f"Wrote {written}")


def test_a_named_env_file_that_is_wrong_is_told(tracker: Tracker, tmp_path: Path) -> None:
    missing = tmp_path / "missing.env"
    for options, environ in ((("--env-file", str(missing)), ""), ((), str(missing))):
        result = tracker(*options, "scan", TRACKER_ENV_FILE=environ)
        said = f"error: {missing} cannot be read: No such file or directory\n"
        assert (result.exit_code, result.stderr) == (2, said)
    result = tracker("scan", TRACKER_ENV_FILE=f'"{missing}"')
    assert (result.exit_code, "TRACKER_ENV_FILE has quotes" in result.stderr) == (2, True)


@pytest.mark.parametrize("place", ["here", "for everybody"])
@pytest.mark.parametrize(
    "kind", ["a folder", "a pipe", "a device", "a link to nowhere", "a link to itself"]
)
def test_what_is_no_file_is_told_by_every_command(
    tracker: Tracker, tmp_path: Path, place: str, kind: str
) -> None:
    path = tmp_path / ".env" if place == "here" else tmp_path / "shared.env"
    tracker.shared_env_file = tmp_path / "shared.env"
    if kind == "a folder":
        path.mkdir()
        said = "Is a directory"
    elif kind == "a pipe":
        os.mkfifo(path)
        said = "it is a named pipe, not a file"
    elif kind == "a device":
        path.symlink_to("/dev/zero")
        said = "it is far too large for settings"
    elif kind == "a link to nowhere":
        path.symlink_to(tmp_path / "gone")
        said = f"it is a link to {tmp_path / 'gone'}, which does not exist"
    else:
        path.symlink_to(path)
        said = "Too many levels of symbolic links"
    for command in ("init", "scan", "notify", "history", "status", "alarms list"):
        result = tracker(*command.split())
        assert (result.exit_code, result.stderr) == (2, f"error: {path} cannot be read: {said}\n")
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("hidden", ["the file", "its folder"])
def test_an_env_file_of_somebody_else_is_told_as_that(
    tracker: Tracker, tmp_path: Path, hidden: str
) -> None:
    shared = tmp_path / "etc" / ".env"
    shared.parent.mkdir()
    shared.write_text("")
    (shared if hidden == "the file" else shared.parent).chmod(0)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    tracker.shared_env_file = shared
    # Everything has to be imported by now: where Python itself is may be closed to others.
    tracker("status")
    for name in ("grp", "pwd"):
        importlib.import_module(name)
    os.setresuid(65534, 65534, 0)  # the real one too: that is whom access(2) asks for
    try:
        results = [tracker(command) for command in ("scan", "history", "status")]
        results.append(tracker("--env-file", str(shared), "status"))
    finally:
        os.setresuid(0, 0, 0)
        shared.parent.chmod(0o700)
    owner = "root" if hidden == "the file" else "its owner"
    for result in results:
        assert result.exit_code == 2
        assert result.stderr.startswith(f"error: {shared} may not be read by you (")
        assert f"): ask the administrator to let you run this command as {owner} (sudo)" in (
            result.stderr
        )
        assert "database" not in result.stderr
