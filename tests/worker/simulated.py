"""A worker in this process, on a clock that goes only when somebody waits or is made to."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from events_tracker.app.app import App
from events_tracker.worker.ending import Ending
from events_tracker.worker.loop import work
from events_tracker.worker.systemd import Systemd
from tests.support.world import NOON


@dataclass
class Clock:
    """The time of day and the monotonic clock, each set as one likes."""

    at: int = NOON
    seconds: float = 1_000.0

    def now(self) -> int:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds
        self.at += round(seconds * 1000)


@dataclass
class Simulated(Ending):
    """An end that comes after so many rounds. ``before`` is called with the number of each."""

    clock: Clock
    rounds: int
    before: Callable[[int], None] = lambda _: None
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def wait(self, seconds: float) -> bool:
        """Let that time pass; the end is asked for when all rounds were."""
        self.waits.append(seconds)
        self.clock.pass_by(seconds)
        if len(self.waits) == self.rounds:
            self.ask()
        else:
            self.before(len(self.waits))
        return self.asked


class Lines(logging.Handler):
    """What a worker logs, line by line."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.__dict__['pass']}: {record.getMessage()}")


def run(environ: dict[str, str], folder: Path, ending: Simulated, every: float = 60.0) -> list[str]:
    """Let a worker live until that end; returns what it logged."""
    app = App(environ=environ, folder=folder, clock=ending.clock, shared_env_file=None)
    log, lines = logging.getLogger("events_tracker.worker"), Lines()
    log.addHandler(lines)
    log.setLevel(logging.DEBUG)
    try:
        work(app, every, ending, Systemd({}))
    finally:
        log.removeHandler(lines)
    return lines.lines
