"""A database server of the tests' own, whose defaults they may change for a while."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.engines import SERVERS, server_url, sql

_SCRIPTS = Path(__file__).parents[1] / "servers"


@dataclass(frozen=True)
class OwnServer:
    """One that nobody else uses."""

    url: str

    @contextmanager
    def defaults(self, **variables: str) -> Iterator[None]:
        """Let connections begin with these values of the server's variables."""
        before = {name: sql(self.url, f"SELECT @@GLOBAL.{name}")[0][0] for name in variables}
        try:
            for name, value in variables.items():
                sql(self.url, f"SET GLOBAL {name} = {value}")
            yield
        finally:
            for name, old in before.items():
                value = f"'{old}'" if isinstance(old, str) else old
                sql(self.url, f"SET GLOBAL {name} = {value}")


@pytest.fixture(
    scope="module",
    params=SERVERS,
)
def own_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OwnServer]:
    server_url(request.param)  # Skips, where this engine is not to be tested.
    script = str(_SCRIPTS / f"{request.param}-server")
    folder = str(tmp_path_factory.mktemp(request.param) / "data")
    started = subprocess.run(
        [script, "start", "--port", "0", "--datadir", folder, "--fast"],
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    try:
        yield OwnServer(started.stdout.strip().rstrip("/"))
    finally:
        subprocess.run([script, "kill", "--datadir", folder], check=True)
