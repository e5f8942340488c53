"""What kept hours say of one account, as slices of its evidence."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from events_tracker.base.times import Span
from events_tracker.model.evidence import OPENINGS, AccountSlice, Origin
from events_tracker.model.hours import Hour, KeptCounts
from events_tracker.model.readings import Pair, Tally


class KeptOf(Struct, frozen=True):
    """The slices in which one account sent something, and all that these hours cover."""

    slices: Sequence[AccountSlice]
    covered: Sequence[Span]


def kept_of(account_id: int, kept: KeptCounts, *, narrowed: bool) -> KeptOf:
    """Choose what lies in the span of what is kept; ``narrowed``: to some codes.

    Of openings and closings the sum of an hour is kept, without their codes. An hour that has some
    of this account is left out where that does not tell enough: cut short, or of some codes alone.
    """
    slices: list[AccountSlice] = []
    covered: list[Span] = []
    for hour in kept.hours:
        openings = hour.openings.get(account_id, 0)
        whole = kept.span.covers(hour.span)
        if openings and (narrowed or not whole):
            continue
        slices += _slices(hour, account_id, kept.span)
        covered += [stretch for stretch in hour.stretches if kept.span.covers(stretch)]
        if openings:
            tally = Tally({(None, OPENINGS): {account_id: openings}})
            slices.append(AccountSlice(hour.span, tally, Origin.KEPT))
    return KeptOf(slices, covered)


def _slices(hour: Hour, account_id: int, span: Span) -> Iterator[AccountSlice]:
    counts: defaultdict[Span, Counter[Pair]] = defaultdict(Counter)
    for line in hour.lines_of(account_id):
        if span.covers(line.stretch):
            counts[line.stretch][line.cuc, line.code] += line.number
    for stretch, pairs in counts.items():
        tally = Tally({pair: {account_id: number} for pair, number in pairs.items()})
        yield AccountSlice(stretch, tally, Origin.KEPT)
