"""The alarms, and the story of one of them. Reads only."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.base.times import Instant
from events_tracker.decisions.alarms.names import find
from events_tracker.decisions.alarms.versions import Step, steps, whole
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Alert
from events_tracker.model.filters import RegisterQuery, State
from events_tracker.reports import exceptions, history

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Listed(Struct, frozen=True):
    """The living alarms, `default` first; ``names`` gives the name of each by its id."""

    alarms: Sequence[Alarm]

    @property
    def names(self) -> Mapping[str, str]:
        return {alarm.id: alarm.name for alarm in self.alarms}


class Versions(Struct, frozen=True):
    """One alarm as each change left it, newest first; ``names`` are those of alarms by id."""

    steps: Sequence[Step]
    names: Mapping[str, str]


class Story(Struct, frozen=True):
    """One alarm with its exceptions, what it has open, what it found lately, and what it was."""

    alarm: Alarm
    names: Mapping[str, str]
    exceptions: Sequence[exceptions.Listed]
    is_open: Sequence[Alert]
    recent: Sequence[Alert]
    versions: Versions


class Activity(Struct, frozen=True):
    """The number of alerts of one alarm: open now, and opened since some time ago."""

    is_open: int
    detections: int


def activity(store: "Store", since: Instant) -> Mapping[str, Activity]:
    """Count for each alarm that has any, by its id, what is open and what it found since then."""

    def count(rows: "Rows") -> Mapping[str, Activity]:
        is_open = rows.triggers.count_by_alarm()
        found = rows.register.detections_by_alarm(since)
        return {
            id_: Activity(is_open.get(id_, 0), found.get(id_, 0))
            for id_ in is_open.keys() | found.keys()
        }

    return store.read(count)


def number_open(store: "Store", alarm_id: str) -> int:
    """Count the alerts that an alarm, living or not, has open."""
    return store.read(lambda rows: rows.triggers.count_by_alarm()).get(alarm_id, 0)


def listed(store: "Store") -> Listed:
    """List every living alarm."""
    return Listed(store.read(lambda rows: rows.alarms.all()))


def story(store: "Store", name: str, now: Instant) -> Story:
    """Tell all there is to tell of the alarm called that. Raises UsageError if there is none."""
    living = listed(store)
    alarm = find(living.alarms, name)
    is_open = history.entries(store, RegisterQuery(alarm_id=alarm.id, state=State.OPEN))
    recent = history.entries(
        store, RegisterQuery(alarm_id=alarm.id, limit=limits.RECENT_DETECTIONS)
    )
    own = store.read(lambda rows: exceptions.listed(rows, alarm, now))
    was = _versions(store, living, alarm)
    return Story(alarm, living.names, own, list(is_open), list(recent), was)


def versions(store: "Store", name: str) -> Versions:
    """Tell who changed the alarm called that, and how. Raises UsageError if there is none."""
    living = listed(store)
    return _versions(store, living, find(living.alarms, name))


def _versions(store: "Store", living: Listed, alarm: Alarm) -> Versions:
    stored = store.read(lambda rows: rows.versions.of(alarm.id))
    return Versions(steps(whole(alarm, stored)), living.names)
