"""A hold: for a while nobody is told of one account; everything else goes on."""

from msgspec import Struct

from events_tracker.base.times import Instant
from events_tracker.model.alerts import Alert

BY_ITSELF = "tracker"
"""Who ended a hold whose time was over."""


class Hold(Struct, frozen=True):
    """What is kept back, from whom on and until when.

    ``cuc``, ``code`` and ``alarm_id`` narrow it, None: all of the account's; ``alarm`` is that
    alarm's name. ``ends_at``: the first moment at which it holds no more. ``ended_at`` and
    ``ended_by``: when and by whom it was ended by hand, if it was. ``released_at``: when what it
    held was let go.
    """

    id: str
    account_id: int
    account_code: str
    trade_name: str | None
    cuc: str | None
    code: str | None
    alarm_id: str | None
    alarm: str | None
    starts_at: Instant
    ends_at: Instant
    reason: str
    made_by: str
    ended_at: Instant | None = None
    ended_by: str | None = None
    released_at: Instant | None = None

    def is_active(self, at: Instant) -> bool:
        """Tell whether it keeps anything back at a moment."""
        return self.ended_at is None and self.released_at is None and at < self.ends_at

    def covers(self, alert: Alert) -> bool:
        """Tell whether it speaks of what an alert speaks of."""
        return self.speaks_of(alert.alarm_id, alert.account_id, alert.cuc, alert.code)

    def speaks_of(
        self, alarm_id: str, account_id: int | None, cuc: str | None, code: str | None
    ) -> bool:
        """Tell whether it speaks of a group of an alarm."""
        return (
            self.account_id == account_id
            and self.cuc in (None, cuc)
            and self.code in (None, code)
            and self.alarm_id in (None, alarm_id)
        )

    def over_at(self, now: Instant) -> Instant | None:
        """Return when it was over, by hand or by itself; None while it is not."""
        if self.ended_at is not None:
            return self.ended_at
        return None if self.is_active(now) else self.ends_at

    def over_by(self, now: Instant) -> str | None:
        """Return who ended it; None while it is not over."""
        if self.ended_at is not None:
            return self.ended_by
        return None if self.is_active(now) else BY_ITSELF


class Listed(Struct, frozen=True):
    """One hold, and how many alerts it keeps, or kept, the news back of."""

    hold: Hold
    held: int
