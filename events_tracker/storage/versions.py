"""Versions of alarms as rows: written with every change, never changed themselves."""

import msgspec

from events_tracker.model.versions import Content, Version
from events_tracker.storage.convert import convert
from events_tracker.storage.engines.engine import FetchedRow
from events_tracker.storage.session import Statements
from events_tracker.storage.statements import Value


class Versions:
    """What alarms were after each change, deleted alarms too."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def of(self, alarm_id: str) -> list[Version]:
        """Read the versions of one alarm, newest first."""
        return [_version(row) for row in self._statements.rows("versions_of", alarm_id=alarm_id)]

    def has(self, alarm_id: str, version: int) -> bool:
        """Tell whether this version is stored."""
        rows = self._statements.rows("versions_one", alarm_id=alarm_id, version=version)
        return bool(rows)

    def add(self, alarm_id: str, version: Version) -> None:
        row: dict[str, Value] = {
            "alarm_id": alarm_id,
            "version": version.version,
            "changed_at": version.changed_at,
            "changed_by": version.changed_by,
            "comment": version.comment,
            "alarm": msgspec.json.encode(version.content).decode(),
        }
        self._statements.insert("versions_add", [row])


def _version(row: FetchedRow) -> Version:
    content = msgspec.json.decode(str(row["alarm"]), type=Content)
    return convert({**row, "content": content}, Version)
