"""Kept hours as rows."""

from collections.abc import Collection
from contextlib import suppress

from events_tracker.base.errors import Damaged
from events_tracker.base.times import HOUR, Instant, Span
from events_tracker.model.hours import Detail, Hour, KeptCounts
from events_tracker.storage.convert import convert
from events_tracker.storage.packed_hours import pack, unpack
from events_tracker.storage.session import Statements
from events_tracker.storage.statements import Value


class Hours:
    """The kept counts of hours, by the service they came from."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def known(self, source: str, since: Instant) -> dict[Instant, Detail]:
        """Read how much is kept of each hour that began since then."""
        rows = self._statements.rows("hours_known", source=source, since=since)
        return {
            convert(row["started_at"], int): Detail(
                convert(row["minutes"], int), convert(row["coarse"], int)
            )
            for row in rows
        }

    def ends(self, source: str, since: Instant = 0) -> tuple[Instant, Instant] | None:
        """Read when the first and the last kept hour began, of those since then; None if none."""
        (row,) = self._statements.rows("hours_ends", source=source, since=since)
        if row["oldest"] is None:
            return None
        return convert((row["oldest"], row["newest"]), tuple[Instant, Instant])

    def keep(self, source: str, hour: Hour, read_at: Instant) -> None:
        """Keep an hour, unless what is kept of it says as much."""
        minutes, coarse = hour.detail
        place: dict[str, Value] = {"source": source, "started_at": hour.start}
        self._statements.run("hours_drop_less", **place, minutes=minutes, coarse=coarse)
        if not self._statements.number("hours_exists", **place):
            row: dict[str, Value] = {
                **place,
                "minutes": minutes,
                "coarse": coarse,
                "read_at": read_at,
                "counts": pack(hour),
            }
            # If another host was faster, all of this is repeated, and finds its row.
            self._statements.insert("hours_add", [row])

    def read(self, source: str, span: Span, only: Collection[int] | None = None) -> KeptCounts:
        """Read what is kept of a span. An hour that is damaged is missing in it.

        ``only``: of these accounts alone, as :func:`unpack` has it.
        """
        rows = self._statements.rows(
            "hours_read", source=source, since=span.start - HOUR + 1, until=span.end
        )
        hours = []
        for row in rows:
            packed = row["counts"]
            with suppress(Damaged):
                counts = bytes(packed) if isinstance(packed, bytes | bytearray) else b""
                hours.append(unpack(convert(row["started_at"], int), counts, only))
        return KeptCounts(span, hours)
