"""How every section measures: whole processes, their databases, and the lines of the table."""

import math
import os
import re
import shutil
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
MANY_EVENTS = 200_000
MANY_ACCOUNTS = 20_000
"""Goals of scans hold from so many on: with few, it is the start that costs."""
OPENINGS = 50
KINDS_OF_EVENTS = 10
"""How many codes with their CUC an account's events have; see worlds.py."""
NEVER = "1000000"
"""A threshold that nothing reaches."""


class Options(NamedTuple):
    """What the command line says, and a folder for everything that is made.

    ``beside`` is the `tracker` of an older version, if there is one.
    """

    rounds: int
    sizes: Sequence[int]
    accounts: Sequence[int]
    alerts: Sequence[int]
    entries: Sequence[int]
    folder: Path
    beside: str | None


class World(NamedTuple):
    """What a simulated Segware has: so many events in any two hours, of so many accounts.

    ``OPENINGS`` groups reach the threshold, and no other does.
    """

    events: int
    accounts: int
    steps: bool = False

    @property
    def threshold(self) -> int:
        """Out of reach for all that is everyday: the mean of a group and eight deviations."""
        mean = self.events / (self.accounts * KINDS_OF_EVENTS)
        return max(50, math.ceil(mean + 8 * math.sqrt(mean)))

    @property
    def args(self) -> list[object]:
        """It, as arguments of serve.py."""
        told: list[object] = ["--events", self.events, "--accounts", self.accounts]
        told += ["--loud", OPENINGS, "--each", self.threshold + self.threshold // 5]
        return [*told, "--steps"] if self.steps else told

    @property
    def settings(self) -> dict[str, str]:
        """The product's: every code counts."""
        return {"TRACKER_CODES": "*", "TRACKER_THRESHOLD": str(self.threshold)}

    @property
    def is_large(self) -> bool:
        """Whether goals of whole scans hold for it."""
        return self.events >= MANY_EVENTS and self.accounts >= MANY_ACCOUNTS

    def __str__(self) -> str:
        return f"{self.events:,} events of {self.accounts:,} accounts"


class Cost(NamedTuple):
    """Of one process: milliseconds from start to end and of work, and its most memory, in MiB."""

    wall: float
    cpu: float
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
        too_large = self.most is not None and self.cost > self.most
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

    def goals_if(self, due: bool) -> "Row":
        """It, with no goals unless they are due."""
        if due:
            return self
        figures = [figure._replace(goal=None, most=None) for figure in self.figures]
        return self._replace(figures=figures)

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
    counted = unit in ("requests", "over the limit")
    digits = 0 if value >= 100 or counted else 1 if value >= 10 else 2
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
        return f"≤ {figure.most:g} {figure.unit}"
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
    most_peak: float | None = None,
) -> Row:
    """The medians of some processes beside those of others, if there are any."""
    return Row(
        what,
        [
            Figure("ms", wall(ours), wall(others) if others else None, goal),
            Figure("MiB", peak(ours), peak(others) if others else None, peak_goal, most_peak),
        ],
        beside if others else "",
    )


def wall(costs: Sequence[Cost]) -> float:
    """The median of their time."""
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
        cpu = usage.ru_utime + usage.ru_stime
        return Cost(wall * 1_000, cpu * 1_000, usage.ru_maxrss / 1_024), output.read()


def python(script: str, *args: object, executable: str = sys.executable) -> list[str]:
    """The command that runs a script of this folder."""
    return [executable, str(HERE / script), *map(str, args)]


class Place(NamedTuple):
    """A database of its own, a folder to run in, and the `tracker` that runs there."""

    folder: Path
    environment: Mapping[str, str]
    product: str

    def tracker(self, *args: str, **environment: str) -> tuple[Cost, str]:
        """Run the product here."""
        return measured([self.product, *args], self.folder, {**self.environment, **environment})

    def run(self, script: str, *args: object) -> tuple[Cost, str]:
        """Run a script of this folder here, with the product's Python."""
        executable = str(Path(self.product).with_name("python"))
        return measured(python(script, *args, executable=executable), self.folder, self.environment)

    def copy(self) -> "Place":
        """Another place beside it, with all that an SQLite database has by now."""
        folder = Path(tempfile.mkdtemp(dir=self.folder.parent))
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        environment = {**self.environment, "DATABASE_URL": sqlite_url(folder)}
        return self._replace(folder=folder, environment=environment)


def sqlite_url(folder: Path) -> str:
    """The database file of a folder."""
    return f"sqlite:///{folder}/events_tracker.db"


@contextmanager
def place(
    parent: Path,
    segware: str,
    engine: str = "SQLite",
    product: str = TRACKER,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Place]:
    """A place with a new database that `tracker init` has made; the database is dropped at last."""
    folder = Path(tempfile.mkdtemp(dir=parent))
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    url = sqlite_url(folder)
    if engine == "MySQL":
        server = str(MYSQL).partition("?")[0].rstrip("/")
        url = f"{server}/tracker_benchmark_{os.urandom(6).hex()}?ssl_disabled=true"
    environment = {"DATABASE_URL": url, "SEGWARE_URL": segware, "SEGWARE_TOKEN": "demo-token"}
    made = Place(folder, {**kept, **environment, **(settings or {})}, product)
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

    def fewest(self, asked: "Asked") -> list[str]:
        """The fewest requests that carry all events of the stretch that was asked for."""
        targets = "\n".join(asked.answered)
        start = min(re.findall(r"startDate=([^&\n]+)", targets))
        end = max(re.findall(r"endDate=([^&\n]+)", targets))
        _, told = measured(python("fewest.py", self.url, start, end), self.log.parent)
        return told.split()

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
