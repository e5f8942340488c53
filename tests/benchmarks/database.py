"""The database of DATABASE_URL by bare driver calls, in processes of their own.

``database.py drop``: drop a MySQL database. ``database.py dump FILE SET``: write the rows that a
pass inserted to a file. ``database.py insert FILE``: insert those rows, in the product's batches
and in one transaction, and nothing else.
"""

import marshal
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

URL = os.environ["DATABASE_URL"]
BATCH = 1_000
SETS = {
    "opened": (
        ("triggers", "SELECT * FROM triggers"),
        ("register_entries", "SELECT * FROM register_entries"),
        ("notifications", "SELECT * FROM notifications"),
    ),
    "observed": (
        ("observations", "SELECT alarm_id, register_id, 1, quantity, highest FROM triggers"),
    ),
    "cleared": (("notifications", "SELECT * FROM notifications WHERE kind = 'cleared'"),),
}
"""The rows that remain of a pass; of one that observes, those that it inserted in between."""


@contextmanager
def connected() -> Iterator[Any]:
    """A connection that commits by statement only."""
    parts = urlsplit(URL)
    if parts.scheme == "sqlite":
        path = parts.path.removeprefix("/")
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            yield connection
        return
    import mysql.connector

    server = mysql.connector.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=parts.username,
        password=parts.password or "",
        database=parts.path.removeprefix("/"),
        use_pure=True,
        ssl_disabled=True,
        autocommit=True,
    )
    with closing(server):
        yield server


def drop() -> None:
    """Drop it, if it is on a server."""
    if URL.startswith("mysql"):
        with connected() as connection:
            name = urlsplit(URL).path.removeprefix("/")
            connection.cursor().execute(f"DROP DATABASE {name}")


def dump(file: str, set_: str) -> None:
    """Write the rows of a set to a file; prints how many they are."""
    found: list[tuple[str, list[tuple[Any, ...]]]] = []
    with connected() as connection:
        for table, query in SETS[set_]:
            cursor = connection.cursor()
            cursor.execute(query)
            found.append((table, [tuple(row) for row in cursor.fetchall()]))
    Path(file).write_bytes(marshal.dumps(found))
    print(sum(len(rows) for _, rows in found))


def insert(file: str) -> None:
    """Insert the rows of a file."""
    tables = marshal.loads(Path(file).read_bytes())
    with connected() as connection:
        cursor = connection.cursor()
        cursor.execute("BEGIN")
        for table, rows in tables:
            for start in range(0, len(rows), BATCH):
                _insert(cursor, table, rows[start : start + BATCH])
        cursor.execute("COMMIT")


def _insert(cursor: Any, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    marks = ["%s" if URL.startswith("mysql") else "?"] * len(rows[0])
    group = f"({', '.join(marks)})"
    if URL.startswith("mysql"):
        values = [value for row in rows for value in row]
        cursor.execute(f"INSERT INTO {table} VALUES {', '.join([group] * len(rows))}", values)
    else:
        cursor.executemany(f"INSERT INTO {table} VALUES {group}", rows)


if __name__ == "__main__":
    actions: dict[str, Callable[..., None]] = {"drop": drop, "dump": dump, "insert": insert}
    actions[sys.argv[1]](*sys.argv[2:])
