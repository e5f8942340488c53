"""MySQL, MariaDB and Galera, through mysql-connector-python in pure mode.

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
from events_tracker.storage import packets
from events_tracker.storage.convert import convert
from events_tracker.storage.engines.engine import FetchedRow, Trouble
from events_tracker.storage.statements import Statement, Value, load

if TYPE_CHECKING:
    from mysql.connector.abstracts import MySQLConnectionAbstract, MySQLCursorAbstract

_MARK = "%s"
# 1020: MariaDB's, where a snapshot is isolated (from 11.6.2 on by default) and a row changed since.
_CONTENTION = {1020, 1205, 1213}
# 1040, 1203: all connections are taken; 1047: a joining or minority node; 1180: it left during the
# commit; -1: a ping hid one of them; 3024: no answer in time, after which the driver has closed the
# connection.
_CONNECTION = {-1, 1040, 1047, 1053, 1180, 1203, 2002, 2003, 2006, 2013, 2055, 3024, 4031}
# The account's limit of connections, among other limits of its that no wait of ours outlasts.
_ACCOUNT_LIMIT, _ACCOUNT_CONNECTIONS = 1226, "max_user_connections"
_TOO_LARGE = 1153
_DUPLICATE = 1062
_NO_DATABASE = 1049
_NO_TABLE = 1146
# Table, column, key or row exists already; column or key was dropped already.
_THERE_ALREADY = {1050, 1060, 1061, 1062, 1091}
# It refers to what is not there, or belongs to a user who is not there.
_BROKEN_VIEW = {1356, 1449}
_REFUSED = {1044, 1045, 1142, 1143, 1227, 1410, 1698, 3118}


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


class PacketTooLarge(Exception):
    """A statement is longer than the server's max_allowed_packet."""


class MySQL:
    """An :class:`~events_tracker.storage.engines.engine.Engine` over one server connection."""

    dialect = "mysql"

    def __init__(self, address: Address) -> None:
        self._address = address
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

        self._require_ca()
        connection = mysql.connector.connect(**self._options(), **more)
        self._connection = connection  # type: ignore[assignment]
        self._cursor = connection.cursor()
        self._run("session_modes")
        self._run("session_isolation")
        self._run("session_limits", seconds=limits.LOCK_WAIT_SECONDS)
        self._packet = convert(self._rows("session_packet")[0]["bytes"], int)
        self.in_cluster = bool(self._rows("session_in_cluster"))
        if self.in_cluster:
            self._run("session_read_own_writes")

    def _run(self, name: str, /, **parameters: Value) -> None:
        self.execute(*load(self.dialect)[name].bind(parameters, _MARK))

    def _rows(self, name: str) -> list[FetchedRow]:
        return list(self.query(*load(self.dialect)[name].bind({}, _MARK)))

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
                raise PacketTooLarge from error
            raise
        return cursor

    def query(self, sql: str, values: Sequence[Value]) -> Iterator[FetchedRow]:
        cursor = self._executed(sql, values)
        names = [column[0] for column in cursor.description or ()]
        while rows := cursor.fetchmany(limits.ROWS_PER_STATEMENT):
            for row in rows:
                yield dict(zip(names, row, strict=True))  # type: ignore[arg-type]

    def insert(self, statement: Statement, rows: Sequence[dict[str, Value]]) -> None:
        most = min(self._packet, limits.BYTES_PER_STATEMENT)
        for some in packets.fitting(rows, limits.ROWS_PER_STATEMENT, most):
            self.execute(*statement.bind_rows(some, _MARK))

    def trouble(self, error: Exception) -> Trouble | None:
        from mysql.connector import Error

        if self.is_too_large(error) or _distrusts(error) or _wants_tls(error):
            return Trouble.FINAL
        if not isinstance(error, Error):
            # A socket that breaks inside the pure driver can surface as it is.
            return Trouble.CONNECTION if isinstance(error, OSError) else None
        if error.errno in _CONTENTION:
            return Trouble.CONTENTION
        if error.errno in _CONNECTION or _are_too_many(error):
            return Trouble.CONNECTION
        return Trouble.DUPLICATE if error.errno == _DUPLICATE else Trouble.FINAL

    def explain(self, error: Exception) -> str:
        where = f"mysql://{self._address.unix_socket or self._address.host}"
        number = getattr(error, "errno", None)
        said = " ".join(str(getattr(error, "msg", None) or error).split())
        if _distrusts(error):
            return (
                f"the database at {where} is not trusted: {said}; check ssl_ca and the host's name"
            )
        if _wants_tls(error):
            return (
                f"the database at {where} refused us: {said}; take ssl_disabled out of DATABASE_URL"
            )
        if number in _REFUSED:
            hint = "check user, password and rights"
            if self._address.ssl_disabled:
                # MySQL's caching_sha2_password takes a password in clear only while it is cached.
                hint += " (and try without ssl_disabled: MySQL may want TLS for a first login)"
            return f"the database at {where} refused us: {said}; {hint}"
        if self.is_too_large(error):
            return (
                f"the database at {where} takes no statement or row over {self._packet} bytes: "
                "raise its max_allowed_packet"
            )
        if number in _BROKEN_VIEW:
            return f"the database at {where} has a view that is broken: run `tracker init` ({said})"
        if number in _CONTENTION:
            return f"the database at {where} is locked by another process; try again ({said})"
        if number in _CONNECTION or isinstance(error, OSError):
            return f"the database at {where} cannot be reached or was lost: {said}"
        return f"the database at {where} failed: {said}"

    def is_too_large(self, error: Exception) -> bool:
        return isinstance(error, PacketTooLarge) or getattr(error, "errno", None) == _TOO_LARGE

    def is_there_already(self, error: Exception) -> bool:
        return getattr(error, "errno", None) in _THERE_ALREADY

    def missing_database(self, error: Exception) -> bool:
        return getattr(error, "errno", None) == _NO_DATABASE

    def missing_table(self, error: Exception) -> bool:
        return getattr(error, "errno", None) == _NO_TABLE


def _are_too_many(error: Exception) -> bool:
    """Tell whether our user has as many connections as it may: others will end."""
    number, text = getattr(error, "errno", None), str(getattr(error, "msg", ""))
    return number == _ACCOUNT_LIMIT and _ACCOUNT_CONNECTIONS in text


def _distrusts(error: Exception) -> bool:
    """Tell whether the server's certificate is not one that the given authorities stand for."""
    return isinstance(error.__cause__, ssl.SSLCertVerificationError)


def _wants_tls(error: Exception) -> bool:
    """Tell whether the server asked for a password in a way that the driver uses over TLS alone.

    MySQL asks so of users whom it does not know. The driver's error has no number of its own.
    """
    return "requires SSL" in str(getattr(error, "msg", ""))
