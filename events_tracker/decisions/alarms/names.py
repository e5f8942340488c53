"""Alarms by their names."""

from collections.abc import Collection

from events_tracker.base.errors import NotFound
from events_tracker.base.text import did_you_mean, nearest
from events_tracker.model.alarms import Alarm


def find(alarms: Collection[Alarm], name: str) -> Alarm:
    """Find the alarm of this name. Raises NotFound with the nearest one if there is none."""
    for alarm in alarms:
        if alarm.name == name:
            return alarm
    near = nearest(name, [alarm.name for alarm in alarms])
    raise NotFound(f"there is no alarm called {name!r}{did_you_mean(near)}")
