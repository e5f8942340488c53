"""What a span of time saw, as rows: read for reports, and decided by nowhere else."""

from collections.abc import Mapping, Sequence

from events_tracker.base.times import Instant, Span
from events_tracker.model.reports import Entry, Opened, Opening, Scan, Sent, Told, Untold
from events_tracker.storage.convert import convert
from events_tracker.storage.session import Statements


class Reports:
    """Entries, messages and scans of a span, both ends included."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def opened(self, span: Span) -> list[Opening]:
        """Read the entries that opened in the span, in no order."""
        rows = self._statements.rows("report_opened", since=span.start, until=span.end)
        return convert(rows, list[Opening])

    def earlier(self, at: Instant) -> list[Entry]:
        """Read when the entries were open that were so at that moment, in no order."""
        return convert(self._statements.rows("report_earlier", since=at), list[Entry])

    def earlier_whole(self, at: Instant) -> list[Opening]:
        """Read the same entries, and what they are."""
        return convert(self._statements.rows("report_earlier_whole", since=at), list[Opening])

    def counts(self, span: Span) -> list[Opened]:
        """Count the entries that opened in the span, by whose they are."""
        rows = self._statements.rows("report_counts", since=span.start, until=span.end)
        return convert(rows, list[Opened])

    def told(self, ids: Sequence[str]) -> Mapping[str, list[Told]]:
        """Read by whom it was learned that these entries opened; without those of no channel."""
        told: dict[str, list[Told]] = {}
        for row in self._statements.chunks("report_told", ids):
            told.setdefault(str(row["register_id"]), []).append(convert(row, Told))
        return told

    def sent(self, span: Span) -> list[Sent]:
        """Read what was sent in the span."""
        rows = self._statements.rows("report_sent", since=span.start, until=span.end)
        return convert(rows, list[Sent])

    def untold(self, span: Span) -> list[Untold]:
        """Read what was to be told in the span, and was given up."""
        rows = self._statements.rows("report_untold", since=span.start, until=span.end)
        return convert(rows, list[Untold])

    def held(self, holds: Sequence[str], until: Instant) -> Mapping[str, int]:
        """Count the alerts whose news each of these holds kept back by then; left out if none."""
        rows = self._statements.chunks("report_held", holds, until=until)
        return dict(convert([tuple(row.values()) for row in rows], list[tuple[str, int]]))

    def scans(self, span: Span) -> list[Scan]:
        """Read the scans of the span, oldest first."""
        rows = self._statements.rows("report_scans", since=span.start, until=span.end)
        return convert(rows, list[Scan])

    def first_scan(self) -> Instant | None:
        """Read when the first scan was that is still known of, however it ended."""
        rows = self._statements.rows("report_first_scan")
        return convert(rows[0]["started_at"], int) if rows else None

    def good_before(self, at: Instant) -> Instant | None:
        """Read when the last good scan before that moment was, if it is still known."""
        rows = self._statements.rows("report_good_before", since=at)
        return convert(rows[0]["started_at"], int) if rows else None

    def gaps(self, span: Span) -> list[tuple[str, Span]]:
        """Read names of alarms and the stretches of the span that they missed for good."""
        rows = self._statements.rows("report_gaps", since=span.start, until=span.end)
        return convert([(row["alarm"], row) for row in rows], list[tuple[str, Span]])

    def over(self, span: Span) -> Mapping[int, Instant]:
        """Read of each account with an alert that was over in the span when the last one was so."""
        rows = self._statements.rows("report_over", since=span.start, until=span.end)
        return dict(convert([tuple(row.values()) for row in rows], list[tuple[int, int]]))
