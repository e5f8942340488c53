"""The databases of the tests: their engines and servers, and a look at them from outside."""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, NoReturn
from urllib.parse import SplitResult, urlsplit

import pytest

from events_tracker.storage.migrations import migrations

SERVERS = [
    pytest.param("mysql", marks=pytest.mark.mysql),
    pytest.param("mariadb", marks=pytest.mark.mariadb),
]
ENGINES = ["sqlite", *SERVERS]

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what depends on no statement of SQL."""

on_servers = pytest.mark.parametrize("database", SERVERS, indirect=True)
"""For what only a server can do."""


def server_url(engine: str) -> SplitResult:
    """The parts of the address of the server that this engine's tests use."""
    variable = f"TRACKER_TEST_{engine.upper()}_URL"
    product = {"mysql": "MySQL", "mariadb": "MariaDB"}[engine]
    if variable not in os.environ:
        skip(
            f"no {product} server: set {variable}=mysql://root@127.0.0.1:3306/ "
            f"to a {product} server whose user may create databases and users"
        )
    return urlsplit(os.environ[variable])


def skip(what_is_missing: str) -> NoReturn:
    """Skip this test; or fail it, where nothing may be missing."""
    if os.environ.get("TRACKER_TEST_NO_SKIP") == "1":
        pytest.fail(what_is_missing)
    pytest.skip(what_is_missing)


@contextmanager
def connected(database_url: str) -> Iterator[Any]:
    """A connection of the test's own to the database of a DATABASE_URL (or to its server)."""
    parts = urlsplit(database_url)
    if parts.scheme == "sqlite":
        path = parts.path.removeprefix("/")
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            yield connection
        return
    import mysql.connector

    server = mysql.connector.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=parts.username,
        password=parts.password or "",
        database=parts.path.removeprefix("/") or None,
        use_pure=True,
        ssl_disabled=True,
        autocommit=True,
    )
    with closing(server):
        yield server


def sql(database_url: str, statement: str) -> list[tuple[Any, ...]]:
    """Run one statement without parameters; its rows, if it has any."""
    with connected(database_url) as connection:
        cursor = connection.cursor()
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []


def empty(database_url: str) -> None:
    """Take every row out of a server's database but those that the migrations put there."""
    name = urlsplit(database_url).path.removeprefix("/")
    server = urlsplit(database_url)._replace(path="").geturl()
    with connected(server) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(f"SHOW FULL TABLES FROM {name} WHERE Table_type = 'BASE TABLE'")
        tables = {table for table, _type in cursor.fetchall()}
        cursor.execute(f"USE {name}")
        for table in tables - {"schema_migrations"}:
            cursor.execute(f"DELETE FROM {table}")
        for migration in migrations() if tables else ():
            if migration.sql.startswith("INSERT"):
                cursor.execute(migration.sql)


def dump(database_url: str) -> Mapping[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    if database_url.startswith("sqlite"):
        names = sql(database_url, "SELECT name FROM sqlite_master WHERE type = 'table'")
    else:
        names = sql(
            database_url,
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'",
        )
    return {name: sorted(sql(database_url, f"SELECT * FROM {name}"), key=repr) for (name,) in names}
