"""Notes: what people wrote on one alert."""

from msgspec import Struct

from events_tracker.base.times import Instant

MUTE_ENDED = "mute ended"
"""The note that an alert gets when its mute is ended, before what somebody gave as a reason."""


class Note(Struct, frozen=True):
    """A text of one person on one alert; with ``acknowledge`` the alert is theirs from then on."""

    id: str
    register_id: str
    written_at: Instant
    written_by: str
    text: str
    acknowledge: bool = False
