"""SQLite: one file, write-ahead log, one writer at a time."""

import errno
import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from events_tracker.base import limits
from events_tracker.base.access import how_to_get_in, me
from events_tracker.base.errors import THEN_STATUS
from events_tracker.storage.engines.engine import FetchedRow, Trouble
from events_tracker.storage.statements import Statement, Value

_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_REFUSED = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
}


class DatabaseMissing(sqlite3.OperationalError):
    """There is no file yet; connecting must not make one."""


class SQLite:
    """An :class:`~events_tracker.storage.engines.engine.Engine` over a file."""

    dialect = "sqlite"
    in_cluster = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self.where = str(path)
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None

    @property
    def path(self) -> Path:
        return self._path

    def connect(self) -> None:
        # Asked, not tried: whatever keeps us from looking is no sign that there is nothing.
        try:
            found = self._path.stat()
        except FileNotFoundError as error:
            raise DatabaseMissing(f"{self._path} does not exist") from error
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(found.st_mode):
            # A device or a pipe has no size either, and would never be a database.
            raise OSError(errno.EINVAL, "not a regular file")
        if found.st_size == 0:
            raise DatabaseMissing(f"{self._path} is empty")
        # SQLite hears no Ctrl-C while it waits: the unit begins again instead.
        self._connection = sqlite3.connect(
            self._path, timeout=limits.CTRL_C_SECONDS, isolation_level=None
        )
        self._opened = found.st_dev, found.st_ino
        # FULL: a committed alert survives a power cut.
        self._connection.execute("PRAGMA synchronous = FULL")

    def create_database(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Its owner's alone from its first byte; the log files inherit owner and mode.
        with suppress(FileExistsError):
            file = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            try:
                _share(file, self._path.parent.stat())
            finally:
                os.close(file)
        connection = sqlite3.connect(self._path, timeout=limits.LOCK_WAIT_SECONDS)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        finally:
            connection.close()

    def look_again(self) -> None:
        """Close a file that was moved or replaced: a backup put back, or none any more.

        Whoever went on with it would write where nobody reads.
        """
        if self._connection is None:
            return
        try:
            found = self._path.stat()
        except OSError:
            self.close()
        else:
            if self._opened != (found.st_dev, found.st_ino):
                self.close()

    def close(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    @property
    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self.connect()
        assert self._connection is not None  # noqa: S101 - for the type checker
        return self._connection

    def begin(self) -> None:
        # IMMEDIATE: wait for the writer before us here, not in the middle with a stale snapshot.
        self._open.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self._open.execute("COMMIT")

    def rollback(self) -> None:
        if self._connection is not None and self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def execute(self, sql: str, values: Sequence[Value]) -> int:
        return self._open.execute(sql, tuple(values)).rowcount

    def rows(self, sql: str, values: Sequence[Value]) -> list[FetchedRow]:
        return list(self.query(sql, values))

    def query(self, sql: str, values: Sequence[Value]) -> Iterator[FetchedRow]:
        cursor = self._open.execute(sql, tuple(values))
        names = [column[0] for column in cursor.description]
        for row in cursor:
            yield dict(zip(names, row, strict=True))

    def insert(self, statement: Statement, rows: Sequence[dict[str, Value]]) -> None:
        text, _ = statement.bind_rows(rows[:1], "?")
        names = statement.columns
        self._open.executemany(text, ([row[name] for name in names] for row in rows))

    def trouble(self, error: Exception) -> Trouble | None:
        if not isinstance(error, sqlite3.Error | OSError):
            return None
        return Trouble.CONTENTION if _code(error) in _LOCKED else Trouble.FINAL

    def explain(self, error: Exception) -> str:
        code = _code(error)
        if code in _LOCKED:
            return f"the database {self._path} is locked by another process; try again"
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_full(self._path)):
            return (
                f"the database {self._path} cannot be written: its disk is full; make room there"
                + THEN_STATUS
            )
        if isinstance(error, OSError) or code in _REFUSED:
            return f"the database {self._path} cannot be opened or written{self._why(error)}"
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return f"{self._path} is damaged or not a database: {error}"
        return f"the database {self._path} failed: {error}"

    def _why(self, error: Exception) -> str:
        """Return what the system said: SQLite itself tells only that a file was refused."""
        folder = self._path.parent
        if isinstance(error, PermissionError):
            if os.access(folder, os.X_OK, effective_ids=True) and not self._path.exists():
                return (
                    f" by you ({me()}), who may not make files in {folder}: "
                    "name another place in DATABASE_URL"
                )
            return f" by you ({me()}): {how_to_get_in(self._path)}"
        if isinstance(error, OSError):
            return f": {error.strerror or error}"
        if _is_read_only(self._path):
            return ": its file system is read-only, by its mount or because its disk failed"
        needed = {self._path: os.R_OK | os.W_OK, folder: os.W_OK | os.X_OK}
        for path, mode in needed.items():
            if not os.access(path, mode, effective_ids=True):
                return f" by you ({me()}): {how_to_get_in(path)}"
        return f": {error}"

    def is_too_large(self, error: Exception) -> bool:
        return _code(error) == sqlite3.SQLITE_TOOBIG

    def is_there_already(self, error: Exception) -> bool:  # DDL rolls back here
        return False

    def missing_database(self, error: Exception) -> bool:
        return isinstance(error, DatabaseMissing)

    def missing_table(self, error: Exception) -> bool:
        return isinstance(error, sqlite3.OperationalError) and "no such table" in str(error)


def _is_read_only(path: Path) -> bool:
    """Tell whether nobody at all may write there."""
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def _is_full(path: Path) -> bool:
    """Tell whether there is no room for the file that SQLite shares among processes, of 32 KiB."""
    try:
        found = os.statvfs(path.parent)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < 32 * 1024


def _share(file: int, folder: os.stat_result) -> None:
    """Give a new file to whom its folder is for.

    Made by root, it is for the owner of the folder, whose passes are to use it. Where new files
    take the folder's group (setgid) and that group may write in it, the group may use the file too.
    """
    if os.geteuid() == 0:
        os.fchown(file, folder.st_uid, folder.st_gid)
    shared = stat.S_ISGID | stat.S_IWGRP
    if folder.st_mode & shared == shared:
        os.fchmod(file, 0o660)


def _code(error: Exception) -> int:
    """Return SQLite's primary result code; 0 for what is no error of SQLite."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF
