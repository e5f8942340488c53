"""Prometheus's own tool on what we give it: metrics, rules and the example of a scrape."""

import shutil
import subprocess
from pathlib import Path

import pytest

from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite, skip
from tests.support.world import NOON, PADARIA, Tracker

HERE = Path(__file__).parent
DEPLOY = HERE.parents[1] / "deploy" / "prometheus"


def promtool(*arguments: str | Path, stdin: str = "") -> str:
    """What it says; the test fails if it finds anything to say against it."""
    if shutil.which("promtool") is None:
        skip("no promtool: Debian's package `prometheus` has it, or name its folder in PATH")
    done = subprocess.run(
        ["promtool", *map(str, arguments)], input=stdin, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@on_sqlite
def test_it_has_nothing_to_say_against_the_metrics(
    tracker: Tracker, segware: Simulator, initialised: None
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    tracker.scan()
    file = tracker.folder / "tracker.prom"
    assert tracker("status", "--metrics", str(file)).exit_code == 0
    assert promtool("check", "metrics", stdin=file.read_text(encoding="utf-8")) == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "rules", DEPLOY / "alerts.yml"),
        ("test", "rules", HERE / "alerts_test.yml"),
        ("check", "config", DEPLOY / "scrape.yml"),
    ],
    ids=["rules", "what they say", "scrape"],
)
def test_the_examples_are_as_prometheus_takes_them(arguments: tuple[str | Path, ...]) -> None:
    assert "SUCCESS" in promtool(*arguments)
