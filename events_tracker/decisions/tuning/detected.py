"""Alarms over detections, replayed over what their sources would have opened."""

from collections.abc import Iterable, Sequence

from events_tracker.base.times import Span
from events_tracker.decisions.detection.detections import group_of, takes, value_of
from events_tracker.decisions.detection.opening import Opening, alert
from events_tracker.decisions.tuning.tracks import Track, Tracks, track
from events_tracker.model.alarms import Alarm, Definition
from events_tracker.model.alerts import Alert
from events_tracker.model.directory import Directory
from events_tracker.model.groups import Group
from events_tracker.model.tuning import Episode


def entries(source: Alarm, episodes: Iterable[Episode], directory: Directory) -> list[Alert]:
    """Write the register as it would be, with what is known of accounts and companies today."""
    return [alert(_opening(source, one), None, one.opened_at, 0, directory) for one in episodes]


def _opening(source: Alarm, episode: Episode) -> Opening:
    return Opening(
        alarm=source,
        group=episode.group,
        key="",
        window=Span(episode.opened_at - source.definition.window, episode.opened_at),
        threshold=source.definition.value_for(episode.group.code),
        quantity=episode.quantity,
        partial=False,
        counted=(),
    )


def tracks_of(rule: Definition, register: Sequence[Alert], never: frozenset[int]) -> Tracks:
    """Sort the entries of its source by the groups of an alarm.

    ``never``: accounts that it does not count.
    """
    found: dict[Group, Track] = {}
    for entry in register:
        if entry.account_id not in never and takes(rule, entry):
            of_group = found.setdefault(group_of(rule, entry), track(rule))
            of_group.add(entry.opened_at, 1, value_of(rule, entry))
    return Tracks(found, frozenset())
