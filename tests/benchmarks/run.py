"""What the product costs beside the least it could cost: one Markdown table.

    python tests/benchmarks/run.py [cold] [steady] [older] [alarms] [alerts] [history] [pages]
        [start] [hours] [tune] [--rounds 5] [--sizes 200000] [--accounts 400,5000,20000]
        [--alerts 100,1000,10000] [--entries 10000,100000,1000000]
        [--beside OLDER/bin/tracker]

For a quick look while working on a scan: ``run.py cold --accounts 20000 --rounds 1``.

Run it with the Python of an environment where the product is installed as users install it
(`pip install .`); an editable installation starts slower. Costs are of whole processes, side by
side: every figure is the median of interleaved rounds, after one that is not counted; ratios are of
those medians. What misses its goal is set in bold. With TRACKER_TEST_MYSQL_URL, alerts are measured
on MySQL as well, and history there instead of on SQLite. With --beside, the `tracker` of an older
version in an environment of its own, the section ``older`` measures both side by side.

One file for each section: each has a function ``rows``. The processes that sections start beside
the product are floor.py, serve.py (its worlds: worlds.py), fewest.py, minutes.py, define.py,
imports.py, database.py and register.py.
"""

import argparse
import importlib
import importlib.util
import sys
import tempfile
from pathlib import Path

from measure import TRACKER, Options

SECTIONS = (
    "cold",
    "steady",
    "older",
    "alarms",
    "alerts",
    "history",
    "pages",
    "start",
    "hours",
    "tune",
)
HEADINGS = "| what | cost | against | ratio | goal |\n| --- | --: | --: | --: | --: |"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the product beside its floor.")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", type=_numbers, default="200000", help="events in the window")
    parser.add_argument("--accounts", type=_numbers, default="400,5000,20000")
    parser.add_argument("--alerts", type=_numbers, default="100,1000,10000")
    parser.add_argument(
        "--entries", type=_numbers, default="10000,100000,1000000", help="of the register"
    )
    parser.add_argument(
        "--beside", type=_executable, metavar="TRACKER", help="that of an older version"
    )
    options = parser.parse_args()
    if unknown := set(options.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    _require_regular_installation()
    missed = 0
    print(HEADINGS, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        given = Options(
            options.rounds,
            options.sizes,
            options.accounts,
            options.alerts,
            options.entries,
            Path(folder),
            options.beside,
        )
        for section in options.sections or SECTIONS:
            for row in importlib.import_module(section).rows(given):
                print(row.markdown(), flush=True)
                missed += row.missed
    print(f"{missed} lines miss a goal", file=sys.stderr)


def _numbers(text: str) -> list[int]:
    return sorted(int(part) for part in text.split(","))


def _executable(text: str) -> str:
    if not Path(text).with_name("python").exists():
        raise argparse.ArgumentTypeError(f"{text} is not in an environment with a Python")
    return str(Path(text).absolute())


def _require_regular_installation() -> None:
    spec = importlib.util.find_spec("events_tracker")
    if spec is None or not str(spec.origin).startswith(sys.prefix) or not Path(TRACKER).exists():
        sys.exit(f"install the product in {sys.prefix} first, and not as editable: pip install .")


if __name__ == "__main__":
    main()
