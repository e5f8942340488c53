"""Old rows, counted and deleted in batches."""

from events_tracker.base import limits
from events_tracker.model.runs import RetentionCutoffs
from events_tracker.storage.convert import convert
from events_tracker.storage.session import Statements

_KINDS = (
    *("notifications", "deliveries", "runs", "gaps", "tokens", "hours"),
    *("register_entries", "notes"),
)


class OldRows:
    """Rows that are old enough to go: never of what is open, nor of what is still to be told."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def count(self, cutoffs: RetentionCutoffs) -> dict[str, int]:
        """Count the rows that are old enough to go, by table."""
        told = self._statements.rows(
            "old_notifications_count",
            before=cutoffs.notifications,
            entries_before=cutoffs.entries,
            injected_since=cutoffs.injected,
            now=cutoffs.now,
        )[0]
        return {
            **convert(told, dict[str, int]),
            "runs": self._statements.number("old_runs_count", before=cutoffs.runs),
            "gaps": self._statements.number("old_gaps_count", before=cutoffs.gaps),
            "tokens": self._statements.number("old_tokens_count", before=cutoffs.tokens),
            "hours": self._statements.number("old_hours_count", before=cutoffs.hours),
            "register_entries": self._of_entries("old_entries_count", cutoffs),
            "notes": self._of_entries("old_notes_count", cutoffs),
        }

    def _of_entries(self, statement: str, cutoffs: RetentionCutoffs) -> int:
        return self._statements.number(
            statement, before=cutoffs.entries, injected_since=cutoffs.injected, now=cutoffs.now
        )

    def purge(self, cutoffs: RetentionCutoffs) -> dict[str, int]:
        """Delete a batch of each table's old rows; return their numbers, all 0 if none was left."""
        gone = dict.fromkeys(_KINDS, 0)
        limit = limits.ROWS_PER_PURGE
        rows = self._statements.rows(
            "old_entries",
            before=cutoffs.entries,
            injected_since=cutoffs.injected,
            now=cutoffs.now,
            limit=limit,
        )
        if ids := [row["id"] for row in rows]:
            gone["deliveries"] = self._statements.run("deliveries_delete_of_entries", ids=ids)
            gone["notifications"] = self._statements.run("notifications_delete_of_entries", ids=ids)
            gone["notes"] = self._statements.run("notes_delete_of_entries", ids=ids)
            gone["register_entries"] = self._statements.run("entries_delete", ids=ids)
        rows = self._statements.rows(
            "old_notifications",
            before=cutoffs.notifications,
            injected_since=cutoffs.injected,
            limit=limit,
        )
        if ids := [row["id"] for row in rows]:
            gone["deliveries"] += self._statements.run("deliveries_delete_of", ids=ids)
            gone["notifications"] += self._statements.run("notifications_delete", ids=ids)
        rows = self._statements.rows("old_runs", before=cutoffs.runs, limit=limit)
        if ids := [row["id"] for row in rows]:
            gone["runs"] = self._statements.run("runs_delete", ids=ids)
        rows = self._statements.rows("old_gaps", before=cutoffs.gaps, limit=limit)
        if ids := [row["id"] for row in rows]:
            gone["gaps"] = self._statements.run("gaps_delete", ids=ids)
        rows = self._statements.rows("old_tokens", before=cutoffs.tokens, limit=limit)
        if ids := [row["id"] for row in rows]:
            gone["tokens"] = self._statements.run("tokens_delete", ids=ids)
        gone["hours"] = self._statements.run("hours_delete", before=cutoffs.hours)
        return gone
