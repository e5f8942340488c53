"""MySQL, MariaDB and Galera, through mysql-connector-python in pure mode.

Pure mode, because the C extension does not load everywhere and lets other exceptions out. One
cursor for the life of a connection, because opening one pings, and the ping swallows a cluster's
refusal of the transaction. Transactions are opened and closed by statements for the same reason.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from events_tracker import limits
from events_tracker.storage.engine import Record, Trouble
from events_tracker.storage.statements import Statement, Value, load

if TYPE_CHECKING:
    from mysql.connector.abstracts import MySQLConnectionAbstract, MySQLCursorAbstract

_MARK = "%s"
# 1020: MariaDB's, where a snapshot is isolated (from 11.6.2 on by default) and a row changed since.
_CONTENTION = {1020, 1205, 1213}
# 1047: a joining or minority node; 1180: it left during the commit; -1: a ping hid one of them;
# 3024: no answer in time, after which the driver has closed the connection.
_CONNECTION = {-1, 1040, 1047, 1053, 1180, 2002, 2003, 2006, 2013, 2055, 3024, 4031}
_DUPLICATE = 1062
_NO_DATABASE = 1049
_NO_TABLE = 1146
# Table, column, key or row exists already; column or key was dropped already.
_THERE_ALREADY = {1050, 1060, 1061, 1062, 1091}
_REFUSED = {1044, 1045, 1142, 1143, 1227, 1410, 1698, 3118}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is and who we are there. Nothing of it but host and port is ever shown."""

    host: str
    port: int
    user: str
    database: str
    password: str = field(repr=False)
    unix_socket: str | None = None
    ssl_ca: str | None = None
    ssl_disabled: bool = False


class MySQL:
    """An :class:`~events_tracker.storage.engine.Engine` over one server connection."""

    dialect = "mysql"

    def __init__(self, address: Address) -> None:
        self._address = address
        self.in_cluster = False
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

        connection = mysql.connector.connect(**self._options(), **more)
        self._connection = connection  # type: ignore[assignment]
        self._cursor = connection.cursor()
        statements = load(self.dialect)
        self.execute(*statements["session_isolation"].bind({}, _MARK))
        self.execute(*statements["session_strict"].bind({}, _MARK))
        lock_wait = {"seconds": limits.LOCK_WAIT_SECONDS}
        self.execute(*statements["session_lock_wait"].bind(lock_wait, _MARK))
        self.in_cluster = bool(list(self.query(*statements["session_in_cluster"].bind({}, _MARK))))
        if self.in_cluster:
            self.execute(*statements["session_read_own_writes"].bind({}, _MARK))

    def connect(self) -> None:
        self._connect(database=self._address.database)

    def create_database(self) -> None:
        self._connect()
        for name in ("create_database_text", "create_database_prepare", "create_database_execute"):
            statement = load(self.dialect)[name]
            self.execute(*statement.bind({"name": self._address.database}, _MARK))
        self.close()

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
        cursor = self._open
        cursor.execute(sql, tuple(values))
        return cursor.rowcount

    def query(self, sql: str, values: Sequence[Value]) -> Iterator[Record]:
        cursor = self._open
        cursor.execute(sql, tuple(values))
        names = [column[0] for column in cursor.description or ()]
        while rows := cursor.fetchmany(limits.ROWS_PER_STATEMENT):
            for row in rows:
                yield dict(zip(names, row, strict=True))  # type: ignore[arg-type]

    def insert(self, statement: Statement, rows: Sequence[dict[str, Value]]) -> None:
        self.execute(*statement.bind_rows(rows, _MARK))

    def trouble(self, error: Exception) -> Trouble | None:
        from mysql.connector import Error

        if not isinstance(error, Error):
            # A socket that breaks inside the pure driver can surface as it is.
            return Trouble.CONNECTION if isinstance(error, OSError) else None
        if error.errno in _CONTENTION:
            return Trouble.CONTENTION
        if error.errno in _CONNECTION:
            return Trouble.CONNECTION
        return Trouble.DUPLICATE if error.errno == _DUPLICATE else Trouble.FINAL

    def explain(self, error: Exception) -> str:
        where = f"mysql://{self._address.unix_socket or self._address.host}"
        number = getattr(error, "errno", None)
        said = " ".join(str(getattr(error, "msg", None) or error).split())
        if number in _REFUSED:
            hint = "check user, password and rights"
            if self._address.ssl_disabled:
                # MySQL's caching_sha2_password takes a password in clear only while it is cached.
                hint += " (and try without ssl_disabled: MySQL may want TLS for a first login)"
            return f"the database at {where} refused us: {said}; {hint}"
        if number in _CONTENTION:
            return f"the database at {where} is locked by another process; try again ({said})"
        if number in _CONNECTION or isinstance(error, OSError):
            return f"the database at {where} cannot be reached or was lost: {said}"
        return f"the database at {where} failed: {said}"

    def is_there_already(self, error: Exception) -> bool:
        return getattr(error, "errno", None) in _THERE_ALREADY

    def missing_database(self, error: Exception) -> bool:
        return getattr(error, "errno", None) == _NO_DATABASE

    def missing_table(self, error: Exception) -> bool:
        return getattr(error, "errno", None) == _NO_TABLE
