"""What a server's errors ask for, in the words in which servers said them."""

import socket

import pytest
from mysql.connector import DatabaseError

from events_tracker.storage.engines.engine import Trouble
from events_tracker.storage.engines.mysql_errors import explain, trouble

OUT_OF_ITS_GROUP = (
    "The server is currently in offline mode since 2026-11-27 19:32:06.657974, reason: (GR) leave "
    "group on failure"
)
READ_ONLY = "The MySQL server is running with the --{} option so it cannot execute this statement"


@pytest.mark.parametrize(
    ("number", "said", "asked", "told"),
    [
        (
            3101,
            "Plugin instructed the server to rollback the current transaction.",
            Trouble.CONTENTION,
            "is locked by another process; try again (",
        ),
        (
            1180,
            "Got error 149 - 'Lock deadlock; Retry transaction' during COMMIT",
            Trouble.CONTENTION,
            "is locked by another process; try again (",
        ),
        (
            1180,
            "Got error 5 - 'Input/output error' during COMMIT",
            Trouble.CONNECTION,
            "cannot be reached or was lost: ",
        ),
        (1114, "The table 'runs' is full", Trouble.FINAL, "is full ("),
        (6400, OUT_OF_ITS_GROUP, Trouble.CONNECTION, "cannot be reached or was lost: "),
        (
            3796,
            "The option group_replication_consistency cannot be used on the current member state.",
            Trouble.CONNECTION,
            "cannot be reached or was lost: ",
        ),
        (
            1290,
            READ_ONLY.format("super-read-only"),
            Trouble.CONNECTION,
            "is read-only: it is a secondary, or out of its group; let DATABASE_URL name the "
            "primary (",
        ),
        (1290, READ_ONLY.format("skip-grant-tables"), Trouble.FINAL, "failed: "),
        (
            3098,
            "The table does not comply with the requirements by an external plugin.",
            Trouble.FINAL,
            "failed: ",
        ),
    ],
)
def test_what_it_asks_for_and_what_is_told(
    number: int, said: str, asked: Trouble, told: str
) -> None:
    error = DatabaseError(msg=said, errno=number)
    assert trouble(error) is asked
    text = explain(error, where="mysql://db.example", packet=1, ssl_disabled=False)
    assert text.startswith(f"the database at mysql://db.example {told}{said}")


@pytest.mark.parametrize(
    ("number", "met", "remedy"),
    [
        (2003, ConnectionRefusedError(), "start it, or correct host and port in DATABASE_URL"),
        (2002, FileNotFoundError(), "start it, or correct unix_socket in DATABASE_URL"),
        (
            2003,
            socket.gaierror(),
            "correct the host in DATABASE_URL, or mend this machine's DNS",
        ),
        (2003, TimeoutError(), "look at its load, at the firewall, and at host and port"),
        (3024, None, "look at its load, at the firewall, and at host and port in DATABASE_URL"),
        (2013, None, "see whether the server is well"),
        (1045, None, "check user and password in DATABASE_URL"),
        (1142, None, "grant the user of DATABASE_URL its rights to this database"),
    ],
)
def test_what_to_do_is_said(number: int, met: Exception | None, remedy: str) -> None:
    error = DatabaseError(msg="said", errno=number)
    error.__cause__ = met
    text = explain(error, where="mysql://db.example", packet=1, ssl_disabled=False)
    assert f": said; {remedy}" in text
    assert text.endswith(", then try `tracker status`")
