"""How every section measures: whole processes, their databases, and the lines of the table."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
TRACKER = str(Path(sys.executable).with_name("tracker"))
MYSQL = os.environ.get("TRACKER_TEST_MYSQL_URL")
"""A server on which databases may be made and dropped, if there is one."""
LIMIT = 10_000
"""The most events in one answer."""


class Options(NamedTuple):
    """What the command line says, and a folder for everything that is made."""

    rounds: int
    sizes: Sequence[int]
    alerts: Sequence[int]
    entries: Sequence[int]
    folder: Path


class Cost(NamedTuple):
    """Of one process: milliseconds from start to end, and the most memory it had, in MiB."""

    wall: float
    peak: float


class Figure(NamedTuple):
    """One number of a line, beside another one if there is one.

    ``goal`` is the largest ratio allowed, ``most`` the largest number; None where there is none.
    """

    unit: str
    cost: float
    against: float | None = None
    goal: float | None = None
    most: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.cost / self.against if self.against else None

    @property
    def missed(self) -> bool:
        too_large = self.most is not None and self.cost >= self.most
        too_slow = self.goal is not None and self.ratio is not None and self.ratio > self.goal
        return too_large or too_slow


class Row(NamedTuple):
    """One line of the table; ``beside`` says what it is compared with."""

    what: str
    figures: Sequence[Figure]
    beside: str = ""

    @property
    def missed(self) -> bool:
        return any(figure.missed for figure in self.figures)

    def markdown(self) -> str:
        """Its cells; what misses its goal is set in bold."""
        others = [number(f.against, f.unit) for f in self.figures if f.against is not None]
        if self.beside:
            others.append(f"({self.beside})")
        cells = [
            self.what,
            ", ".join(_cost(f) for f in self.figures),
            ", ".join(others).replace(", (", " ("),
            _joined(_ratio(f) for f in self.figures),
            _joined(_goal(f) for f in self.figures),
        ]
        return f"| {' | '.join(cells)} |"


def number(value: float, unit: str) -> str:
    """With three digits that mean something, and thousands apart."""
    digits = 0 if value >= 100 or unit in ("requests", "entries") else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def _cost(figure: Figure) -> str:
    text = number(figure.cost, figure.unit)
    return f"**{text}**" if figure.missed and figure.most is not None else text


def _ratio(figure: Figure) -> str:
    if figure.ratio is None:
        return ""
    return f"**{figure.ratio:.2f}**" if figure.missed else f"{figure.ratio:.2f}"


def _goal(figure: Figure) -> str:
    if figure.most is not None:
        return f"< {figure.most:g} {figure.unit}"
    return f"≤ {figure.goal:g}" if figure.goal is not None else "–"


def _joined(cells: Iterable[str]) -> str:
    found = list(cells)
    return ", ".join(found) if any(cell not in ("", "–") for cell in found) else ""


def processes(
    what: str,
    ours: Sequence[Cost],
    others: Sequence[Cost],
    goal: float | None = None,
    peak_goal: float | None = None,
    beside: str = "",
) -> Row:
    """The medians of some processes beside those of others."""
    return Row(
        what,
        [
            Figure("ms", _wall(ours), _wall(others), goal),
            Figure("MiB", peak(ours), peak(others), peak_goal),
        ],
        beside,
    )


def _wall(costs: Sequence[Cost]) -> float:
    return statistics.median(cost.wall for cost in costs)


def peak(costs: Sequence[Cost]) -> float:
    """The median of their memory."""
    return statistics.median(cost.peak for cost in costs)


def memory_growth(what: str, peaks: Sequence[tuple[int, float]]) -> Iterator[Row]:
    """The memory at the largest size beside that at the one before, which should be a fifth."""
    if len(peaks) > 1:
        (smaller, before), (larger, after) = peaks[-2:]
        figure = Figure("MiB", after, before, 1.5 if larger <= 5 * smaller else None)
        yield Row(f"memory of {what}, {larger:,} events", [figure], f"{smaller:,} events")


def measured(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> tuple[Cost, str]:
    """The cost of a process, and what it printed.

    This process has to stay small: on Linux a child's memory counts from that of its parent.
    """
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)} ended with {process.returncode}")
        output.seek(0)
        return Cost(wall * 1_000, usage.ru_maxrss / 1_024), output.read()


def python(script: str, *args: object) -> list[str]:
    """The command that runs a script of this folder."""
    return [sys.executable, str(HERE / script), *map(str, args)]


class Place(NamedTuple):
    """A database of its own and a folder to run in."""

    folder: Path
    environment: Mapping[str, str]

    def tracker(self, *args: str, **environment: str) -> tuple[Cost, str]:
        """Run the product here."""
        return measured([TRACKER, *args], self.folder, {**self.environment, **environment})

    def run(self, script: str, *args: object) -> tuple[Cost, str]:
        """Run a script of this folder here."""
        return measured(python(script, *args), self.folder, self.environment)


@contextmanager
def place(parent: Path, segware: str, engine: str = "SQLite", **more: str) -> Iterator[Place]:
    """A place with a new database that `tracker init` has made; the database is dropped at last."""
    folder = Path(tempfile.mkdtemp(dir=parent))
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    url = f"sqlite:///{folder}/events_tracker.db"
    if engine == "MySQL":
        server = str(MYSQL).partition("?")[0].rstrip("/")
        url = f"{server}/tracker_benchmark_{os.urandom(6).hex()}?ssl_disabled=true"
    environment = {"DATABASE_URL": url, "SEGWARE_URL": segware, "SEGWARE_TOKEN": "demo-token"}
    made = Place(folder, kept | environment | more)
    try:
        made.tracker("-q", "init")
        yield made
    finally:
        made.run("database.py", "drop")


class Service(NamedTuple):
    """A simulated Segware in a process of its own."""

    url: str
    log: Path

    def size(self) -> int:
        """How long its log is by now."""
        return self.log.stat().st_size

    def asked(self, since: int) -> "Asked":
        """What was asked for events since its log had that size."""
        with self.log.open() as log:
            log.seek(since)
            lines = [line.split(" ", 2) for line in log.read().splitlines()]
        return Asked(
            [
                (int(status), int(length), target)
                for status, length, target in lines
                if target.startswith("/v1/events?")
            ]
        )


class Asked(NamedTuple):
    """Requests: status, bytes of the answer, target."""

    requests: Sequence[tuple[int, int, str]]

    @property
    def megabytes(self) -> float:
        return sum(length for _, length, _ in self.requests) / 1e6

    @property
    def answered(self) -> list[str]:
        return [target for status, _, target in self.requests if status == 200]

    @property
    def refused(self) -> int:
        return sum(status == 400 for status, _, _ in self.requests)


@contextmanager
def service(folder: Path, *args: object) -> Iterator[Service]:
    """`serve.py` with these arguments, while the ``with`` block runs."""
    log = Path(tempfile.mkdtemp(dir=folder)) / "requests.log"
    process = subprocess.Popen(
        python("serve.py", "--limit", LIMIT, "--log", log, *args),
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Service(process.stdout.readline().strip(), log)
    finally:
        process.kill()
        process.wait()


def require_same_events(told: str, counted: str) -> None:
    """End the run unless a scan fetched as many events as its floor counted."""
    fetched = re.search(r"(\d+) events in \d+ request", told)
    if fetched is None or int(fetched[1]) != int(counted):
        sys.exit(f"the scan and its floor did not read the same:\n{told}\n{counted}")
