"""Notes as rows."""

from msgspec.structs import asdict

from events_tracker.model.notes import Note
from events_tracker.storage.convert import convert
from events_tracker.storage.session import Statements


class Notes:
    """What people wrote on alerts; each goes with the entry of its alert."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, note: Note) -> None:
        row = {**asdict(note), "acknowledge": int(note.acknowledge)}
        self._statements.insert("notes_add", [row])

    def of(self, register_id: str) -> list[Note]:
        """Read the notes of one entry, in their order."""
        return convert(self._statements.rows("notes_of", register_id=register_id), list[Note])
