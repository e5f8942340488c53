"""Numbers of what is kept, for whoever watches the tracker: counted by the database."""

from collections.abc import Mapping

from events_tracker.base.times import Instant
from events_tracker.model.metrics import LastScan, OpenAlerts
from events_tracker.storage.convert import convert, from_json
from events_tracker.storage.session import Statements


class Metrics:
    """Numbers over whole tables, each read from an index."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def runs(self, since: Instant) -> Mapping[tuple[str, str], int]:
        """Count the runs since then, by pass and outcome."""
        rows = self._statements.rows("metrics_runs", since=since)
        counts = {(row["pass"], row["status"]): row["runs"] for row in rows}
        return convert(counts, dict[tuple[str, str], int])

    def last_scan(self, since: Instant, latest: Instant) -> LastScan | None:
        """Read what the last scan of this time did; None if there was none."""
        rows = self._statements.rows("metrics_last_scan", since=since, latest=latest)
        found = [{**from_json(row["summary"]), "status": row["status"]} for row in rows]
        return convert(found[0], LastScan) if found else None

    def alarms(self) -> list[tuple[str, str, int]]:
        """Read names, priorities and detections of the alarms, by name."""
        rows = self._statements.rows("metrics_alarms")
        return convert([tuple(row.values()) for row in rows], list[tuple[str, str, int]])

    def open_alerts(self, stale: Instant) -> list[OpenAlerts]:
        """Count what is open by alarm and priority, and of it what opened before ``stale``."""
        return convert(self._statements.rows("metrics_open", stale=stale), list[OpenAlerts])

    def muted(self) -> int:
        """Count the groups that somebody closed by hand and whose conditions still hold."""
        return self._statements.number("metrics_muted")

    def deliveries(self, since: Instant) -> Mapping[tuple[str, str], int]:
        """Count the deliveries of the notifications since then, by channel and status."""
        rows = self._statements.rows("metrics_deliveries", since=since)
        counts = {(row["channel"], row["outcome"]): row["deliveries"] for row in rows}
        return convert(counts, dict[tuple[str, str], int])

    def oldest_due(self) -> Mapping[str, Instant]:
        """Read by channel since when the delivery that waits longest is due."""
        rows = self._statements.rows("metrics_oldest_due")
        return convert({row["channel"]: row["due_at"] for row in rows}, dict[str, Instant])
