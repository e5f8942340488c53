"""One database a server for all tests of a session, emptied for each: making one takes a second.

`tracker init` finds its tables there, and has but `default` to store. What is about making them, or
breaks them, asks for a new database: `tests.support.new`.
"""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engines import ENGINES, empty, server_url, sql


class Kept:
    """The databases that were made so far, by engine."""

    def __init__(self) -> None:
        self._made: dict[str, str] = {}

    def emptied(self, engine: str) -> str:
        """The DATABASE_URL of this server's database, without a row."""
        if engine not in self._made:
            name = f"tracker_test_{secrets.token_hex(6)}"
            server = server_url(engine)
            sql(server._replace(path="").geturl(), f"CREATE DATABASE {name}")
            address = server._replace(path=f"/{name}", query="ssl_disabled=true")
            self._made[engine] = address.geturl()
        empty(self._made[engine])
        return self._made[engine]

    def drop(self) -> None:
        for engine, url in self._made.items():
            server = server_url(engine)._replace(path="").geturl()
            sql(server, f"DROP DATABASE {url.partition('?')[0].rpartition('/')[2]}")


@pytest.fixture(scope="session")
def kept() -> Iterator[Kept]:
    """The databases of the servers, made when they are first asked for."""
    kept = Kept()
    yield kept
    kept.drop()


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path, kept: Kept) -> str:
    """The DATABASE_URL of a database that `tracker init` has yet to fill."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tracker.db'}"
    return kept.emptied(request.param)
