"""A cluster of three MariaDB nodes of the tests' own."""

import os
import secrets
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.reliability.stage import until
from tests.support.engines import connected, skip, sql

NODES = (1, 2, 3)


class Cluster:
    """Three nodes, started by the script that TRACKER_TEST_GALERA names."""

    def __init__(self, script: str, folder: Path) -> None:
        self._script = script
        self._folder = folder
        self._base = free_ports()

    def do(self, *command: str) -> None:
        """Call the script."""
        done = subprocess.run(
            [self._script, *command, "--base-port", str(self._base), "--datadir", self._folder],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr

    def kill(self, node: int) -> None:
        self.do("kill-node", str(node))

    def start(self) -> None:
        """All that are down."""
        self.do("start", "--fast")

    def address(self, node: int, name: str = "") -> str:
        return f"mysql://root@127.0.0.1:{self._base + node}/{name}?ssl_disabled=true"

    def refused(self) -> int:
        """How many transactions certification has refused or rolled back so far."""
        names = "('wsrep_local_cert_failures', 'wsrep_local_bf_aborts')"
        counts = [
            int(value)
            for node in NODES
            for _, value in sql(self.address(node), f"SHOW STATUS WHERE Variable_name IN {names}")
        ]
        return sum(counts)

    def loses_its_majority(self, node: int) -> None:
        """Wait until this node knows that the others are gone; before that it only hangs."""
        asked = "SHOW STATUS LIKE 'wsrep_cluster_status'"
        until(lambda: sql(self.address(node), asked) == [("wsrep_cluster_status", "non-Primary")])

    def settle(self, node: int = 1) -> None:
        """Until this node has everything that was committed on any."""
        with connected(self.address(node)) as connection:
            cursor = connection.cursor()
            cursor.execute("SET SESSION wsrep_sync_wait = 1")
            cursor.execute("SELECT 1")
            cursor.fetchall()


def free_ports() -> int:
    """A number after which the ports that a cluster uses are free."""
    for base in range(14_500, 15_500, 100):
        if all(_is_free(base + more + node) for more in (0, 20, 40, 60) for node in NODES):
            return base
    raise AssertionError("no ports are free")


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as asked:
        return asked.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three nodes, all of them up."""
    script = os.environ.get("TRACKER_TEST_GALERA")
    if not script:
        skip("no cluster: set TRACKER_TEST_GALERA to the path of the script galera-cluster")
    made = Cluster(script, tmp_path_factory.mktemp("cluster"))
    made.start()
    yield made
    made.do("stop")
    made.do("wipe")


@pytest.fixture
def nodes(cluster: Cluster) -> list[str]:
    """The DATABASE_URLs of one new database, one for each node; all nodes are up."""
    cluster.start()
    name = f"tracker_test_{secrets.token_hex(6)}"
    return [cluster.address(node, name) for node in NODES]


@pytest.fixture
def database(nodes: list[str]) -> str:
    """Through the first node."""
    return nodes[0]
