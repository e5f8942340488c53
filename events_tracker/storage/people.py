"""People as rows."""

from events_tracker.model.people import Person
from events_tracker.storage.convert import convert
from events_tracker.storage.session import Statements


class People:
    """The people who may sign in to the pages."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def named(self, name: str) -> Person | None:
        """Read one person; None if there is none of this name."""
        rows = self._statements.rows("people_named", name=name)
        return convert(rows[0], Person) if rows else None
