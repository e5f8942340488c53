"""The events of a past moment's windows, by what is kept: nobody need be asked for them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from events_tracker.base.spans import merged, without
from events_tracker.base.times import MINUTE, Span
from events_tracker.model.hours import Hour
from events_tracker.model.readings import Answer, Pair

if TYPE_CHECKING:
    from events_tracker.storage import Store


class Past(Struct):
    """What is kept of one service; ``accounts``: only these matter; None: all do.

    ``openings_matter``: an alarm counts openings and closings, so that an hour of which but their
    sum is kept does not do. ``openings``: how many of them the hours that were used have, by hour;
    of these neither the minute nor the code is known. ``coarse``: the stretches longer than a
    minute that were used, of which only the sum is known.
    """

    store: "Store"
    source: str
    accounts: frozenset[int] | None
    openings_matter: bool
    openings: dict[Span, int] = field(default_factory=dict)
    coarse: list[Span] = field(default_factory=list)

    def use(self, stretches: Sequence[Span], take: Callable[[Span, Answer], None]) -> list[Span]:
        """Pass what is kept of these stretches to ``take``; return what must be asked for."""
        self.openings, self.coarse = {}, []
        if not stretches:
            return []
        whole = Span(min(s.start for s in stretches), max(s.end for s in stretches))
        kept = self.store.read(lambda rows: rows.hours.read(self.source, whole, self.accounts))
        covered: list[Span] = []
        for hour in kept.hours:
            openings = sum(hour.openings.values())
            if openings and self.openings_matter:
                continue
            used = [*_within(hour, stretches)]
            for span, answer in used:
                take(span, answer)
                covered.append(span)
            if used and openings:
                self.openings[hour.span] = openings
        self.coarse = [span for span in covered if span.length > MINUTE]
        known = merged(covered)
        return [part for stretch in stretches for part in without(stretch, known)]


def _within(hour: Hour, stretches: Sequence[Span]) -> Iterator[tuple[Span, Answer]]:
    """List what an hour tells of the stretches that are asked about.

    Of a minute, or more, that reaches beyond one, it is not known how much came within, unless
    nothing came at all.
    """
    sent: defaultdict[Span, Counter[tuple[Pair, int]]] = defaultdict(Counter)
    for line in hour.lines():
        sent[line.stretch][(line.cuc, line.code), line.account_id] += line.number
    for kept in hour.stretches:
        for asked in stretches:
            part = Span(max(kept.start, asked.start), min(kept.end, asked.end))
            if part.start <= part.end and (part == kept or kept not in sent):
                yield part, _answer(sent.get(kept, Counter()))


def _answer(sent: Counter[tuple[Pair, int]]) -> Answer:
    accounts: defaultdict[Pair, list[int]] = defaultdict(list)
    for (pair, account_id), number in sent.items():
        accounts[pair] += [account_id] * number
    return Answer(accounts)
