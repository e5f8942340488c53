"""Fixtures that every test may ask for: a database, a simulated Segware, a clock, the program."""

import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

import pytest

from events_tracker.simulator.simulator import Simulator
from tests.support import Console, TestClock, Tracker, furnish, sql

ENGINES = [
    "sqlite",
    pytest.param("mysql", marks=pytest.mark.mysql),
    pytest.param("mariadb", marks=pytest.mark.mariadb),
]


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The DATABASE_URL of a database of the test's own, which `tracker init` has yet to make."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'tracker.db'}"
        return
    server = server_url(request.param)
    name = f"tracker_test_{secrets.token_hex(6)}"
    yield server._replace(path=f"/{name}", query="ssl_disabled=true").geturl()
    sql(server._replace(path="").geturl(), f"DROP DATABASE IF EXISTS {name}")


def server_url(engine: str) -> SplitResult:
    """The parts of the address of the server that this engine's tests use."""
    variable = f"TRACKER_TEST_{engine.upper()}_URL"
    product = {"mysql": "MySQL", "mariadb": "MariaDB"}[engine]
    if variable not in os.environ:
        skip(
            f"no {product} server: set {variable}=mysql://root@127.0.0.1:3306/ "
            f"to a {product} server whose user may create databases and users"
        )
    return urlsplit(os.environ[variable])


def skip(what_is_missing: str) -> NoReturn:
    """Skip this test; or fail it, where nothing may be missing."""
    if os.environ.get("TRACKER_TEST_NO_SKIP") == "1":
        pytest.fail(what_is_missing)
    pytest.skip(what_is_missing)


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
    """The settings that name the database and the Segware of this test."""
    return {"DATABASE_URL": database, "SEGWARE_URL": segware.url, "SEGWARE_TOKEN": segware.token}


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
