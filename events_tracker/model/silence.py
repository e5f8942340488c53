"""Whether an account whose alert is over is still heard of: quiet, or perhaps dead."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from events_tracker.base.times import Duration, Instant, Span


class Sent(Struct, frozen=True):
    """What an account is known to have sent itself.

    ``stretches``: each has at least one of its events, at a moment of it that nobody knows: a
    minute or longer. ``tests``: whether a periodic test was among them.
    """

    stretches: Sequence[Span] = ()
    tests: bool = False


class Verdict(StrEnum):
    """What can be said of an account since its last alert was over."""

    ALIVE = "alive"
    """It sent something since."""
    SILENT = "silent"
    """It sent nothing since, which is not yet longer than usual, or nobody knows what is usual."""
    OVERDUE = "overdue"
    """It has been silent for longer than it ever is."""


class Silence(Struct, frozen=True):
    """The verdict on one account, and what it rests on.

    ``since``: the last moment at which it may have been heard, as far as is known. ``quiet``: for
    so long it surely has not been, up to where anything is known. ``longest``: its longest silence
    of the last 30 days before that one; None where too little is known to say. ``tests``: whether
    it sent a periodic test in that time.
    """

    verdict: Verdict
    since: Instant
    quiet: Duration
    longest: Duration | None
    tests: bool

    @property
    def sends_no_test(self) -> bool:
        """True if enough is known of it, and no periodic test was in that."""
        return self.longest is not None and not self.tests
