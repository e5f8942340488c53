"""Kept counts: what came in the hours of the past, by minute, account, CUC and code."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct, field

from events_tracker.base.spans import without
from events_tracker.base.times import HOUR, MINUTE, Instant, Span
from events_tracker.model.readings import Pair


class Line(NamedTuple):
    """The events of one account, CUC and code in a stretch that was read: a minute, or longer.

    ``closed``: how many of them did not count when the hour was made, because an ignored user had
    closed their occurrence.
    """

    stretch: Span
    account_id: int
    cuc: str | None
    code: str
    number: int
    closed: int


class Hour(Struct, frozen=True):
    """The kept counts of one hour, in columns: 30 days of them are millions of lines.

    ``stretches``: what was read of the hour, in order, without overlaps: minutes, and longer ones
    of which only the sum is known. ``accounts`` (their ids), ``pair_of``, ``stretch_of`` (places in
    ``pairs`` and ``stretches``) and ``numbers`` are alike long, a line each, ordered by account,
    pair and stretch. ``closed``: see :class:`Line`, by the number of the line. ``openings``: by
    account, the openings and closings of the whole hour, where no alarm counts their codes.
    """

    start: Instant
    stretches: Sequence[Span] = ()
    pairs: Sequence[Pair] = ()
    accounts: Sequence[int] = ()
    pair_of: Sequence[int] = ()
    stretch_of: Sequence[int] = ()
    numbers: Sequence[int] = ()
    closed: Mapping[int, int] = field(default_factory=dict)
    openings: Mapping[int, int] = field(default_factory=dict)

    @property
    def span(self) -> Span:
        return Span(self.start, self.start + HOUR - 1)

    @property
    def detail(self) -> "Detail":
        return detail(self.stretches)

    def lines(self) -> Iterator[Line]:
        """List the counts one by one."""
        return map(self._line, range(len(self.accounts)))

    def lines_of(self, account_id: int) -> Iterator[Line]:
        """List the counts of one account, without a look at the others."""
        first = bisect_left(self.accounts, account_id)
        last = bisect_right(self.accounts, account_id, lo=first)
        return map(self._line, range(first, last))

    def _line(self, place: int) -> Line:
        cuc, code = self.pairs[self.pair_of[place]]
        return Line(
            stretch=self.stretches[self.stretch_of[place]],
            account_id=self.accounts[place],
            cuc=cuc,
            code=code,
            number=self.numbers[place],
            closed=self.closed.get(place, 0),
        )


class Detail(NamedTuple):
    """How much is known of an hour.

    ``minutes``: of how many the events are known; ``coarse``: of these, how many lie in longer
    stretches, of which only the sum is known.
    """

    minutes: int = 0
    coarse: int = 0

    def better_than(self, other: "Detail") -> bool:
        """Tell whether more minutes are known, or as many in more detail."""
        return (self.minutes, -self.coarse) > (other.minutes, -other.coarse)


WHOLE = Detail(HOUR // MINUTE)
"""Every minute is known by itself."""


def detail(stretches: Sequence[Span]) -> Detail:
    """Count the minutes of stretches that do not overlap."""
    lengths = [stretch.length // MINUTE for stretch in stretches]
    return Detail(sum(lengths), sum(length for length in lengths if length > 1))


class KeptCounts(Struct, frozen=True):
    """What is kept of a span: its hours in order, with nothing for an hour of which nothing is.

    Only what lies in the span as a whole is told of: of a stretch that reaches beyond it, nobody
    knows how much came within.
    """

    span: Span
    hours: Sequence[Hour]

    @property
    def stretches(self) -> list[Span]:
        """What is known, in order."""
        covers = self.span.covers
        return [stretch for hour in self.hours for stretch in hour.stretches if covers(stretch)]

    @property
    def missing(self) -> list[Span]:
        """The parts of the span of which nothing is known, in order."""
        return without(self.span, self.stretches)

    @property
    def coarse(self) -> list[Span]:
        """The stretches longer than a minute, of which only the sum is known, in order."""
        return [stretch for stretch in self.stretches if stretch.length > MINUTE]

    def lines(self) -> Iterator[Line]:
        """List the counts one by one, hour by hour."""
        for hour in self.hours:
            within = self.span.covers(hour.span)
            for line in hour.lines():
                if within or self.span.covers(line.stretch):
                    yield line
