"""A worker in a process of its own, and what it says on stderr."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.world import Console, Result, read_up_to


@dataclass
class Worker:
    """`tracker run`, in a process of its own."""

    process: "subprocess.Popen[str]"
    said: list[str] = field(default_factory=list)

    def read_on(self, wanted: str) -> str:
        """Read on up to a line with this in it; returns the line."""
        assert self.process.stderr is not None
        return read_up_to(wanted, self.process.stderr, self.said)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> Result:
        """Wait for its end; all that it said."""
        stdout, rest = self.process.communicate(timeout=60)
        return Result(self.process.returncode, stdout, "".join(self.said) + rest)

    def stop(self) -> str:
        """Let it end, which must go well; all that it said."""
        self.signal(signal.SIGTERM)
        result = self.end()
        assert (result.exit_code, result.stdout) == (0, ""), result.stderr
        return result.stderr


@contextmanager
def resident(console: Console, *arguments: str, **environ: Any) -> Iterator[Worker]:
    """A worker that runs with these options, and does not outlive the block."""
    process = console.start("run", *arguments, **environ)
    try:
        yield Worker(process)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
