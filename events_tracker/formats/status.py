"""A check as programs read it, in `status --format json`."""

from typing import Any

from events_tracker.model.health import Check


def check_object(check: Check) -> dict[str, Any]:
    """Return one thing that was looked at, how it is and what was found."""
    return {"name": check.name, "health": check.health.value, "detail": check.detail}
