"""Readings of a window: counts of alike events, by the stretch of time they came in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from events_tracker.base.times import Instant, Span

Pair = tuple[str | None, str]
"""A CUC and a code: what most filters ask for, and what events are kept by."""


class EventKind(NamedTuple):
    """All that is known of an event; events that agree in it are alike."""

    account_id: int
    cuc: str | None
    code: str
    occurrence: str | None


class EventRecord(Struct, frozen=True):
    """One object of Segware's as it was sent, with its code; None where that is no text."""

    code: str | None
    text: bytes


class Answer(Struct, frozen=True):
    """One slice that was read whole, in columns: by CUC and code, the account of each event.

    ``occurrences``: the account and the occurrence of each event that has one, where somebody asks.
    """

    accounts: Mapping[Pair, Sequence[int]]
    malformed: int = 0
    served_at: Instant | None = None
    """The server's clock when it answered, to the second; None if it did not tell."""
    occurrences: Mapping[Pair, Sequence[tuple[int, str]]] = field(default_factory=dict)

    @property
    def events(self) -> int:
        """Events that can be counted."""
        return sum(map(len, self.accounts.values()))

    @property
    def fetched(self) -> int:
        """All records of the answer, malformed ones included."""
        return self.events + self.malformed


def answer_of(events: Iterable[EventKind], malformed: int = 0) -> Answer:
    """Sort single events into the columns of an answer."""
    accounts: defaultdict[Pair, list[int]] = defaultdict(list)
    occurrences: defaultdict[Pair, list[tuple[int, str]]] = defaultdict(list)
    for account_id, cuc, code, occurrence in events:
        accounts[cuc, code].append(account_id)
        if occurrence is not None:
            occurrences[cuc, code].append((account_id, occurrence))
    return Answer(accounts, malformed, occurrences=occurrences)


class Tally(Struct, frozen=True):
    """Numbers of events by CUC and code: of each account; and of each account's occurrences.

    Stretches that hold no events alike share their counters with what they are added up to: once
    made, a tally is not changed.
    """

    events: Mapping[Pair, Mapping[int, int]] = field(default_factory=dict)
    occurrences: Mapping[Pair, Mapping[tuple[int, str], int]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Tell whether there is any event."""
        return bool(self.events)


class CachedSlice(Struct, frozen=True):
    """A slice that is kept, without its events; ``fetched`` is how many records it has.

    ``again_at``: when it is to be read again, because of late events.
    """

    span: Span
    read_at: Instant
    again_at: Instant
    fetched: int


class LimitEstimate(Struct, frozen=True):
    """An estimate of how many records one answer carries, from earlier ones; kept between passes.

    ``carried``: the most records an answer carried. ``refused``: the fewest that were too many.
    ``rate``: records in an hour. ``refused_at``: when so many were last refused. None where nothing
    is known.
    """

    carried: int | None = None
    refused: int | None = None
    rate: int | None = None
    refused_at: Instant | None = None


class Segment(Struct, frozen=True):
    """Counts between two neighbouring starts of windows; ``whole`` if no slice is missing.

    ``heard``: the ends of the newest slices with events of accounts, by their ids.
    """

    start: Instant
    end: Instant
    tally: Tally
    whole: bool
    heard: Mapping[int, Instant] = field(default_factory=dict)


class Reading(Struct, frozen=True):
    """One pass's download: segments newest first, and what went wrong.

    ``failures`` has a sentence for each thing that went wrong, ``requests`` counts the requests for
    events, ``fetched`` their records and ``remembered`` those of slices that were not asked for
    again, both with ``malformed`` ones. ``mostly_malformed``: of what was fetched, more than half.
    ``served``: the server's clock at its first and last answers, None if it did not tell.
    """

    segments: tuple[Segment, ...]
    fetched: int = 0
    malformed: int = 0
    mostly_malformed: bool = False
    requests: int = 0
    remembered: int = 0
    failures: tuple[str, ...] = ()
    served: Span | None = None

    @property
    def found(self) -> int:
        """Records that the longest window held, asked for or remembered."""
        return self.fetched + self.remembered

    @property
    def answered(self) -> bool:
        """True if at least one request for events was answered."""
        return self.served is not None or self.fetched > 0

    def whole_since(self, start: Instant) -> bool:
        """Tell whether every slice of the window that begins at ``start`` was read."""
        return all(segment.whole for segment in self.segments if segment.start >= start)

    def anything_since(self, start: Instant) -> bool:
        """Tell whether at least some slice of the window that begins at ``start`` was read."""
        return any(
            segment.whole or bool(segment.tally)
            for segment in self.segments
            if segment.start >= start
        )

    def unread(self) -> "Reading":
        """Return the reading as if no slice had been answered."""
        empty = (Segment(s.start, s.end, Tally(), whole=False) for s in self.segments)
        return replace(self, segments=tuple(empty))

    def unfinished(self, why: str) -> "Reading":
        """Return the reading as if the end of every window had not been answered."""
        newest, *older = self.segments
        segments = (replace(newest, whole=False), *older)
        return replace(self, segments=segments, failures=(*self.failures, why))

    @property
    def nothing(self) -> bool:
        """True if there was something to read, and nothing of it came."""
        return bool(self.segments) and not any(s.whole or s.tally for s in self.segments)

    @property
    def whole(self) -> bool:
        return all(segment.whole for segment in self.segments)
