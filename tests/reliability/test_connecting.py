"""What keeps the tracker from a server: waited for where it will pass, told at once where not."""

import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.engines import on_servers, sql
from tests.support.new import database
from tests.support.world import Console, Tracker, finish

__all__ = ["database"]

pytestmark = on_servers


@pytest.fixture
def limited(tracker: Tracker, database: str, initialised: None) -> Iterator[str]:
    """The DATABASE_URL of a user who may have one connection at a time."""
    parts = urlsplit(database)
    name, server = f"tl_{secrets.token_hex(4)}", parts._replace(path="").geturl()
    sql(server, f"CREATE USER '{name}'@'%' IDENTIFIED BY '' WITH MAX_USER_CONNECTIONS 1")
    sql(server, f"GRANT ALL ON `{parts.path[1:]}`.* TO '{name}'@'%'")
    yield parts._replace(netloc=f"{name}@{parts.hostname}:{parts.port}").geturl()
    sql(server, f"DROP USER '{name}'@'%'")


def test_passes_that_may_not_connect_at_once_take_turns(console: Console, limited: str) -> None:
    processes = [console.start("scan", DATABASE_URL=limited) for _ in range(3)]
    results = [finish(process) for process in processes]
    assert [(result.exit_code, result.stderr) for result in results] == [(0, "")] * 3


def test_a_limit_that_no_wait_outlasts_is_told_at_once(
    tracker: Tracker, database: str, limited: str
) -> None:
    user = urlsplit(limited).username
    limit = f"ALTER USER '{user}'@'%' WITH MAX_USER_CONNECTIONS 0 MAX_CONNECTIONS_PER_HOUR 1"
    sql(urlsplit(database)._replace(path="").geturl(), limit)
    assert tracker("history", DATABASE_URL=limited).exit_code == 0
    tracker.clock.slept.clear()
    result = tracker("history", DATABASE_URL=limited)
    assert result.exit_code == 1
    assert "max_connections_per_hour" in result.stderr
    assert tracker.clock.slept == []


@pytest.fixture
def authorities(tmp_path: Path) -> dict[str, Path]:
    """Files in place of the server's authority."""
    files = {name: tmp_path / name for name in ("missing", "text", "folder", "another")}
    files["text"].write_text("no certificate")
    files["folder"].mkdir()
    make = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=Another -keyout key -out another"
    subprocess.run(make.split(), cwd=tmp_path, check=True, capture_output=True)
    return files


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing", "No such file or directory"),
        ("text", "it holds no certificate that can be read"),
        ("folder", "Is a directory"),
    ],
)
@pytest.mark.parametrize("command", ["init", "history"])
def test_authorities_that_cannot_be_read_are_told_at_once(
    tracker: Tracker,
    database: str,
    authorities: dict[str, Path],
    name: str,
    reason: str,
    command: str,
) -> None:
    file = authorities[name]
    url = urlsplit(database)._replace(query=f"ssl_ca={file}").geturl()
    result = tracker(command, DATABASE_URL=url)
    assert result.exit_code == 2
    assert result.stderr == f"error: DATABASE_URL: ssl_ca {file} cannot be used: {reason}\n"
    assert tracker.clock.slept == []


def test_a_server_that_the_authority_does_not_stand_for_is_told_at_once(
    tracker: Tracker, database: str, authorities: dict[str, Path], initialised: None
) -> None:
    url = urlsplit(database)._replace(query=f"ssl_ca={authorities['another']}").geturl()
    result = tracker("history", DATABASE_URL=url)
    assert result.exit_code == 1
    # The second: it speaks no TLS at all.
    assert "is not trusted: " in result.stderr or "SSL is required" in result.stderr
    assert result.stderr.count("\n") == 1
    assert tracker.clock.slept == []


@pytest.mark.parametrize("command", ["init", "history"])
def test_a_user_whom_the_server_does_not_know_is_refused_at_once(
    tracker: Tracker, database: str, initialised: None, command: str
) -> None:
    parts = urlsplit(database)
    url = parts._replace(netloc=f"nobody:wrong@{parts.hostname}:{parts.port}").geturl()
    result = tracker(command, DATABASE_URL=url)
    assert result.exit_code == 1
    assert "refused us" in result.stderr
    assert "ssl_disabled" in result.stderr
    assert result.stderr.count("\n") == 1
    assert tracker.clock.slept == []
