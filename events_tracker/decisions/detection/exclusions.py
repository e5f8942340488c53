"""Events that no alarm counts, whatever its filters are."""

from dataclasses import dataclass

from events_tracker.decisions.detection.reasons import NotCounted
from events_tracker.model.readings import EventKind


@dataclass(frozen=True, slots=True)
class NeverCounted:
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
        """Why no alarm counts such events; None if alarms may."""
        if kind.code in self.codes or (kind.account_id, kind.code) in self.injected:
            return NotCounted.OURS
        if kind.occurrence in self.occurrences:
            return NotCounted.CLOSED_BY
        if self.only is not None and kind.account_id not in self.only:
            return NotCounted.OTHER_ACCOUNT
        return None
