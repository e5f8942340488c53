"""Turns of hosts at changing a cluster's schema: one at a time.

Two nodes of a MariaDB Galera cluster that create a view at the same moment hold each other, and
with them the whole cluster, for ever (seen with 10.11.19): each has locked its tables before it
waits for its place among all schema changes. No lock of MariaDB's own reaches across the nodes, so
the turn is a row, and certification lets one host have it. Neither do the members of MySQL's Group
Replication guard a schema against one another.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from events_tracker.base import limits
from events_tracker.base.errors import StorageError
from events_tracker.base.times import Instant
from events_tracker.storage.engines.engine import FetchedRow
from events_tracker.storage.session import Session

T = TypeVar("T")


def in_turn(session: Session, now: Instant, work: Callable[[], T]) -> T:
    """Do this work while no other host does its own; the table of turns must be there.

    A host that died in its turn has left the row behind: it is taken over when neither the row nor
    the schema has changed for a while. Raises StorageError if the turn does not come in time.
    """
    ours = secrets.token_hex(32)
    turn = _turn(session, now, ours)
    while turn["holder"] != ours:
        patience = session.deadline.within(limits.SCHEMA_TURN_SECONDS)
        while (seen := _turn(session, now, ours)) == turn and not patience.passed():
            session.deadline.sleep(limits.TURN_PAUSE_SECONDS)
        if session.deadline.passed():
            raise StorageError("another host is changing the schema: try again in a minute")
        if seen == turn:
            holder = turn["holder"]
            session.write_alone(
                partial(session.run, "schema_take_over", ours=ours, holder=holder, now=now)
            )
        turn = seen
    try:
        return work()
    finally:
        with suppress(StorageError):
            session.write_alone(partial(session.run, "schema_end_turn", ours=ours))


def _turn(session: Session, now: Instant, ours: str) -> FetchedRow:
    """Read whose turn it is and how far their work is; take the turn if it is nobody's."""

    def take() -> FetchedRow:
        if not session.rows("schema_turn"):
            session.run("schema_take_turn", ours=ours, now=now)
        return session.rows("schema_turn")[0]

    return session.write_alone(take)
