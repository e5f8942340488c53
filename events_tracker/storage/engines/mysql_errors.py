"""What the errors of MySQL, MariaDB and their clusters mean, by their numbers."""

import socket
import ssl

from events_tracker.base.errors import THEN_STATUS
from events_tracker.storage.engines.engine import Trouble

# 1020: MariaDB's, where a snapshot is isolated (from 11.6.2 on by default) and a row changed since.
# 3101: a group's certification found that another member had changed the row first.
_CONTENTION = {1020, 1205, 1213, 3101}
# 1040, 1203: all connections are taken; 1047: a joining or minority node; 1180: it left during the
# commit; -1: a ping hid one of them; 3024: no answer in time, after which the driver has closed the
# connection.
_CONNECTION = {-1, 1040, 1047, 1053, 1180, 1203, 2002, 2003, 2006, 2013, 2055, 3024, 4031}
# Of Group Replication. 3032, 6400, 6401: the member is out of its group and takes no connections;
# 3100: it left during the commit; 3796, 3797, 3799: it is out, waits in vain for others, or leaves.
_CONNECTION |= {3032, 3100, 3796, 3797, 3799, 6400, 6401}
# In InnoDB's words: 149 in 1180, where a member's own transaction was in the way of the group's.
_AT_COMMIT, _IN_THE_WAY = 1180, "Lock deadlock"
# 1290 names the option that is in the way, of which only this one is for us; 1836: InnoDB's own.
_OPTION, _READ_ONLY, _INNODB_READ_ONLY = 1290, "read-only", 1836
# The account's limit of connections, among other limits of its that no wait of ours outlasts.
_ACCOUNT_LIMIT, _ACCOUNT_CONNECTIONS = 1226, "max_user_connections"
_TOO_LARGE = 1153
_FULL = {1021, 1114}
"""No room on the server's disk, or in the place that it gives the table."""
_DUPLICATE = 1062
_NO_DATABASE = 1049
_NO_TABLE = 1146
# Table, column, key or row exists already; column or key was dropped already.
_THERE_ALREADY = {1050, 1060, 1061, 1062, 1091}
# It refers to what is not there, or belongs to a user who is not there.
_BROKEN_VIEW = {1356, 1449}
# These know the user, and refuse what it wants; the others do not let it in.
_RIGHTS = {1044, 1142, 1143, 1227, 1410}
_REFUSED = _RIGHTS | {1045, 1698, 3118}
_NO_ANSWER_IN_TIME = 3024


class PacketTooLarge(Exception):
    """A statement is longer than the server's max_allowed_packet."""


def trouble(error: Exception) -> Trouble | None:
    """Tell what an error asks for; None if it is no error of the driver."""
    from mysql.connector import Error

    if is_too_large(error) or _distrusts(error) or _wants_tls(error):
        return Trouble.FINAL
    if not isinstance(error, Error):
        # A socket that breaks inside the pure driver can surface as it is.
        return Trouble.CONNECTION if isinstance(error, OSError) else None
    if _was_in_the_way(error):
        return Trouble.CONTENTION
    if error.errno in _CONNECTION or _are_too_many(error) or _is_read_only(error):
        return Trouble.CONNECTION
    return Trouble.DUPLICATE if error.errno == _DUPLICATE else Trouble.FINAL


