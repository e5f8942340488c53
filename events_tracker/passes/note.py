"""note: somebody writes on one alert, and may take it over."""

from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.errors import Refused, UsageError
from events_tracker.base.ids import new_id
from events_tracker.base.problems import Problem
from events_tracker.base.text import NOTE_WIDTH, shortened, storable
from events_tracker.base.times import Instant
from events_tracker.model.notes import Note
from events_tracker.model.runs import Numbers, Run

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Request(Struct, frozen=True):
    """The order for one note of ``who`` on one entry; ``acknowledge``: they take the alert over."""

    now: Instant
    host: str
    register_id: str
    text: str
    who: str
    acknowledge: bool = False


def run(request: Request, store: "Store") -> Note:
    """Write the note, and return it as it is kept.

    Raises Refused for a text that is empty or too long, UsageError if the register has no such
    entry, and StorageError if the database fails.
    """
    note = Note(
        new_id(request.now),
        request.register_id,
        request.now,
        request.who,
        _text(request.text),
        request.acknowledge,
    )
    # What cannot be is refused before a transaction begins, and once more within it.
    store.read(lambda rows: _refuse_unknown(rows, note.register_id))

    def write(rows: "Rows") -> tuple[Note, Numbers]:
        _refuse_unknown(rows, note.register_id)
        rows.notes.add(note)
        return note, {"notes": 1}

    return store.write(Run(new_id(request.now), "note", request.host, request.now), write)


def _text(given: str) -> str:
    """Return the text as it is kept: without what surrounds it, its lines ended in one way."""
    text = given.replace("\r\n", "\n").strip()
    if not 0 < len(text) <= NOTE_WIDTH:
        raise Refused([Problem("text", "text_length", {"most": NOTE_WIDTH}, given)])
    return storable(text, NOTE_WIDTH) or ""


def _refuse_unknown(rows: "Rows", register_id: str) -> None:
    if rows.register.entry(register_id) is None:
        raise UsageError(
            f"the register has no entry {shortened(register_id)!r}: `tracker history --wide` has "
            "the ids"
        )
