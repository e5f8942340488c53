"""Runs as rows: the order of scans, and what each leaves for the scans after it."""

from events_tracker.base.times import Instant, Span
from events_tracker.model.readings import LimitEstimate
from events_tracker.model.runs import ScanState
from events_tracker.storage.convert import convert
from events_tracker.storage.session import Statements
from events_tracker.storage.statements import Value


class Runs:
    """Scans in their order, what they left for the next one, and what alarms missed for good."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def next_scan(self) -> int:
        """Give out the number of a scan that begins now, higher than any before."""
        self._statements.run("fence_issue")
        return self._statements.number("fence_issued")

    def scans(self) -> ScanState:
        """Read the trace that earlier scans left."""
        row = self._statements.rows("scan_state_read")[0]
        return convert({**row, "learned": row}, ScanState)

    def good(self, until: Instant, events: int, horizon: Instant) -> None:
        """Record that a scan read all ``events`` of its window up to ``until`` and was applied.

        A later end stays, unless it is beyond ``horizon``.
        """
        self._statements.run(
            "scan_state_good", good_until=until, good_events=events, horizon=horizon
        )

    def restored(self, at: Instant) -> None:
        """Record that the database was brought back from a backup."""
        self._statements.run("scan_state_restored", at=at)

    def silent(self) -> None:
        """Record that a scan found nothing where there was much."""
        self._statements.run("scan_state_silent")

    def not_silent(self) -> None:
        """Record that a scan found events: silence before and after it is not in a row."""
        self._statements.run("scan_state_not_silent")

    def learned(self, learned: LimitEstimate) -> None:
        """Keep what answers taught about the records that one may carry."""
        self._statements.run(
            "scan_state_learned",
            carried=learned.carried,
            refused=learned.refused,
            refused_at=learned.refused_at,
            rate=learned.rate,
        )

    def listed(self, at: Instant) -> None:
        """Record that the list of all accounts was read for the sake of a code that nobody knew."""
        self._statements.run("scan_state_listed", at=at)

    def add_gap(self, id_: str, alarm_id: str, gap: Span, now: Instant) -> None:
        """Record a stretch of time that an alarm was not evaluated over, and never will be."""
        row: dict[str, Value] = {
            "id": id_,
            "alarm_id": alarm_id,
            "started_at": gap.start,
            "ended_at": gap.end,
            "found_at": now,
        }
        self._statements.insert("gaps_add", [row])

    def gaps(self, since: Instant) -> list[tuple[str, Span]]:
        """Read names of alarms and the stretches they missed for good, found since then."""
        rows = self._statements.rows("gaps_since", since=since)
        return convert([(row["alarm"], row) for row in rows], list[tuple[str, Span]])
