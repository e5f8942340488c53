"""The countable events of a window, added up once for all alarms."""

from dataclasses import dataclass, field

from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.model.readings import Tally

Pair = tuple[str | None, str]
"""A CUC and a code: what most filters ask for."""


@dataclass(slots=True)
class Counts:
    """The countable events of one window by CUC and code, then by account.

    ``occurrences``: the same with the different occurrences, where an alarm asks for them.
    """

    events: dict[Pair, dict[int, int]] = field(default_factory=dict)
    occurrences: dict[Pair, dict[int, set[str]]] = field(default_factory=dict)

    def extended(self, tally: Tally, never: NeverCounted, *, by_occurrence: bool) -> "Counts":
        """These events and those of an older stretch; ``self`` stays as it is."""
        events = {pair: dict(accounts) for pair, accounts in self.events.items()}
        occurrences = {
            pair: {account: set(ids) for account, ids in accounts.items()}
            for pair, accounts in self.occurrences.items()
        }
        for kind, count in tally.items():
            if never.why(kind) is not None:
                continue
            account_id, cuc, code, occurrence = kind
            accounts = events.setdefault((cuc, code), {})
            accounts[account_id] = accounts.get(account_id, 0) + count
            if by_occurrence and occurrence is not None:
                ids = occurrences.setdefault((cuc, code), {}).setdefault(account_id, set())
                ids.add(occurrence)
        return Counts(events, occurrences)
