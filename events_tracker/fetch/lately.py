"""What a scan read of the last two hours, to be looked at once more for the few it tells of."""

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct, field

from events_tracker.base import limits
from events_tracker.base.batches import batches
from events_tracker.base.times import Instant, Span
from events_tracker.fetch.slice_cache import SliceCache
from events_tracker.model.readings import Answer, Tally


class Lately(Struct):
    """The slices since a moment: what Segware answered, and which the ``memory`` has.

    Without a memory nothing is kept, as nobody will ask.
    """

    since: Instant
    memory: SliceCache | None
    answered: dict[Span, Answer] = field(default_factory=dict)
    recalled: list[Span] = field(default_factory=list)

    def recall(self, span: Span) -> None:
        """Note that a slice was remembered."""
        if self.memory is not None and span.start >= self.since:
            self.recalled.append(span)

    def take(self, span: Span, answer: Answer) -> None:
        """Keep a slice that Segware answered."""
        if self.memory is not None and span.start >= self.since:
            self.answered[span] = answer

    def of(self, accounts: frozenset[int]) -> Mapping[Span, Tally]:
        """Return the events of these accounts, by slice; raises StorageError."""
        found = {span: events_of(accounts, answer) for span, answer in self.answered.items()}
        if self.memory is not None:
            for some in batches(self.recalled, limits.SLICES_AT_ONCE):
                for span, answer in self.memory.answers(some).items():
                    found[span] = events_of(accounts, answer)
        return found


def events_of(accounts: frozenset[int] | None, answer: Answer) -> Tally:
    """Count the events of some accounts in one answer; None: of all."""
    events = {
        pair: Counter(ids if accounts is None else filter(accounts.__contains__, ids))
        for pair, ids in answer.accounts.items()
    }
    occurrences = {
        pair: Counter(one for one in found if accounts is None or one[0] in accounts)
        for pair, found in answer.occurrences.items()
    }
    return Tally(
        {pair: counts for pair, counts in events.items() if counts},
        {pair: counts for pair, counts in occurrences.items() if counts},
    )
