"""What the product costs beside the least it could cost: one Markdown table.

    python tests/benchmarks/run.py [cold] [steady] [alarms] [alerts] [history] [start]
        [--rounds 5] [--sizes 20000,200000,1000000] [--alerts 100,1000,10000]
        [--entries 10000,100000,1000000]

Run it with the Python of an environment where the product is installed as users install it
(`pip install .`); an editable installation starts slower. Costs are of whole processes, side by
side: every figure is the median of interleaved rounds, after one that is not counted; ratios are of
those medians. What misses its goal is set in bold. With TRACKER_TEST_MYSQL_URL, alerts are measured
on MySQL as well, and history there instead of on SQLite.

One file for each section: each has a function ``rows``. The processes that sections start beside
the product are floor.py, serve.py, minutes.py, define.py, database.py and register.py.
"""

import argparse
import importlib
import importlib.util
import sys
import tempfile
from pathlib import Path

from measure import TRACKER, Options

SECTIONS = ("cold", "steady", "alarms", "alerts", "history", "start")
HEADINGS = "| what | cost | against | ratio | goal |\n| --- | --: | --: | --: | --: |"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the product beside its floor.")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--sizes", type=_numbers, default="20000,200000,1000000", help="events in the window"
    )
    parser.add_argument("--alerts", type=_numbers, default="100,1000,10000")
    parser.add_argument(
        "--entries", type=_numbers, default="10000,100000,1000000", help="of the register"
    )
    options = parser.parse_args()
    if unknown := set(options.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    _require_regular_installation()
    missed = 0
    print(HEADINGS, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        given = Options(
            options.rounds, options.sizes, options.alerts, options.entries, Path(folder)
        )
        for section in options.sections or SECTIONS:
            for row in importlib.import_module(section).rows(given):
                print(row.markdown(), flush=True)
                missed += row.missed
    print(f"{missed} lines miss a goal", file=sys.stderr)


def _numbers(text: str) -> list[int]:
    return sorted(int(part) for part in text.split(","))


def _require_regular_installation() -> None:
    spec = importlib.util.find_spec("events_tracker")
    if spec is None or not str(spec.origin).startswith(sys.prefix) or not Path(TRACKER).exists():
        sys.exit(f"install the product in {sys.prefix} first, and not as editable: pip install .")


if __name__ == "__main__":
    main()
