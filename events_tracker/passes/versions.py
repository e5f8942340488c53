"""The one way to write an alarm that people made or changed: its row, and its version."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from events_tracker.base.errors import Changed
from events_tracker.decisions.alarms.versions import present
from events_tracker.model.alarms import Alarm

if TYPE_CHECKING:
    from events_tracker.storage import Rows


def write_first(rows: "Rows", alarm: Alarm, comment: str | None) -> None:
    """Write a new alarm and its first version."""
    rows.alarms.add(alarm)
    rows.versions.add(alarm.id, present(alarm, comment))


def write_next(
    rows: "Rows", stored: Alarm, alarm: Alarm, comment: str | None, *, deleted: bool = False
) -> Alarm:
    """Write a changed alarm, signed already, and its next version; return it with that.

    ``stored`` is the alarm before. Raises Changed if its row says something else by now.
    """
    if not rows.versions.has(stored.id, stored.version):
        # It is older than its versions are: what it was must not be lost with its first change.
        rows.versions.add(stored.id, present(stored, stored.comment))
    if not rows.alarms.edit(alarm, deleted=deleted):
        raise Changed(stored.name, None, None)
    alarm = replace(alarm, version=stored.version + 1)
    rows.versions.add(alarm.id, present(alarm, comment))
    return alarm
