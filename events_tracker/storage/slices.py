"""Remembered slices as rows. Dropping them changes nothing but speed."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from zlib import crc32

import msgspec

from events_tracker.base import limits
from events_tracker.base.times import Duration, Instant, Span
from events_tracker.model.readings import Answer, CachedSlice
from events_tracker.storage.convert import convert
from events_tracker.storage.engines.engine import FetchedRow
from events_tracker.storage.session import Statements
from events_tracker.storage.statements import Value


class _Column(msgspec.Struct, array_like=True, gc=False):
    """The events of one CUC and code: the account of each, or how often each account has one.

    ``occurrences`` has the account and the occurrence of each event that has one.
    """

    cuc: str | None
    code: str
    accounts: Sequence[int] | dict[int, int]
    occurrences: Sequence[tuple[int, str]] = ()


class _Kind(msgspec.Struct, array_like=True, gc=False):
    """The beginning of a column; the rest is not unpacked."""

    cuc: str | None
    code: str


_CHECKSUM = 4
"""The bytes of the checksum before the columns: a bit that flipped would be another account."""

_encoder = msgspec.msgpack.Encoder()
_kinds_decoder = msgspec.msgpack.Decoder(list[_Kind])
_decoder = msgspec.msgpack.Decoder(list[_Column])


class Slices:
    """Answers of sources for whole, settled minutes, as counts of events."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def index(self, source: str, since: Instant, until: Instant) -> list[CachedSlice]:
        """Read which slices are kept of a stretch of time, without their counts."""
        rows = self._statements.rows("slices_index", source=source, since=since, until=until)
        return [remembered for row in rows if (remembered := _remembered(row)) is not None]

    def read(self, source: str, wanted: Collection[Span]) -> dict[Span, Answer]:
        """Read the counts of these slices; one that is gone meanwhile, or damaged, is missing."""
        starts = sorted(span.start for span in wanted)
        found = {}
        for row in self._statements.chunks("slices_read", starts, source=source):
            remembered, answer = _remembered(row), _answer(row)
            if remembered is not None and answer is not None and remembered.span in wanted:
                found[remembered.span] = answer
        return found

    def within(self, sources: Sequence[str], span: Span) -> list[tuple[Span, Answer]]:
        """Read the slices of these sources that lie in a span, without what is damaged.

        What was read last comes first.
        """
        rows = self._statements.rows(
            "slices_within", sources=sources, since=span.start, until=span.end
        )
        read = [(_remembered(row), _answer(row)) for row in rows]
        found = [(slice_, answer) for slice_, answer in read if slice_ and answer]
        found.sort(key=lambda one: -one[0].read_at)
        return [(slice_.span, answer) for slice_, answer in found]

    def kinds(self, since: Instant) -> set[tuple[str | None, str]]:
        """Read which CUCs and codes there are in what is kept since then."""
        found: set[tuple[str | None, str]] = set()
        for row in self._statements.fetch("slices_counts", since=since):
            packed = row["counts"]
            if isinstance(packed, bytes | bytearray):
                with suppress(msgspec.MsgspecError, UnicodeDecodeError):
                    columns = _kinds_decoder.decode(memoryview(packed)[_CHECKSUM:])
                    found.update((column.cuc, column.code) for column in columns)
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
                "counts": _packed(answer),
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

    def note_late(self, source: str, read_at: Instant, events: Mapping[Duration, int]) -> None:
        """Note how many events a scan found that had come late, by how late they were at least."""
        self._statements.run("late_events_forget", before=read_at - limits.LOOK_BACK)
        self._statements.insert(
            "late_events_add",
            [
                {"source": source, "read_at": read_at, "later_than": lateness, "events": number}
                for lateness, number in events.items()
            ],
        )

    def late(self, since: Instant) -> dict[Duration, int]:
        """Add up the events that came late, as scans found since then, by how late at least."""
        rows = self._statements.rows("late_events_since", since=since)
        return convert({row["later_than"]: row["events"] for row in rows}, dict[Duration, int])


def _packed(answer: Answer) -> bytes:
    columns = _encoder.encode(
        [
            _Column(cuc, code, _shorter(accounts), answer.occurrences.get((cuc, code), ()))
            for (cuc, code), accounts in answer.accounts.items()
        ]
    )
    return _checksum(columns) + columns


def _checksum(columns: bytes | memoryview) -> bytes:
    return crc32(columns).to_bytes(_CHECKSUM, "big")


def _shorter(accounts: Sequence[int]) -> Sequence[int] | dict[int, int]:
    """Write the accounts one by one where few of them repeat, else how often each is there."""
    return accounts if 2 * len(set(accounts)) > len(accounts) else Counter(accounts)


def _remembered(row: FetchedRow) -> CachedSlice | None:
    """Make a slice of a row, without its counts; None if the row is damaged."""
    # Strictly, unlike `convert`: a text where a number should be is damage.
    with suppress(msgspec.ValidationError):
        remembered = msgspec.convert({**row, "span": row}, CachedSlice)
        return remembered if remembered.span.length > 0 else None
    return None


def _answer(row: FetchedRow) -> Answer | None:
    """Read a row's events; None if it is damaged, whatever it is that has happened to it."""
    fetched, malformed, packed = row["fetched"], row["malformed"], row["counts"]
    if not (
        isinstance(fetched, int)
        and isinstance(malformed, int)
        and isinstance(packed, bytes | bytearray)
    ):
        return None
    written = memoryview(packed)[_CHECKSUM:]
    if packed[:_CHECKSUM] != _checksum(written):
        return None
    try:
        columns = _decoder.decode(written)
    except (msgspec.MsgspecError, TypeError, ValueError):
        return None
    if any(not _is_within(column, fetched) for column in columns):
        return None
    answer = Answer(
        {(c.cuc, c.code): _each(c.accounts) for c in columns},
        malformed,
        occurrences={(c.cuc, c.code): c.occurrences for c in columns if c.occurrences},
    )
    return answer if answer.fetched == fetched else None


def _is_within(column: _Column, fetched: int) -> bool:
    """Tell whether a column can be of so many events: a damaged count may say millions of them."""
    counted = column.accounts
    if not isinstance(counted, dict):
        return True
    return min(counted.values(), default=1) > 0 and sum(counted.values()) <= fetched


def _each(accounts: Sequence[int] | dict[int, int]) -> Sequence[int]:
    return list(Counter(accounts).elements()) if isinstance(accounts, dict) else accounts