def explain(error: Exception, *, where: str, packet: int, ssl_disabled: bool) -> str:
    """Write one line for people: what failed at this server, and if known what to do.

    ``packet`` is the longest statement that it takes, in bytes.
    """
    number = _number(error)
    said = " ".join(str(getattr(error, "msg", None) or error).split())
    if _distrusts(error):
        return (
            f"the database at {where} is not trusted: {said}; check ssl_ca and the host's name in "
            f"DATABASE_URL{THEN_STATUS}"
        )
    if _wants_tls(error):
        return f"the database at {where} refused us: {said}; take ssl_disabled out of DATABASE_URL"
    if number in _REFUSED:
        hint = "check user and password in DATABASE_URL"
        if number in _RIGHTS:
            hint = "grant the user of DATABASE_URL its rights to this database"
        elif ssl_disabled:
            # MySQL's caching_sha2_password takes a password in clear only while it is cached.
            hint += " (without ssl_disabled: MySQL may want TLS for a first login)"
        return f"the database at {where} refused us: {said}; {hint}{THEN_STATUS}"
    if is_too_large(error):
        return (
            f"the database at {where} takes no statement or row over {packet} bytes: "
            "raise its max_allowed_packet"
        )
    if number in _BROKEN_VIEW:
        return f"the database at {where} has a view that is broken: run `tracker init` ({said})"
    if number in _FULL:
        return f"the database at {where} is full ({said}); make room on its disk{THEN_STATUS}"
    if _is_read_only(error):
        return (
            f"the database at {where} is read-only: it is a secondary, or out of its group; "
            f"let DATABASE_URL name the primary ({said})"
        )
    if _was_in_the_way(error):
        return f"the database at {where} is locked by another process; try again ({said})"
    if number in _CONNECTION or isinstance(error, OSError):
        lost = f"the database at {where} cannot be reached or was lost: {said}"
        return f"{lost}; {_remedy(error)}{THEN_STATUS}"
    return f"the database at {where} failed: {said}"


def _remedy(error: Exception) -> str:
    """Say what to look at where there is no connection, by what the driver met."""
    met = error.__cause__ or error
    if isinstance(met, socket.gaierror):
        return "correct the host in DATABASE_URL, or mend this machine's DNS"
    if isinstance(met, FileNotFoundError):
        return "start it, or correct unix_socket in DATABASE_URL"
    if isinstance(met, ConnectionRefusedError):
        return "start it, or correct host and port in DATABASE_URL"
    if isinstance(met, TimeoutError) or _number(error) == _NO_ANSWER_IN_TIME:
        return "look at its load, at the firewall, and at host and port in DATABASE_URL"
    return "see whether the server is well"


def is_too_large(error: Exception) -> bool:
    """Tell whether a statement, or a row, was larger than the server takes."""
    return isinstance(error, PacketTooLarge) or _number(error) == _TOO_LARGE


def is_there_already(error: Exception) -> bool:
    """Tell whether a migration that is run again met its own work."""
    return _number(error) in _THERE_ALREADY


def missing_database(error: Exception) -> bool:
    """Tell whether connecting failed because no database was made yet."""
    return _number(error) == _NO_DATABASE


def missing_table(error: Exception) -> bool:
    """Tell whether a statement failed because its table was never made."""
    return _number(error) == _NO_TABLE


def _number(error: Exception) -> int | None:
    return getattr(error, "errno", None)


def _text(error: Exception) -> str:
    return str(getattr(error, "msg", ""))


def _was_in_the_way(error: Exception) -> bool:
    number = _number(error)
    return number in _CONTENTION or (number == _AT_COMMIT and _IN_THE_WAY in _text(error))


def _is_read_only(error: Exception) -> bool:
    """Tell whether the server takes no writes, which another one may, or this one in a moment."""
    number = _number(error)
    return number == _INNODB_READ_ONLY or (number == _OPTION and _READ_ONLY in _text(error))


def _are_too_many(error: Exception) -> bool:
    """Tell whether our user has as many connections as it may: others will end."""
    return _number(error) == _ACCOUNT_LIMIT and _ACCOUNT_CONNECTIONS in _text(error)


def _distrusts(error: Exception) -> bool:
    """Tell whether the server's certificate is not one that the given authorities stand for."""
    return isinstance(error.__cause__, ssl.SSLCertVerificationError)


def _wants_tls(error: Exception) -> bool:
    """Tell whether the server asked for a password in a way that the driver uses over TLS alone.

    MySQL asks so of users whom it does not know. The driver's error has no number of its own.
    """
    return "requires SSL" in _text(error)
