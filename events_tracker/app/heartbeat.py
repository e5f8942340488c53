"""Telling the outside world that a scan went well, or did not."""

from typing import TYPE_CHECKING

from events_tracker.app.app import App
from events_tracker.base import limits

if TYPE_CHECKING:
    from events_tracker.settings import Settings


def beat(app: App, settings: "Settings", *, good: bool) -> None:
    """Request HEARTBEAT_URL, if there is one; whatever comes of it is a note at most."""
    if not settings.heartbeat_url:
        return
    from events_tracker.base.workers import alone
    from events_tracker.channels.heartbeat import ping

    url, deadline = settings.heartbeat_url, app.deadline(limits.CONNECT_SECONDS)
    try:
        error = alone(deadline, lambda: ping(url, good, deadline))
    except TimeoutError:
        error = "the heartbeat did not answer in time"
    if error:
        app.say(f"note: {error}")
