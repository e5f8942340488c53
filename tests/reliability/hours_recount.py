"""Every event that happened, beside the counts that scans kept of it."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from events_tracker.base.times import MINUTE, Instant
from events_tracker.model.hours import KeptCounts
from tests.reliability.month_world import Arrival

Cell = tuple[Instant, int, str | None, str]
"""Where a stretch begins, account, CUC and code."""


@dataclass
class Happened:
    """All events, by minute."""

    minutes: Counter[Cell] = field(default_factory=Counter)

    def happen(self, events: Iterable[Arrival]) -> None:
        self.minutes.update(
            (at // MINUTE * MINUTE, kind.account_id, kind.cuc, kind.code) for at, _, kind in events
        )

    def compared(self, kept: KeptCounts) -> tuple[int, list[Cell]]:
        """How many cells there are in what was read of a span, and which of them differ."""
        found: Counter[Cell] = Counter()
        for stretch, account_id, cuc, code, number, _ in kept.lines():
            found[stretch.start, account_id, cuc, code] += number
        starts = [stretch.start for stretch in kept.stretches]
        ends = [stretch.end for stretch in kept.stretches]
        expected: Counter[Cell] = Counter()
        for (minute, *what), number in self.minutes.items():
            place = bisect_right(starts, minute) - 1
            if place >= 0 and minute <= ends[place]:
                expected[starts[place], *what] += number  # type: ignore[index]
        cells = expected.keys() | found.keys()
        return len(cells), [cell for cell in cells if expected[cell] != found[cell]]
