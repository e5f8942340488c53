"""Remembered slices, to and from their rows. Dropping them changes nothing but speed."""

import zlib
from collections.abc import Collection, Mapping

import msgspec

from events_tracker import limits
from events_tracker.model.readings import Answer, EventKind, Remembered, Slice, Tally
from events_tracker.model.times import Instant
from events_tracker.storage.session import Statements
from events_tracker.storage.statements import Value

_Row = tuple[int, str | None, str, str | None, int]
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[_Row])


class Slices:
    """What one source answered for whole, settled minutes."""

    def __init__(self, session: Statements) -> None:
        self._session = session

    def index(self, source: str, since: Instant, until: Instant) -> list[Remembered]:
        """The slices that are kept of a stretch of time."""
        rows = self._session.rows("slices_index", source=source, since=since, until=until)
        return [
            Remembered(
                Slice(int(row["started_at"] or 0), int(row["ended_at"] or 0)),
                int(row["read_at"] or 0),
                int(row["again_at"] or 0),
            )
            for row in rows
        ]

    def read(self, source: str, wanted: Collection[Slice]) -> dict[Slice, Answer]:
        """The counts of these slices; one that is gone meanwhile is missing."""
        starts = sorted(slice_.start for slice_ in wanted)
        found = {}
        for row in self._session.chunks("slices_read", starts, source=source):
            slice_ = Slice(int(row["started_at"] or 0), int(row["ended_at"] or 0))
            if slice_ in wanted:
                found[slice_] = Answer(_unpacked(row["counts"]), int(row["malformed"] or 0))
        return found

    def save(
        self, source: str, answers: Mapping[Slice, tuple[Answer, Instant]], now: Instant
    ) -> None:
        """Keep these answers, each until it is to be read again."""
        rows: list[dict[str, Value]] = [
            {
                "source": source,
                "started_at": slice_.start,
                "ended_at": slice_.end,
                "read_at": now,
                "again_at": again_at,
                "fetched": answer.fetched,
                "malformed": answer.malformed,
                "counts": _packed(answer.events),
            }
            for slice_, (answer, again_at) in answers.items()
        ]

        self._session.insert("slices_save", rows)

    def drop(self, source: str) -> None:
        """Drop everything of a source."""
        self._session.run("slices_drop", source=source)

    def forget(self, source: str, oldest: Instant, now: Instant) -> None:
        """Drop what ended before ``oldest``, and what no scan of any source uses any more."""
        abandoned = now - limits.ABANDONED_SLICES
        self._session.run("slices_forget", source=source, oldest=oldest, abandoned=abandoned)


def _packed(events: Tally) -> bytes:
    return zlib.compress(_encoder.encode([(*kind, count) for kind, count in events.items()]), 1)


def _unpacked(packed: object) -> Tally:
    rows = _decoder.decode(zlib.decompress(bytes(packed)))  # type: ignore[call-overload]
    return Tally({EventKind(*row[:4]): row[4] for row in rows})
