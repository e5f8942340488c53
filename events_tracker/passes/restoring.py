"""What is settled once when a database was brought back from a backup.

Since the copy was made, what was pending in it may have been delivered, and whom it lets in may
have been shut out. The first is sent again, but for injections; the second are shut out again.
"""

from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.times import Instant
from events_tracker.decisions.delivery.restoring import DOUBT

if TYPE_CHECKING:
    from events_tracker.storage import Rows


class Restored(Struct, frozen=True):
    """What a restored database was told, and what whoever restored it has to know.

    ``as_of``: the end of the last good scan it knows. ``injections`` became uncertain, ``waiting``
    are the deliveries on other channels that are still to be sent. ``tokens`` were revoked;
    ``people`` may sign in, with the passwords of then.
    """

    as_of: Instant | None
    injections: int
    waiting: int
    tokens: int
    people: tuple[str, ...]


def settle(rows: "Rows", now: Instant, session_key: str) -> Restored:
    """Hold what may have been injected, sign everybody out, and revoke every token.

    ``session_key``: a new one, for everybody.
    """
    as_of = rows.runs.scans().good_until
    rows.runs.restored(now)
    injections = rows.deliveries.doubt(DOUBT)
    rows.people.sign_out(session_key)
    return Restored(
        as_of=as_of,
        injections=injections,
        waiting=rows.deliveries.waiting(),
        tokens=rows.tokens.revoke_all(now),
        people=tuple(person.name for person in rows.people.all()),
    )
