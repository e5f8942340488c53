"""The alarm called `default`: what the environment says, against what is stored."""

from msgspec.structs import replace

from events_tracker.base.times import Instant
from events_tracker.model.alarms import DEFAULT_ALARM, Alarm, Definition

_SETTINGS = {
    "window": "TRACKER_WINDOW",
    "value": "TRACKER_THRESHOLD",
    "values": "TRACKER_THRESHOLDS",
    "codes": "TRACKER_CODES",
    "cucs": "TRACKER_CUCS",
}


def differing_settings(stored: Definition, wanted: Definition) -> list[str]:
    """Names of the settings in which two definitions differ; the order of a list means nothing."""
    return [
        setting
        for field, setting in _SETTINGS.items()
        if _comparable(getattr(stored, field)) != _comparable(getattr(wanted, field))
    ]


def _comparable(value: object) -> object:
    return frozenset(value) if isinstance(value, tuple) else value


def first_default(wanted: Definition, now: Instant) -> Alarm:
    """`default` as it is stored for the first time."""
    return Alarm(
        id=DEFAULT_ALARM,
        name=DEFAULT_ALARM,
        defined_in="environment",
        definition=wanted,
        description="Too many watched events of one account, CUC and code",
        created_at=now,
    )


def adopted(stored: Alarm, wanted: Definition) -> Alarm | None:
    """`default` with another definition, as a new revision; None if nothing differs."""
    if not differing_settings(stored.definition, wanted):
        return None
    return replace(stored, definition=wanted, revision=stored.revision + 1, detections=0)
