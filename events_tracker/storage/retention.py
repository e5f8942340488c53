"""Old rows, found and deleted in batches."""

from events_tracker.base import limits
from events_tracker.model.runs import RetentionCutoffs
from events_tracker.storage.convert import convert
from events_tracker.storage.session import Statements


class Retention:
    """Never what is open, and never what is still to be told."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def count(self, age: RetentionCutoffs) -> dict[str, int]:
        """How many rows of each kind are old enough to go."""
        told = self._statements.rows(
            "old_notifications_count",
            before=age.notifications,
            entries_before=age.entries,
            injected_since=age.injected,
            now=age.now,
        )[0]
        return {
            **convert(told, dict[str, int]),
            "runs": self._statements.number("old_runs_count", before=age.runs),
            "gaps": self._statements.number("old_gaps_count", before=age.gaps),
            "register_entries": self._statements.number(
                "old_entries_count", before=age.entries, injected_since=age.injected, now=age.now
            ),
        }

    def purge(self, age: RetentionCutoffs) -> dict[str, int]:
        """Delete one batch of each kind; returns how many rows went. All zero: nothing is left."""
        gone = {"notifications": 0, "deliveries": 0, "runs": 0, "gaps": 0, "register_entries": 0}
        limit = limits.ROWS_PER_PURGE
        rows = self._statements.rows(
            "old_entries",
            before=age.entries,
            injected_since=age.injected,
            now=age.now,
            limit=limit,
        )
        if ids := [row["id"] for row in rows]:
            gone["deliveries"] = self._statements.run("deliveries_delete_of_entries", ids=ids)
            gone["notifications"] = self._statements.run("notifications_delete_of_entries", ids=ids)
            gone["register_entries"] = self._statements.run("entries_delete", ids=ids)
        rows = self._statements.rows(
            "old_notifications",
            before=age.notifications,
            injected_since=age.injected,
            limit=limit,
        )
        if ids := [row["id"] for row in rows]:
            gone["deliveries"] += self._statements.run("deliveries_delete_of", ids=ids)
            gone["notifications"] += self._statements.run("notifications_delete", ids=ids)
        rows = self._statements.rows("old_runs", before=age.runs, limit=limit)
        if ids := [row["id"] for row in rows]:
            gone["runs"] = self._statements.run("runs_delete", ids=ids)
        rows = self._statements.rows("old_gaps", before=age.gaps, limit=limit)
        if ids := [row["id"] for row in rows]:
            gone["gaps"] = self._statements.run("gaps_delete", ids=ids)
        return gone
