"""Exceptions as rows."""

from collections.abc import Sequence

from events_tracker.base.times import Instant
from events_tracker.model.exceptions import AccountException
from events_tracker.storage.convert import convert
from events_tracker.storage.session import Statements


class Exceptions:
    """What alarms do otherwise for single accounts; of each account, one at a time."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def standing(self) -> list[AccountException]:
        """Read those of all alarms that nobody has ended, also where their time is over."""
        return convert(self._statements.rows("exceptions_standing"), list[AccountException])

    def of_alarm(self, alarm_id: str, *, ended: bool = False) -> list[AccountException]:
        """Read those of one alarm that nobody has ended; then the others, newest first."""
        rows = self._statements.rows("exceptions_of_alarm", alarm_id=alarm_id, ended=int(ended))
        return convert(rows, list[AccountException])

    def add(self, exception: AccountException) -> None:
        """Store a new one; the one before it of the same alarm and account must have ended."""
        row = {
            name: getattr(exception, name)
            for name in (
                *("id", "alarm_id", "account_code", "value", "ends_at"),
                *("reason", "made_at", "made_by"),
            )
        }
        self._statements.insert("exceptions_add", [row])

    def end(self, ids: Sequence[str], at: Instant, who: str) -> None:
        """Let these hold no more."""
        if ids:
            self._statements.run("exceptions_end", ids=ids, at=at, who=who)

    def explain(self, id_: str, reason: str) -> None:
        """Put another reason in place of the one that was given."""
        self._statements.run("exceptions_reason", id=id_, reason=reason)
