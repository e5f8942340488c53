"""MySQL, MariaDB and their clusters, through mysql-connector-python in pure mode.

Pure mode, because the C extension does not load everywhere and lets other exceptions out. One
cursor for the life of a connection, because opening one pings, and the ping swallows a cluster's
refusal of the transaction. Transactions are opened and closed by statements for the same reason.
"""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from events_tracker.base import limits
from events_tracker.base.errors import SetupError
from events_tracker.base.hosts import shown
from events_tracker.storage import packets
from events_tracker.storage.convert import convert
from events_tracker.storage.engines import mysql_errors
from events_tracker.storage.engines.engine import FetchedRow, Trouble
from events_tracker.storage.statements import Statement, Value, load

if TYPE_CHECKING:
    from mysql.connector.abstracts import MySQLConnectionAbstract, MySQLCursorAbstract

USUAL_PORT = 3306
_MARK = "%s"
_READ_WHAT_IS_COMMITTED = {
    "wsrep_on": "session_galera",
    "group_replication_group_name": "session_group_replication",
}
"""By the variable that tells a kind of cluster: what lets us read all that others committed."""


@dataclass(frozen=True, slots=True)
class Address:
    """A server's address and our login there. Nothing of it but host and port is ever shown."""

    host: str
    port: int
    user: str
    database: str
    password: str = field(repr=False)
    unix_socket: str | None = None
    ssl_ca: str | None = None
    ssl_disabled: bool = False


