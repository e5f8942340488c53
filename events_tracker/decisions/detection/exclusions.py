"""Events that no alarm counts, whatever its filters are."""

from collections import defaultdict
from collections.abc import Mapping

from msgspec import Struct

from events_tracker.decisions.detection.reasons import NotCounted
from events_tracker.model.readings import EventKind, Pair, Tally

_Events = dict[Pair, Mapping[int, int]]
_Occurrences = dict[Pair, Mapping[tuple[int, str], int]]


class NeverCounted(Struct, frozen=True):
    """Events that no alarm counts.

    ``codes``: the code that the tracker injects; ``injected``: (account id, code) of what it did
    inject; ``occurrences``: those that an ignored user closed. ``only``: if not None, the accounts
    that a dry run is narrowed to.
    """

    codes: frozenset[str] = frozenset()
    injected: frozenset[tuple[int, str]] = frozenset()
    occurrences: frozenset[str] = frozenset()
    only: frozenset[int] | None = None

    def why(self, kind: EventKind) -> NotCounted | None:
        """Return why no alarm counts such events; None if alarms may."""
        if kind.code in self.codes or (kind.account_id, kind.code) in self.injected:
            return NotCounted.OURS
        if kind.occurrence in self.occurrences:
            return NotCounted.CLOSED_BY
        if self.only is not None and kind.account_id not in self.only:
            return NotCounted.OTHER_ACCOUNT
        return None

    def without(self, tally: Tally) -> Tally:
        """Leave out of a tally what :meth:`why` has a reason for; counters are shared, not changed.

        Nothing to leave out is what happens most: it costs a look at each CUC and code.
        """
        events: _Events = {p: c for p, c in tally.events.items() if p[1] not in self.codes}
        occurrences: _Occurrences = {
            p: c for p, c in tally.occurrences.items() if p[1] not in self.codes
        }
        self._drop_closed(events, occurrences)
        self._drop_accounts(events, occurrences)
        return Tally(
            {pair: counter for pair, counter in events.items() if counter},
            {pair: counter for pair, counter in occurrences.items() if counter},
        )

    def _drop_closed(self, events: _Events, occurrences: _Occurrences) -> None:
        if not self.occurrences:
            return
        for pair, counter in occurrences.items():
            left = dict(events[pair])
            for (account_id, occurrence), number in counter.items():
                if occurrence in self.occurrences:
                    left[account_id] -= number
            events[pair] = {id_: number for id_, number in left.items() if number}
            occurrences[pair] = {k: n for k, n in counter.items() if k[1] not in self.occurrences}

    def _drop_accounts(self, events: _Events, occurrences: _Occurrences) -> None:
        ours: defaultdict[str, set[int]] = defaultdict(set)
        for account_id, code in self.injected:
            ours[code].add(account_id)
        for pair, counter in events.items():
            of_code = ours.get(pair[1], set())
            if self.only is None and counter.keys().isdisjoint(of_code):
                continue
            kept = (counter.keys() if self.only is None else counter.keys() & self.only) - of_code
            events[pair] = {id_: counter[id_] for id_ in kept}
            if pair in occurrences:
                occurrences[pair] = {k: n for k, n in occurrences[pair].items() if k[0] in kept}
