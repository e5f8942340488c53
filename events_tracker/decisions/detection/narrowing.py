"""A dry run that looks at less than a scan does, or supposes something else."""

from collections.abc import Collection, Iterable

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.scope import Scope
from events_tracker.model.alerts import Alert, Trigger


class Narrowing(Struct, frozen=True):
    """The part of the world that a dry run is asked about; by default all of it, as it is.

    ``accounts``: the ids of those that count, None for all. ``afresh``: ids of alarms that are
    supposed to be redefined, so that what they opened before counts no more.
    """

    accounts: frozenset[int] | None = None
    afresh: Collection[str] = frozenset()

    def never(self, never: NeverCounted) -> NeverCounted:
        """Let events of other accounts count in no alarm."""
        return replace(never, only=self.accounts)

    def scope(self, scope: Scope) -> Scope:
        """Let an alarm hear of these accounts at most where there is no event."""
        if self.accounts is None:
            return scope
        return replace(scope, listed=tuple(id_ for id_ in scope.listed if id_ in self.accounts))

    def triggers(self, triggers: Iterable[Trigger]) -> list[Trigger]:
        """Choose the triggers that count."""
        return [
            trigger
            for trigger in triggers
            if trigger.alarm_id not in self.afresh and self._takes(trigger.group.account_id)
        ]

    def entries(self, entries: Iterable[Alert]) -> list[Alert]:
        """Choose the entries of accounts that count."""
        return [entry for entry in entries if self._takes(entry.account_id)]

    def _takes(self, account_id: int | None) -> bool:
        return self.accounts is None or account_id in self.accounts
