"""Every line of crontab.example parses: as a crontab line, and with our own command line."""

import re
import shlex
from pathlib import Path

import click
import pytest

from events_tracker.cli import cli

_TEXT = (Path(__file__).parents[1] / "crontab.example").read_text(encoding="utf-8")
_LINES = [line for line in _TEXT.splitlines() if line.strip() and not line.startswith("#")]
_ENVIRONMENT = dict(line.split("=", 1) for line in _LINES if re.match(r"[A-Z_]+=", line))
_JOBS = [line for line in _LINES if not re.match(r"[A-Z_]+=", line)]


def _words(job: str) -> list[str]:
    """The words of a job's command, as the shell reads them."""
    _, _, command = re.match(r"((?:\S+\s+){5})(\s*)(.*)", job).groups()  # type: ignore[union-attr]
    for name, value in _ENVIRONMENT.items():
        command = command.replace(f"${name}", value)
    return shlex.split(command)


def _arguments(job: str) -> list[str]:
    """What the shell would hand to `tracker`."""
    words = _words(job)
    assert words[:4] == ["flock", "-n", "-E", "0"], "overlapping runs are skipped without an error"
    assert words[5] == "tracker"
    return words[6:]


def test_every_pass_that_cron_runs_is_there() -> None:
    assert [_arguments(job)[-1] for job in _JOBS] == ["scan", "clear", "notify", "purge"]


@pytest.mark.parametrize("job", _JOBS)
def test_a_line_parses_with_our_own_command_line(job: str) -> None:
    arguments = _arguments(job)
    context = cli.make_context("tracker", arguments)
    assert context.params["quiet"], "cron mails whatever is printed"
    assert context.params["env_file"] == _ENVIRONMENT["ENV_FILE"]
    name, command, rest = cli.resolve_command(context, [*context._protected_args, *context.args])
    assert command is not None
    command.make_context(name, list(rest), parent=context)


@pytest.mark.parametrize("job", _JOBS)
def test_a_line_has_five_times_that_cron_accepts(job: str) -> None:
    times = job.split()[:5]
    assert all(re.fullmatch(r"\*|[0-9]{1,2}|\*/[0-9]{1,2}", time) for time in times)


def test_each_job_has_a_lock_of_its_own_where_only_the_trackers_user_enters() -> None:
    locks = [Path(_words(job)[4]) for job in _JOBS]
    assert len(set(locks)) == len(_JOBS)
    (folder,) = {lock.parent for lock in locks}
    install = (Path(__file__).parents[1] / "docs/install.md").read_text(encoding="utf-8")
    assert f"install -d -o tracker -g tracker -m 700 {folder}\n" in install


def test_nothing_lies_in_a_folder_that_everybody_writes() -> None:
    assert not re.search(r"/tmp\b|/dev/shm", _TEXT)


def test_a_path_is_stated_for_cron_has_none() -> None:
    assert "/bin" in _ENVIRONMENT["PATH"].split(":")


def test_click_is_the_one_that_refuses(tmp_path: Path) -> None:
    """The check above can fail: an option that does not exist is refused."""
    context = cli.make_context("tracker", ["scan", "--no-such-option"])
    name, command, rest = cli.resolve_command(context, ["scan", "--no-such-option"])
    assert command is not None
    with pytest.raises(click.UsageError):
        command.make_context(name, list(rest), parent=context)
