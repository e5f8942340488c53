"""Opening of the database that a DATABASE_URL names."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from events_tracker.storage.engines.engine import Engine
from events_tracker.storage.store import Database


def open_store(
    url: str,
    folder: Path,
    absent: str = "run `tracker init` to make it",
    waiting: Callable[[str], None] = lambda _: None,
) -> Database:
    """Make the database that a DATABASE_URL names; nothing is connected yet.

    A relative SQLite path is relative to ``folder``. The URL's form was checked by the settings.
    ``absent``: what is to be done, and by whom, where there is no database yet.
    ``waiting`` is told that one that is away is waited for.
    """
    return Database(_engine(url, folder), absent, waiting)


def files(url: str, folder: Path) -> tuple[Path, ...]:
    """Name the files that an SQLite database may have, there or not; none of a server's."""
    parts = urlsplit(url)
    if parts.scheme != "sqlite":
        return ()
    file = _file(parts, folder)
    return (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm")))


def _file(parts: SplitResult, folder: Path) -> Path:
    return folder / unquote(parts.path.removeprefix("/"))


def _engine(url: str, folder: Path) -> Engine:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        from events_tracker.storage.engines.sqlite import SQLite

        return SQLite(_file(parts, folder))
    from events_tracker.storage.engines.mysql import USUAL_PORT, Address, MySQL

    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return MySQL(
        Address(
            host=parts.hostname or "localhost",
            port=parts.port or USUAL_PORT,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.removeprefix("/")),
            unix_socket=options.get("unix_socket"),
            ssl_ca=options.get("ssl_ca"),
            ssl_disabled=options.get("ssl_disabled", "").lower() == "true",
        )
    )
