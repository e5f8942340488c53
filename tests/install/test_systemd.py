"""The units of deploy/systemd are what systemd understands, and shut in what they run."""

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from events_tracker.cli import cli
from tests.support.engines import skip

UNITS = Path(__file__).parents[2] / "deploy/systemd"
PROGRAM = "/opt/events-tracker/.venv/bin/tracker"
SHUT_IN = ["events-tracker.service", "events-tracker-web.service", "events-tracker@.service"]
PASSES = ("scan", "clear", "notify", "purge")


def analyze(*arguments: object) -> str:
    """What systemd-analyze says, in one text; no systemd needs to be running."""
    if shutil.which("systemd-analyze") is None:
        skip("no systemd-analyze: apt-get install systemd brings it")
    said = subprocess.run(
        ["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    return f"{said.stdout}{said.stderr}exit {said.returncode}"


def test_systemd_finds_nothing_wrong_with_any_unit(tmp_path: Path) -> None:
    program = Path(sysconfig.get_path("scripts")) / "tracker"
    for unit in UNITS.iterdir():
        text = unit.read_text(encoding="utf-8").replace(PROGRAM, str(program))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    names = [unit.name.replace("@.", "@scan.") for unit in UNITS.iterdir()]
    # A unit that is wrong is named; missing ones of the tester's machine are no concern of ours.
    assert "exit 0" in analyze("verify", *(tmp_path / name for name in names))
    broken = tmp_path / "events-tracker.service"
    broken.write_text(broken.read_text(encoding="utf-8").replace("Type=notify", "Type=loud"))
    assert "Failed to parse service type" in analyze("verify", broken)


@pytest.mark.parametrize("name", SHUT_IN)
def test_what_runs_is_shut_in(name: str) -> None:
    """Of 10, which is no sandbox at all; what is left is the network that each of them needs."""
    said = analyze("security", "--offline=true", "--threshold=20", UNITS / name)
    assert said.endswith("exit 0"), said


@pytest.mark.parametrize("name", SHUT_IN)
def test_what_a_unit_starts_is_a_command_of_ours(name: str) -> None:
    (line,) = [each for each in lines(name) if each.startswith("ExecStart=")]
    program, *arguments = line.removeprefix("ExecStart=").split()
    assert program == PROGRAM
    for instance in PASSES if "%i" in arguments else ("",):
        context = cli.make_context("tracker", [each.replace("%i", instance) for each in arguments])
        assert context.params["env_file"] == "/etc/events-tracker/.env"
        called, command, _ = cli.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None, called


def test_each_pass_has_a_timer_of_its_own_second() -> None:
    assert {unit.name for unit in UNITS.glob("*.timer")} == {
        f"events-tracker@{name}.timer" for name in PASSES
    }
    times = {lines(f"events-tracker@{name}.timer")[3] for name in PASSES}
    assert len(times) == len(PASSES)
    assert all(time.startswith("OnCalendar=") for time in times)


def test_what_the_three_services_are_shut_in_by_is_the_same() -> None:
    begin = "ProtectSystem=strict"
    sandboxes = set()
    for name in SHUT_IN:
        found = lines(name)
        end = found.index("[Install]") if "[Install]" in found else len(found)
        sandboxes.add(tuple(found[found.index(begin) : end]))
    assert len(sandboxes) == 1


def lines(name: str) -> list[str]:
    """A unit's lines that say something."""
    text = (UNITS / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
