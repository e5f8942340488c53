"""Remembered slices, to and from their rows. Dropping them changes nothing but speed."""

import zlib
from collections.abc import Collection, Mapping

import msgspec

from events_tracker.base import limits
from events_tracker.base.times import Instant, Span
from events_tracker.model.readings import Answer, CachedSlice, EventKind, Tally
from events_tracker.storage.engines.engine import FetchedRow
from events_tracker.storage.session import Statements
from events_tracker.storage.statements import Value

_Row = tuple[int, str | None, str, str | None, int]
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[_Row])


class Slices:
    """What one source answered for whole, settled minutes."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def index(self, source: str, since: Instant, until: Instant) -> list[CachedSlice]:
        """The slices that are kept of a stretch of time."""
        rows = self._statements.rows("slices_index", source=source, since=since, until=until)
        return [remembered for row in rows if (remembered := _remembered(row)) is not None]

    def read(self, source: str, wanted: Collection[Span]) -> dict[Span, Answer]:
        """The counts of these slices; one that is gone meanwhile, or damaged, is missing."""
        starts = sorted(span.start for span in wanted)
        found = {}
        for row in self._statements.chunks("slices_read", starts, source=source):
            remembered, answer = _remembered(row), _answer(row)
            if remembered is not None and answer is not None and remembered.span in wanted:
                found[remembered.span] = answer
        return found

    def save(
        self, source: str, answers: Mapping[Span, tuple[Answer, Instant]], now: Instant
    ) -> None:
        """Keep these answers, each until it is to be read again."""
        rows: list[dict[str, Value]] = [
            {
                "source": source,
                "started_at": span.start,
                "ended_at": span.end,
                "read_at": now,
                "again_at": again_at,
                "fetched": answer.fetched,
                "malformed": answer.malformed,
                "counts": _packed(answer.events),
            }
            for span, (answer, again_at) in answers.items()
        ]

        self._statements.insert("slices_save", rows)

    def drop_these(self, source: str, slices: Collection[Span]) -> None:
        """Drop what begins where these slices do: they cannot be read."""
        starts = sorted(span.start for span in slices)
        if starts:
            self._statements.run("slices_drop_these", source=source, starts=starts)

    def drop(self, source: str) -> None:
        """Drop everything of a source."""
        self._statements.run("slices_drop", source=source)

    def forget(self, source: str, oldest: Instant, now: Instant) -> None:
        """Drop what ended before ``oldest``, and what no scan of any source uses any more."""
        abandoned = now - limits.ABANDONED_SLICES
        self._statements.run("slices_forget", source=source, oldest=oldest, abandoned=abandoned)


def _packed(events: Tally) -> bytes:
    return zlib.compress(_encoder.encode([(*kind, count) for kind, count in events.items()]), 1)


def _remembered(row: FetchedRow) -> CachedSlice | None:
    """A row without its counts; None if it is damaged."""
    start, end, read_at, again_at = (
        row[name] for name in ("started_at", "ended_at", "read_at", "again_at")
    )
    for value in (start, end, read_at, again_at):
        if not isinstance(value, int):
            return None
    span = Span(start, end)  # type: ignore[arg-type]
    return CachedSlice(span, read_at, again_at) if span.length > 0 else None  # type: ignore[arg-type]


def _answer(row: FetchedRow) -> Answer | None:
    """A row's counts; None if it is damaged, whatever it is that has happened to it."""
    try:
        rows = _decoder.decode(zlib.decompress(row["counts"]))  # type: ignore[arg-type]
    except (zlib.error, msgspec.MsgspecError, TypeError, ValueError):
        return None
    malformed = row["malformed"]
    if not isinstance(malformed, int) or any(number < 1 for *_, number in rows):
        return None
    answer = Answer(Tally({EventKind(*row[:4]): row[4] for row in rows}), malformed)
    return answer if answer.fetched == row["fetched"] else None
