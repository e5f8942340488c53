"""Holds as rows."""

from collections.abc import Sequence

import msgspec

from events_tracker.base.times import Instant
from events_tracker.model.holds import Hold, Listed
from events_tracker.storage.convert import convert
from events_tracker.storage.session import Statements


class Holds:
    """What is kept back of accounts for a while. A hold's row stays when it is over."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def standing(self) -> list[Hold]:
        """Read those that were not released yet, the first to end first."""
        return convert(self._statements.rows("holds_standing"), list[Hold])

    def all(self) -> list[Hold]:
        """Read all that there ever were, newest first."""
        return convert(self._statements.rows("holds_all"), list[Hold])

    def at(self, at: Instant) -> list[Hold]:
        """Read those that lasted at a moment, which may be past, the last to end first."""
        return convert(self._statements.rows("holds_at", at=at), list[Hold])

    def one(self, id_: str) -> Hold | None:
        """Read one; None if there is no such hold."""
        rows = self._statements.rows("holds_one", id=id_)
        return convert(rows[0], Hold) if rows else None

    def listed(self, found: Sequence[Hold]) -> list[Listed]:
        """Put beside these holds how many alerts each kept the news back of."""
        rows = self._statements.chunks("holds_held", [hold.id for hold in found])
        held = dict(convert([tuple(row.values()) for row in rows], list[tuple[str, int]]))
        return [Listed(hold, held.get(hold.id, 0)) for hold in found]

    def add(self, hold: Hold) -> None:
        self._statements.insert("holds_add", [msgspec.structs.asdict(hold)])

    def end(self, id_: str, at: Instant, who: str) -> None:
        """Let it keep nothing back any more."""
        self._statements.run("holds_end", id=id_, at=at, who=who)

    def release(self, now: Instant) -> int:
        """Mark those as released whose time is over or that were ended; return their number."""
        return self._statements.run("holds_release", now=now)
