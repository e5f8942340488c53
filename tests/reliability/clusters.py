"""Clusters of the tests' own, of three servers each: Galera and Group Replication."""

import os
import secrets
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import mysql.connector
import pytest

from tests.reliability.stage import until
from tests.support.engines import connected, skip, sql

NODES = (1, 2, 3)


class Cluster:
    """Three nodes, started by a script. Each kind of cluster is a class below."""

    variable: ClassVar[str]
    """What names the script."""
    start_options: ClassVar[tuple[str, ...]] = ()
    rounds: ClassVar[int]
    """How many crowds: enough that transactions of different nodes meet."""

    def __init__(self, script: str, folder: Path) -> None:
        self._script = script
        self._folder = folder
        self._base = free_ports()
        self._database = ""

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
        self.do("start", "--fast", *self.start_options)

    def new_database(self) -> list[str]:
        """The DATABASE_URLs of a name that is not taken, one for each node; all nodes are up."""
        self.start()
        self._database = f"tracker_test_{secrets.token_hex(6)}"
        return [self._address(node, self._database) for node in NODES]

    def address(self, node: int) -> str:
        return self._address(node, "")

    def _address(self, node: int, name: str) -> str:
        return f"mysql://root@127.0.0.1:{self._base + node}/{name}?ssl_disabled=true"

    def refused(self) -> int:
        """How many transactions certification has refused or rolled back so far."""
        raise NotImplementedError

    def loses_its_majority(self, node: int) -> None:
        """Wait until this node knows that the others are gone; before that it only hangs."""
        raise NotImplementedError

    def settle(self, node: int = 1) -> None:
        """Until this node has everything that was committed on any."""
        raise NotImplementedError


class Galera(Cluster):
    variable = "TRACKER_TEST_GALERA"
    rounds = 15

    def refused(self) -> int:
        names = "('wsrep_local_cert_failures', 'wsrep_local_bf_aborts')"
        counts = [
            int(value)
            for node in NODES
            for _, value in sql(self.address(node), f"SHOW STATUS WHERE Variable_name IN {names}")
        ]
        return sum(counts)

    def loses_its_majority(self, node: int) -> None:
        asked = "SHOW STATUS LIKE 'wsrep_cluster_status'"
        until(lambda: sql(self.address(node), asked) == [("wsrep_cluster_status", "non-Primary")])

    def settle(self, node: int = 1) -> None:
        with connected(self.address(node)) as connection:
            cursor = connection.cursor()
            cursor.execute("SET SESSION wsrep_sync_wait = 1")
            cursor.execute("SELECT 1")
            cursor.fetchall()


class SinglePrimary(Cluster):
    """Group Replication as it is by default: one member takes the writes."""

    variable = "TRACKER_TEST_GROUP_REPLICATION"

    def new_database(self) -> list[str]:
        """For a user who has no right to anything else, as people make it."""
        addresses = super().new_database()
        primary = self.address(self.primaries()[0])
        sql(primary, "CREATE USER IF NOT EXISTS tracker IDENTIFIED BY ''")
        sql(primary, f"GRANT ALL ON {self._database}.* TO tracker")
        return [address.replace("root@", "tracker@") for address in addresses]

    def primaries(self, told_by: int = 1) -> list[int]:
        """The nodes that take writes, by what one of them says."""
        rows = sql(
            self.address(told_by),
            "SELECT MEMBER_PORT FROM performance_schema.replication_group_members "
            "WHERE MEMBER_ROLE = 'PRIMARY' AND MEMBER_STATE = 'ONLINE' ORDER BY MEMBER_PORT",
        )
        return [port - self._base for (port,) in rows]

    def successor(self, of: int) -> int:
        """The node that is elected when this one is gone: that of the lowest id, by their order."""
        ids = {
            sql(self.address(node), "SELECT @@server_uuid")[0][0]: node
            for node in NODES
            if node != of
        }
        return ids[min(ids)]

    def refused(self) -> int:
        asked = (
            "SELECT MAX(COUNT_CONFLICTS_DETECTED) "
            "FROM performance_schema.replication_group_member_stats"
        )
        return max(int(sql(self.address(node), asked)[0][0]) for node in NODES)

    def loses_its_majority(self, node: int) -> None:
        asked = (
            "SELECT MEMBER_STATE FROM performance_schema.replication_group_members "
            "WHERE MEMBER_ID = @@server_uuid"
        )

        def lost() -> bool:
            try:
                return sql(self.address(node), asked) == [("ERROR",)]
            except mysql.connector.Error:
                return False  # it is just ending the sessions that it has

        until(lost)

    def settle(self, node: int = 1) -> None:
        with connected(self.address(node)) as connection:
            cursor = connection.cursor()
            cursor.execute("SET SESSION group_replication_consistency = 'BEFORE'")
            # A statement without a table does not wait.
            cursor.execute(f"SELECT COUNT(*) FROM {self._database}.schema_migrations")
            cursor.fetchall()


class MultiPrimary(SinglePrimary):
    start_options = ("--multi-primary",)
    rounds = 6


_KINDS: dict[str, type[Cluster]] = {
    "galera": Galera,
    "multi_primary": MultiPrimary,
    "single_primary": SinglePrimary,
}


def free_ports() -> int:
    """A number after which the ports that a cluster uses are free."""
    for base in range(14_500, 15_500, 100):
        if all(_is_free(base + more + node) for more in (0, 20, 40, 60) for node in NODES):
            return base
    raise AssertionError("no ports are free")


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as asked:
        return asked.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(scope="session", params=["galera", "multi_primary"])
def cluster(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """Three nodes, all of them up, each of which takes writes."""
    kind = _KINDS[request.param]
    script = os.environ.get(kind.variable)
    if not script:
        skip(f"no cluster: set {kind.variable} to the path of its script in tests/servers")
    made = kind(script, tmp_path_factory.mktemp("cluster"))
    made.start()
    yield made
    for node in NODES:  # taking leave of the others takes its time
        made.kill(node)
    made.do("wipe")


@pytest.fixture
def nodes(cluster: Cluster) -> list[str]:
    """The DATABASE_URLs of one new database, one for each node; all nodes are up."""
    return cluster.new_database()


@pytest.fixture
def database(nodes: list[str]) -> str:
    """Through the first node."""
    return nodes[0]
