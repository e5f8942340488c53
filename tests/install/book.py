"""A server that is installed by docs/install.md to the letter: its blocks, run in their order."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.engines import skip

ROOT = Path(__file__).parents[2]
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NEEDED = ("unshare", "nsenter", "systemd-analyze", "cron")


@dataclass(frozen=True)
class Machine:
    """A copy of this machine with its own systemd; ``first`` is its process 1, as seen here."""

    first: int

    def run(self, script: str, user: str = "root") -> "subprocess.CompletedProcess[str]":
        """Run lines of shell in the checkout's folder, with the groups that the user has now."""
        folder = f"/proc/{self.first}/root/srv/events-tracker"
        inside = ["nsenter", f"--target={self.first}", "--all", "--root", f"--wd={folder}"]
        become = [] if user == "root" else ["runuser", "-u", user, "--"]
        return subprocess.run(
            [*inside, *become, "bash", "-euc", script],
            env={**os.environ, "PATH": PATH, "HOME": "/root" if user == "root" else "/"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def do(self, script: str, user: str = "root") -> str:
        """Run lines of shell that must succeed; returns what they print."""
        result = self.run(script, user)
        if result.returncode != 0:
            journal = self.run("journalctl -n 30 -o cat").stdout
            pytest.fail("\n".join((script, result.stdout, result.stderr, journal)))
        return result.stdout


@contextmanager
def machine() -> Iterator[Machine]:
    """One that is thrown away at the end; skips where it cannot be."""
    missing = [name for name in _NEEDED if not shutil.which(name, path=PATH)]
    if os.getuid() != 0 or missing:
        skip(f"no machine to install on: needs root, and Debian's systemd and cron ({missing})")
    script = ROOT / "tests/install/machine"
    pipe = subprocess.PIPE
    # It ends when its standard input does, as it does here however the block is left.
    with subprocess.Popen([script, ROOT], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        made = Machine(int(process.stdout.readline()))
        until(lambda: made.run("systemctl is-system-running --wait").returncode == 0)
        yield made


def blocks(heading: str, page: str = "docs/install.md") -> list[str]:
    """The blocks of shell below a heading of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    (section,) = re.findall(
        rf"^## (?:[0-9]\. )?{heading}$(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL
    )
    found: list[str] = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return found


def until(happened: Callable[[], Any], seconds: float = 150) -> Any:
    """Wait for something to be true; returns what it was."""
    end = time.monotonic() + seconds
    while not (found := happened()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.5)
    return found
