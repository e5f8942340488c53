"""What the events of an account look like, and what that usually comes from."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from events_tracker.base.times import Duration


class Cause(StrEnum):
    """What storms of events come from, as far as counts can tell. It is a guess, and named one."""

    TEST = "test"
    COMMUNICATOR = "communicator"
    POWER = "power"
    CHURN = "churn"
    PANEL = "panel"
    SENSOR = "sensor"
    SWINGER = "swinger"
    STUCK = "stuck"


class Seen(Struct, frozen=True):
    """What is seen of an account's events, all codes, in a stretch of time.

    ``cause`` is None where nothing is said; ``life_safety``: because somebody may be in danger.
    ``trips`` are alarms, ``restores`` the ends of such. ``dispersion``: variance by mean of the
    trips of a minute, 0 for one that comes like a clock, about 1 for what comes at random; None
    where the minutes are not known, or too few. ``beside``: how many signals of other kinds there
    were, by family. ``codes``: how many different alarm and trouble codes came often.
    """

    cause: Cause | None
    life_safety: bool
    trips: int
    restores: int
    dispersion: float | None
    codes: int
    beside: Mapping[str, int] = field(default_factory=dict)


class LastHours(Struct, frozen=True):
    """What is seen of an account, and in how much time of the last two hours, all together."""

    seen: Seen
    looked_at: Duration
