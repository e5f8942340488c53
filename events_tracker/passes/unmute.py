"""unmute: groups that were closed by hand may open again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.ids import id_of, new_id
from events_tracker.base.text import NOTE_WIDTH, storable
from events_tracker.base.times import Instant
from events_tracker.model.alerts import Alert
from events_tracker.model.filters import Filter
from events_tracker.model.notes import MUTE_ENDED, Note
from events_tracker.model.runs import Numbers, Run
from events_tracker.passes.clear import refuse_ambiguous

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Request(Struct, frozen=True):
    """The order of ``who`` to end mutes: those of ``ids``, or else what ``only`` lets pass."""

    now: Instant
    host: str
    only: Filter
    ids: Sequence[str]
    who: str
    reason: str = ""
    dry_run: bool = False


class Summary(Struct, frozen=True):
    """The entries whose groups were muted and are no more; ``muted``: those that still are."""

    dry_run: bool
    unmuted: Sequence[Alert]
    muted: Sequence[Alert]


def run(request: Request, store: "Store") -> Summary:
    """End the mutes that are meant, and note on each entry who did.

    What still reaches its value is opened by the next scan. Raises UsageError if the account code
    is that of several clients, and StorageError if the database fails.
    """
    foreseen = store.read(lambda rows: _choose(request, rows))
    if request.dry_run or not foreseen.unmuted:
        return foreseen
    run = Run(new_id(request.now), "clear", request.host, request.now)
    return store.write(run, lambda rows: _write(request, rows, run.id))


def _choose(request: Request, rows: "Rows") -> Summary:
    muted = rows.triggers.muted_alerts()
    if request.ids:
        meant = [alert for alert in muted if alert.id in request.ids]
    else:
        meant = [alert for alert in muted if request.only.matches(alert)]
        refuse_ambiguous(request.only, meant)
    return Summary(request.dry_run, meant, [alert for alert in muted if alert not in meant])


def _write(request: Request, rows: "Rows", pass_id: str) -> tuple[Summary, Numbers]:
    chosen = _choose(request, rows)
    rows.triggers.mark([alert.register_id for alert in chosen.unmuted], pass_id)
    rows.triggers.close(pass_id)
    text = storable(": ".join(filter(None, (MUTE_ENDED, request.reason))), NOTE_WIDTH) or MUTE_ENDED
    for alert in chosen.unmuted:
        note_id = id_of(request.now, pass_id, alert.register_id)
        rows.notes.add(Note(note_id, alert.register_id, request.now, request.who, text))
    return chosen, {"unmuted": len(chosen.unmuted)}
