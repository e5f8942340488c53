"""An exception: one account's own value for an alarm, or none at all."""

from msgspec import Struct

from events_tracker.base.times import Instant

BY_ITSELF = "tracker"
"""Who ended an exception whose time was over."""


class AccountException(Struct, frozen=True):
    """What one alarm does otherwise for the account, or the accounts, of one code.

    ``value`` is compared with instead of all of the alarm's; None: the account is not counted.
    ``ends_at``: the first moment at which it holds no more; None: until somebody ends it.
    """

    id: str
    alarm_id: str
    account_code: str
    value: int | None
    ends_at: Instant | None
    reason: str
    made_at: Instant
    made_by: str
    ended_at: Instant | None = None
    ended_by: str | None = None

    def holds_at(self, at: Instant) -> bool:
        """Tell whether its time is not over at a moment."""
        return self.ended_at is None and (self.ends_at is None or at < self.ends_at)
