"""The heartbeat: an address that is pinged after each scan, so that its silence is noticed."""

from events_tracker import http
from events_tracker.base.deadline import Deadline


def ping(url: str, good: bool, deadline: Deadline) -> str | None:
    """Ping the address, or its ``/fail`` after a bad scan; returns what went wrong, if anything.

    To an address with a query nothing can be appended: after a bad scan it hears nothing.
    """
    if not good and "?" in url:
        return None
    session = http.session(url)
    try:
        response, _ = http.exchange(session, "GET", url if good else f"{url}/fail", deadline)
    except http.BROKEN as error:
        return f"the heartbeat at {http.origin(url)} {http.explained(error)}"
    finally:
        session.close()
    if response.status_code >= 300:
        return f"the heartbeat at {http.origin(url)} answered {response.status_code}"
    return None
