"""One database a server for all tests of a session, emptied for each: making one takes a second."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engines import ENGINES, empty, server_url, sql


@pytest.fixture(scope="session")
def kept() -> Iterator[dict[str, str]]:
    """The databases that were made so far, by engine."""
    made: dict[str, str] = {}
    yield made
    for engine, url in made.items():
        server = server_url(engine)._replace(path="").geturl()
        sql(server, f"DROP DATABASE {url.partition('?')[0].rpartition('/')[2]}")


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path, kept: dict[str, str]) -> str:
    """The DATABASE_URL of a database that `tracker init` has yet to fill."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tracker.db'}"
    if request.param in kept:
        empty(kept[request.param])
    else:
        name = f"tracker_test_{secrets.token_hex(6)}"
        address = server_url(request.param)._replace(path=f"/{name}", query="ssl_disabled=true")
        kept[request.param] = address.geturl()
    return kept[request.param]