class MySQL:
    """An :class:`~events_tracker.storage.engines.engine.Engine` over one server connection."""

    dialect = "mysql"

    def __init__(self, address: Address) -> None:
        self._address = address
        self.where = (
            f"mysql://{address.unix_socket or shown(address.host, address.port, USUAL_PORT)}"
        )
        self.in_cluster = False
        self._packet = limits.BYTES_PER_STATEMENT
        self._connection: MySQLConnectionAbstract | None = None
        self._cursor: MySQLCursorAbstract | None = None

    def _options(self) -> dict[str, Any]:
        address = self._address
        options: dict[str, Any] = {
            "user": address.user,
            "password": address.password,
            "use_pure": True,
            "charset": "utf8mb4",
            "collation": "utf8mb4_bin",
            "time_zone": "+00:00",
            "autocommit": True,
            "connection_timeout": limits.DATABASE_CONNECT_SECONDS,
            "read_timeout": limits.DATABASE_ANSWER_SECONDS,
            "write_timeout": limits.DATABASE_ANSWER_SECONDS,
        }
        if address.unix_socket:
            options["unix_socket"] = address.unix_socket
        else:
            options["host"], options["port"] = address.host, address.port
        if address.ssl_disabled:
            options["ssl_disabled"] = True
        if address.ssl_ca:
            # The CA alone would accept a server that it certified for somebody else.
            options |= {
                "ssl_ca": address.ssl_ca,
                "ssl_verify_cert": True,
                "ssl_verify_identity": True,
            }
        return options

    def _connect(self, **more: Any) -> None:
        import mysql.connector
        from mysql.connector.constants import ClientFlag

        self._require_ca()
        # Without attributes of the connection, which nobody reads: for one of them, the name of the
        # operating system, the driver would start a process in each of ours.
        flags = [-ClientFlag.CONNECT_ARGS]
        connection = mysql.connector.connect(client_flags=flags, **self._options(), **more)
        self._connection = connection  # type: ignore[assignment]
        self._cursor = connection.cursor()
        self._run("session_modes")
        self._run("session_isolation")
        self._run("session_limits", seconds=limits.LOCK_WAIT_SECONDS)
        self._packet = convert(self._rows("session_packet")[0]["bytes"], int)
        kinds = [str(row["Variable_name"]) for row in self._rows("session_cluster")]
        self.in_cluster = bool(kinds)
        for kind in kinds:
            self._run(_READ_WHAT_IS_COMMITTED[kind])

    def _run(self, name: str, /, **parameters: Value) -> None:
        self.execute(*load(self.dialect)[name].bind(parameters, _MARK))

    def _rows(self, name: str) -> list[FetchedRow]:
        return self.rows(*load(self.dialect)[name].bind({}, _MARK))

    def _require_ca(self) -> None:
        """Raise SetupError for a file of authorities that cannot be read: no server is at fault."""
        file = self._address.ssl_ca
        if file is None:
            return
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=file)
        except OSError as error:
            what = error.strerror or "it holds no certificate"
            if isinstance(error, ssl.SSLError):
                what = "it holds no certificate that can be read"
            raise SetupError(f"DATABASE_URL: ssl_ca {file} cannot be used: {what}") from error

    def connect(self) -> None:
        self._connect(database=self._address.database)

    def create_database(self) -> None:
        self._connect()
        self._run("create_database_text", name=self._address.database)
        self._run("create_database_prepare")
        self._run("create_database_execute")
        self.close()

    def look_again(self) -> None:
        """Do nothing: a server that is another one now has ended its connections."""

    def close(self) -> None:
        # Cut, not said goodbye to: quitting politely blocks on a server that hangs.
        if self._connection is not None:
            with suppress(Exception):
                self._connection.shutdown()
        self._connection = self._cursor = None

    @property
    def _open(self) -> "MySQLCursorAbstract":
        if self._cursor is None:
            self.connect()
        assert self._cursor is not None  # noqa: S101 - for the type checker
        return self._cursor

    def begin(self) -> None:
        self._open.execute("START TRANSACTION")

    def commit(self) -> None:
        self._open.execute("COMMIT")

    def rollback(self) -> None:
        if self._cursor is not None:
            self._cursor.execute("ROLLBACK")

    def execute(self, sql: str, values: Sequence[Value]) -> int:
        return self._executed(sql, values).rowcount

    def _executed(self, sql: str, values: Sequence[Value]) -> "MySQLCursorAbstract":
        cursor = self._open
        try:
            cursor.execute(sql, tuple(values))
        except Exception as error:
            # The server hangs up on what is too large for it, which looks like a lost connection.
            if packets.length(sql, values) > self._packet:
                raise mysql_errors.PacketTooLarge from error
            raise
        return cursor

    def rows(self, sql: str, values: Sequence[Value]) -> list[FetchedRow]:
        # All at once: of one row after the other the driver makes a fourth more work.
        cursor = self._executed(sql, values)
        return list(_named(cursor, cursor.fetchall()))

    def query(self, sql: str, values: Sequence[Value]) -> Iterator[FetchedRow]:
        cursor = self._executed(sql, values)
        while rows := cursor.fetchmany(limits.ROWS_PER_STATEMENT):
            yield from _named(cursor, rows)

    def insert(self, statement: Statement, rows: Sequence[dict[str, Value]]) -> None:
        most = min(self._packet, limits.BYTES_PER_STATEMENT)
        for some in packets.fitting(rows, limits.ROWS_PER_STATEMENT, most):
            self.execute(*statement.bind_rows(some, _MARK))

    def trouble(self, error: Exception) -> Trouble | None:
        return mysql_errors.trouble(error)

    def explain(self, error: Exception) -> str:
        return mysql_errors.explain(
            error,
            where=self.where,
            packet=self._packet,
            ssl_disabled=self._address.ssl_disabled,
        )

    def is_too_large(self, error: Exception) -> bool:
        return mysql_errors.is_too_large(error)

    def is_there_already(self, error: Exception) -> bool:
        return mysql_errors.is_there_already(error)

    def missing_database(self, error: Exception) -> bool:
        return mysql_errors.missing_database(error)

    def missing_table(self, error: Exception) -> bool:
        return mysql_errors.missing_table(error)


def _named(cursor: "MySQLCursorAbstract", rows: Sequence[Any]) -> Iterator[FetchedRow]:
    names = [column[0] for column in cursor.description or ()]
    return (dict(zip(names, row, strict=True)) for row in rows)
