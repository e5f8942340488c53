"""A new database for each test: for what is about making it, or breaks its tables."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engines import ENGINES, server_url, sql


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
