"""What a scan costs beside the least it could cost: whole processes, side by side, as Markdown.

    python tests/benchmarks/run.py [--sizes 20000,200000] [--rounds 5]

Run it with the Python of an environment where the product is installed as users install it
(`pip install .`); an editable installation starts slower. Every figure is the median of
interleaved rounds; ratios are of those medians.
"""

import argparse
import importlib.util
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

FLOOR = Path(__file__).with_name("floor.py")
TRACKER = Path(sys.executable).with_name("tracker")
LIMIT = 10_000
START_UPS_PER_ROUND = 4
"""Starts are short, and so their noise is large: they are measured more often."""


class Cost(NamedTuple):
    """Of one process: milliseconds from start to end, and the most memory it had, in MiB."""

    wall: float
    peak: float


class Row(NamedTuple):
    """A line of the table; the goals are the largest ratios allowed, None where there is none."""

    name: str
    product: list[Cost]
    floor: list[Cost]
    wall_goal: float
    peak_goal: float | None


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the product beside its floor.")
    parser.add_argument("--sizes", default="20000,200000", help="events in the window")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    _require_regular_installation()
    with tempfile.TemporaryDirectory() as folder:
        rows = [_start_up(options.rounds, Path(folder))]
        for size in options.sizes.split(","):
            place = Path(folder, size)
            place.mkdir()
            rows.append(_scan(int(size), options.rounds, place))
    print("| measured | ms | floor ms | ratio | goal | MiB | floor MiB | ratio | goal |")
    print("| --- |" + " --: |" * 8)
    for row in rows:
        print(_line(row))


def _require_regular_installation() -> None:
    spec = importlib.util.find_spec("events_tracker")
    if spec is None or not str(spec.origin).startswith(sys.prefix) or not TRACKER.exists():
        sys.exit(f"install the product in {sys.prefix} first, and not as editable: pip install .")


def _start_up(rounds: int, folder: Path) -> Row:
    """`tracker --help`, beside the import of click alone."""
    product, floor = [], []
    for number in range(-1, rounds * START_UPS_PER_ROUND):
        ours, _ = _measured([str(TRACKER), "--help"], folder, os.environ)
        bare, _ = _measured([sys.executable, "-c", "import click"], folder, os.environ)
        if number >= 0:
            product.append(ours)
            floor.append(bare)
    return Row("`tracker --help` / `import click`", product, floor, 1.6, None)


def _scan(size: int, rounds: int, folder: Path) -> Row:
    """A first scan of a new database, beside a download of the slices that it had answered."""
    product, floor = [], []
    with _simulator(size, folder) as (url, log):
        # The first round, which is not counted, fills caches and compiles.
        for number in range(-1, rounds):
            place = folder / str(number)
            place.mkdir()
            environment = _environment(url, place)
            subprocess.run(
                [TRACKER, "-q", "init"], cwd=place, env=environment, check=True, timeout=60
            )
            already = log.stat().st_size
            ours, told = _measured([str(TRACKER), "scan"], place, environment)
            asked = log.read_text()[already:].splitlines()
            answered = [line[4:] for line in asked if line.startswith("200 /v1/events?")]
            targets = place / "targets"
            targets.write_text("\n".join(answered))
            bare, counted = _measured([sys.executable, str(FLOOR), url, str(targets)], place)
            _require_same_events(told, counted)
            if number >= 0:
                product.append(ours)
                floor.append(bare)
    refused = sum(line.startswith("400 ") for line in asked)
    opened = re.search(r"^Opened.*|\d+ opened", told, re.MULTILINE)
    print(
        f"{size} events: {len(answered)} slices answered, {refused} over the limit, "
        f"{opened[0] if opened else 'nothing opened'}",
        file=sys.stderr,
    )
    return Row(f"`tracker scan`, {size:,} events", product, floor, 2.0, 1.5)


def _environment(url: str, folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "DATABASE_URL": f"sqlite:///{folder}/events_tracker.db",
        "SEGWARE_URL": url,
        "SEGWARE_TOKEN": "demo-token",
    }


@contextmanager
def _simulator(size: int, folder: Path) -> Iterator[tuple[str, Path]]:
    """Its URL, and the file to which it writes every request."""
    log = folder / "requests.log"
    command = ["-m", "events_tracker.demo.simulator", "--limit", str(LIMIT)]
    process = subprocess.Popen(
        [sys.executable, *command, "--events", str(size), "--log", str(log)],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), log
    finally:
        process.kill()
        process.wait()


def _measured(
    command: list[str], folder: Path, environment: "os._Environ[str] | dict[str, str] | None" = None
) -> tuple[Cost, str]:
    """The cost of a process, and what it printed."""
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)} ended with {process.returncode}")
        output.seek(0)
        return Cost(wall * 1_000, usage.ru_maxrss / 1_024), output.read()


def _require_same_events(told: str, counted: str) -> None:
    fetched = re.search(r"(\d+) events in \d+ request", told)
    if fetched is None or int(fetched[1]) != int(counted):
        sys.exit(f"the scan and its floor did not read the same:\n{told}\n{counted}")


def _line(row: Row) -> str:
    ours, bare = (statistics.median(c.wall for c in costs) for costs in (row.product, row.floor))
    cells = [row.name, f"{ours:.0f}", f"{bare:.0f}", f"{ours / bare:.2f}", f"≤ {row.wall_goal}"]
    if row.peak_goal is not None:
        ours, bare = (
            statistics.median(c.peak for c in costs) for costs in (row.product, row.floor)
        )
        cells += [f"{ours:.1f}", f"{bare:.1f}", f"{ours / bare:.2f}", f"≤ {row.peak_goal}"]
    else:
        cells += [""] * 4
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
