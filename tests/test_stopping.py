"""Ctrl-C on a pass: it says what is left behind, and exits as a shell has it."""

import re
import signal
import subprocess
import sys
import threading

import pytest

from events_tracker.base.times import MINUTE
from events_tracker.simulator import faults
from events_tracker.simulator.server import Handler
from events_tracker.simulator.service import wall_clock_ms
from events_tracker.simulator.simulator import Simulator
from tests.support.channels import WEBHOOK, webhook
from tests.support.engines import on_sqlite
from tests.support.terminal import Terminal
from tests.support.world import PADARIA, Console

pytestmark = on_sqlite
HEARTBEAT = "/heartbeat/0c0ffee0"
UNHEARD = """
import signal, threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
"""
"""Lets another thread take each Ctrl-C, so that it wakes nobody up: as one does that comes just
before Python begins to wait."""
AT_ONCE = """
from events_tracker.base import limits
limits.SEGWARE_WAIT_NOTICED_SECONDS = 0.2
"""


@pytest.fixture
def started(console: Console, segware: Simulator) -> None:
    """A database, channels, and an account that sends too much."""
    console.environ |= {**webhook(segware), "HEARTBEAT_URL": segware.url + HEARTBEAT}
    segware.add_events(wall_clock_ms() - MINUTE, PADARIA, "E130", count=60)
    assert console("init").exit_code == 0


def stopped(console: Console, segware: Simulator, address: str, command: str) -> str:
    """The last lines of a command that is stopped while it waits for this address."""
    asked = threading.Event()

    def wait(handler: Handler) -> None:
        asked.set()
        handler.pause(60)

    segware.fail_always(address, wait)
    with Terminal(console, 200, *command.split()) as terminal:
        assert asked.wait(30)
        terminal.type("\x03")
        result = terminal.end()
    segware.heal()
    assert result.exit_code == 130
    assert "Traceback" not in result.stdout
    _, _, said = result.stdout.partition("Stopped.")
    return said.strip()


@pytest.mark.usefixtures("started")
def test_a_pass_that_is_stopped_says_what_it_leaves_behind(
    console: Console, segware: Simulator
) -> None:
    for command in ("scan --dry-run", "scan"):
        assert stopped(console, segware, "/v1/events", command) == "Nothing was changed."
    assert console("history", "--format", "json").json == []
    assert segware.received(HEARTBEAT) == [], "somebody stopped it: it did not fail"
    told = "What was decided by then is in the database: see `tracker history`."
    assert stopped(console, segware, HEARTBEAT, "scan") == told
    assert [one["code"] for one in console("history", "--format", "json").json] == ["E130"]
    (console.folder / "sitecustomize.py").write_text(UNHEARD)
    force = ("clear", "--force", "--account", "1950", "--reason", "x")
    with Terminal(console, 80, *force, PYTHONPATH=str(console.folder)) as asks:
        asks.read_up_to("[y/N]")
        ended = asks.interrupt()
    assert ended.exit_code == 130
    assert ended.stdout.endswith("\nStopped. Nothing was changed.\n")
    assert stopped(console, segware, WEBHOOK, "notify") == (
        "What was sent is kept, and what was on its way is tried again or called uncertain: "
        "see `tracker notifications`."
    )


@pytest.mark.usefixtures("started")
def test_that_segware_does_not_answer_is_said_above_the_progress_and_can_be_stopped(
    console: Console, segware: Simulator
) -> None:
    (console.folder / "sitecustomize.py").write_text(AT_ONCE)
    segware.fail_always("/v1/events", faults.slow(60))
    for command in ("scan --dry-run", "explain --alarm default"):
        with Terminal(console, 100, *command.split(), PYTHONPATH=str(console.folder)) as terminal:
            terminal.read_up_to("Ctrl-C ends it)…")
            terminal.type("\x03")
            ended = terminal.end()
        assert ended.exit_code == 130
        waited = (
            rf"\x1b\[2Kwaiting for Segware at {segware.url} \(up to \d+ s more; Ctrl-C ends it\)…\n"
        )
        assert len(re.findall(waited, ended.stdout)) == 1
        assert "\nStopped." in ended.stdout


@pytest.mark.parametrize("imported", ["click", "events_tracker.commands.streams"])
@pytest.mark.usefixtures("database")
def test_stopped_before_it_has_begun_it_ends_without_a_word(imported: str) -> None:
    program = (
        "import os, signal, sys\n"
        "class CtrlC:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == {imported!r}: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, CtrlC())\n"
        "from events_tracker.cli import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")
