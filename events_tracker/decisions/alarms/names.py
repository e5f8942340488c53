"""Alarms by their names."""

from collections.abc import Collection

from events_tracker.base.errors import NotFound
from events_tracker.base.text import did_you_mean, folded, nearest
from events_tracker.model.alarms import Alarm
from events_tracker.model.filters import listed, matcher


def find(alarms: Collection[Alarm], name: str) -> Alarm:
    """Find the alarm of this name. Raises NotFound with the nearest one if there is none."""
    for alarm in alarms:
        if alarm.name == name:
            return alarm
    raise _nobody(alarms, name)


def find_spelled(alarms: Collection[Alarm], name: str) -> Alarm:
    """Find the same, whatever case and accents the name is written in, as all filters do."""
    spelled = [alarm for alarm in alarms if folded(alarm.name) == folded(name)]
    return spelled[0] if len(spelled) == 1 else find(alarms, name)


def filtered(alarms: Collection[Alarm], text: str) -> list[Alarm]:
    """Choose the alarms that a filter's text means; one with this very name is meant alone.

    Raises NotFound for a name without ``*`` that none has.
    """
    if exact := [alarm for alarm in alarms if alarm.name == text]:
        return exact
    for name in listed(text):
        if "*" not in name and not any(map(matcher(name), _names(alarms))):
            raise _nobody(alarms, name)
    is_meant = matcher(text)
    return [alarm for alarm in alarms if is_meant(alarm.name)]


def _names(alarms: Collection[Alarm]) -> list[str]:
    return [alarm.name for alarm in alarms]


def _nobody(alarms: Collection[Alarm], name: str) -> NotFound:
    near = nearest(name, _names(alarms))
    return NotFound(f"there is no alarm called {name!r}{did_you_mean(near)}")
