"""What is known of the failures of one pass on one host."""

from msgspec import Struct

from events_tracker.base.times import Instant


class Failure(Struct, frozen=True):
    """One failure of a pass, for as long as it may last.

    ``text`` is the error as it was first said, ``told_at`` when it was last said, ``seen_at`` when
    a run last failed with it, ``times`` how many runs did.
    """

    text: str
    since: Instant
    told_at: Instant
    seen_at: Instant
    times: int
