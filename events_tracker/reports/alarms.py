"""The alarms, and the story of one of them. Reads only."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.decisions.alarms.names import find
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Alert
from events_tracker.model.filters import RegisterQuery
from events_tracker.reports import history

if TYPE_CHECKING:
    from events_tracker.storage import Store


class Listed(Struct, frozen=True):
    """The living alarms, `default` first; ``names`` gives the name of each by its id."""

    alarms: Sequence[Alarm]

    @property
    def names(self) -> Mapping[str, str]:
        return {alarm.id: alarm.name for alarm in self.alarms}


class Story(Struct, frozen=True):
    """One alarm with what it has open and what it found lately."""

    alarm: Alarm
    names: Mapping[str, str]
    is_open: Sequence[Alert]
    recent: Sequence[Alert]


def listed(store: "Store") -> Listed:
    """List every living alarm."""
    return Listed(store.read(lambda rows: rows.alarms.all()))


def story(store: "Store", name: str) -> Story:
    """Tell all there is to tell of the alarm called that. Raises UsageError if there is none."""
    living = listed(store)
    alarm = find(living.alarms, name)
    is_open = history.entries(store, RegisterQuery(alarm_id=alarm.id, open_only=True))
    recent = history.entries(
        store, RegisterQuery(alarm_id=alarm.id, limit=limits.RECENT_DETECTIONS)
    )
    return Story(alarm, living.names, list(is_open), list(recent))
