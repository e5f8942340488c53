"""Fixtures that every test may ask for: a database, a simulated Segware, a clock, the program."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from events_tracker.app.app import SystemClock
from events_tracker.base.deadline import Deadline
from events_tracker.simulator.simulator import Simulator
from events_tracker.storage import Store, open_store
from tests.support.kept import database, kept
from tests.support.world import Console, TestClock, Tracker, furnish

__all__ = ["database", "kept"]


@pytest.fixture
def clock() -> TestClock:
    """A clock that starts at NOON and goes only when it is told to."""
    return TestClock()


@pytest.fixture
def segware(clock: TestClock) -> Iterator[Simulator]:
    """A simulated Segware with a few accounts and no events; its time is the clock's."""
    with Simulator(now=clock.now) as simulator:
        furnish(simulator)
        yield simulator


@pytest.fixture
def environ(database: str, segware: Simulator) -> dict[str, str]:
    """The settings that name the database and the Segware of this test.

    What is below is over at once, so that a test of something else need not wait for it.
    """
    return {
        "DATABASE_URL": database,
        "SEGWARE_URL": segware.url,
        "SEGWARE_TOKEN": segware.token,
        "TRACKER_CLEAR_AFTER": "0m",
    }


@pytest.fixture
def tracker(environ: dict[str, str], tmp_path: Path, clock: TestClock) -> Tracker:
    """`tracker("scan", "--dry-run", TRACKER_THRESHOLD="30")` runs that command in this process."""
    return Tracker(environ, tmp_path, clock)


@pytest.fixture
def console(
    environ: dict[str, str], tmp_path: Path, segware: Simulator, clock: TestClock
) -> Console:
    """The same for the installed console script, in a process of its own.

    It goes by the machine's clock, and so does what Segware says of its own.
    """
    segware.date_offset = time.time() - clock.now() / 1000
    return Console({"PATH": os.environ["PATH"], **environ}, tmp_path)


@pytest.fixture
def initialised(tracker: Tracker) -> None:
    """`tracker init` has been run, with the settings as they are."""
    assert tracker("init").exit_code == 0


@pytest.fixture
def store(database: str, tmp_path: Path, initialised: None) -> Iterator[Store]:
    """What is kept, after `tracker init`."""
    connection = open_store(database, tmp_path)
    yield connection.within(Deadline(SystemClock(), 60))
    connection.close()
