"""Alarms as rows: reading them, and writing what people and scans change."""

import json
from collections.abc import Collection, Sequence

from events_tracker.base.text import ERROR_WIDTH
from events_tracker.base.times import Instant
from events_tracker.model.alarms import DEFAULT_ALARM, Alarm
from events_tracker.storage.convert import convert, from_json
from events_tracker.storage.engines.engine import FetchedRow
from events_tracker.storage.session import Statements
from events_tracker.storage.statements import Value


class Alarms:
    """The alarms that are not deleted."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def all(self) -> list[Alarm]:
        """Read every alarm, `default` among them, by name."""
        return [_alarm(row) for row in self._statements.rows("alarms_all")]

    def ever(self, ids: Collection[str]) -> list[Alarm]:
        """Read the alarms with these ids as they are, or were when they were deleted."""
        return [_alarm(row) for row in self._statements.chunks("alarms_ever", sorted(ids))]

    def names(self) -> set[str]:
        """Read the names of all alarms, of those that were deleted too."""
        return {str(row["name"]) for row in self._statements.rows("alarms_names")}

    def default(self) -> Alarm | None:
        """Read the alarm that the environment defines; None before `init`."""
        return next((alarm for alarm in self.all() if alarm.id == DEFAULT_ALARM), None)

    def add(self, alarm: Alarm) -> None:
        self._statements.insert("alarms_add", [_row(alarm)])

    def edit(self, alarm: Alarm, *, deleted: bool = False) -> bool:
        """Write what people set; return False if the row has changed since ``alarm`` was read."""
        columns = ("runs", "last_run_at", "last_run_status", "last_error", "last_detection_at")
        left_alone = {*columns, "evaluated_until", "defined_in", "created_by", "created_at"}
        row = {name: value for name, value in _row(alarm).items() if name not in left_alone}
        row["deleted_mark"] = alarm.id if deleted else ""
        return self._statements.run("alarms_edit", **row) == 1

    def ran(self, ids: Sequence[str], at: Instant, status: str, error: str | None) -> None:
        """Record that a scan evaluated these alarms, all with the same status and error."""
        if ids:
            shown = error[:ERROR_WIDTH] if error else None
            self._statements.run("alarms_ran", ids=ids, at=at, status=status, error=shown)

    def evaluated(self, ids: Sequence[str], until: Instant, horizon: Instant) -> None:
        """Record ``until`` as the moment up to which these alarms have missed nothing.

        A later end stays, unless it is beyond ``horizon``.
        """
        if ids:
            self._statements.run("alarms_evaluated", ids=ids, until=until, horizon=horizon)

    def start_afresh(self, id_: str) -> None:
        """Forget the end of the last evaluation: nothing from before counts as missed."""
        self._statements.run("alarms_start_afresh", id=id_)

    def caught_up(self, id_: str, until: Instant | None, found: int, at: Instant) -> None:
        """Record that missed windows up to ``until`` were evaluated; ``found``: alerts opened."""
        self._statements.run("alarms_caught_up", id=id_, until=until, found=found, at=at)

    def counted(self, ids: Sequence[str], at: Instant) -> None:
        """Record that these alarms counted an event, where none was recorded before."""
        if ids:
            self._statements.run("alarms_counted", ids=ids, at=at)

    def detected(self, ids: Sequence[str], at: Instant, seq: int) -> None:
        """Add the alerts that the scan ``seq`` opened to these alarms' totals."""
        if ids:
            self._statements.run("alarms_detected", ids=ids, at=at, seq=seq)


_JSON = ("codes", "cucs", "accounts", "companies", "group_by", "values", "channels", "to", "cc")
"""The columns that hold JSON."""


def _alarm(row: FetchedRow) -> Alarm:
    columns = {**row, **{name: from_json(row[name]) for name in _JSON}}
    return convert({**columns, "definition": columns, "email": columns}, Alarm)


def _row(alarm: Alarm) -> dict[str, Value]:
    rule = alarm.definition
    return {
        "id": alarm.id,
        "name": alarm.name,
        "deleted_mark": "",
        "defined_in": alarm.defined_in,
        "description": alarm.description,
        "priority": alarm.priority,
        "source": rule.source,
        "source_alarm_id": rule.source_alarm_id,
        "codes": json.dumps(rule.codes),
        "cucs": json.dumps(rule.cucs),
        "accounts": json.dumps(rule.accounts),
        "companies": json.dumps(rule.companies),
        "group_by": json.dumps(rule.group_by),
        "condition_kind": rule.condition,
        "condition_field": rule.field,
        "operator": rule.operator.value,
        "threshold": rule.value,
        "thresholds": json.dumps(dict(rule.values)),
        "window_ms": rule.window,
        "enabled": int(alarm.enabled),
        "notify": int(alarm.notify),
        "channels": json.dumps(alarm.channels),
        "email_subject": alarm.email.subject,
        "email_to": json.dumps(alarm.email.to),
        "email_cc": json.dumps(alarm.email.cc),
        "include_table": int(alarm.email.include_table),
        "catch_up": int(alarm.catch_up),
        "evaluated_until": alarm.evaluated_until,
        "clear_below": alarm.clear_below,
        "clear_after": alarm.clear_after,
        "status": alarm.status,
        "changed_by": alarm.changed_by,
        "changed_at": alarm.changed_at,
        "comment": alarm.comment,
        "last_run_at": alarm.last_run_at,
        "last_run_status": alarm.last_run_status,
        "last_error": alarm.last_error,
        "runs": alarm.runs,
        "detections": alarm.detections,
        "last_detection_at": alarm.last_detection_at,
        "revision": alarm.revision,
        "version": alarm.version,
        "created_by": alarm.created_by,
        "created_at": alarm.created_at,
    }
