"""What a scan asks: which alarms, over windows that end together, and where these are cut."""

from collections.abc import Sequence

from msgspec import Struct

from events_tracker.base.times import Instant, Span
from events_tracker.decisions.detection.narrowing import Narrowing
from events_tracker.decisions.detection.ordering import later_end
from events_tracker.fetch.slice_cache import SliceCache
from events_tracker.model.alarms import Alarm, Source
from events_tracker.model.exceptions import AccountException
from events_tracker.model.runs import ScanState


class Question(Struct, frozen=True):
    """The question of a scan: these alarms, over windows that end where ``window`` does.

    ``memory``: None where the scan does without cached slices. ``exceptions``: those of all alarms
    that nobody has ended.
    """

    alarms: Sequence[Alarm]
    window: Span
    narrowing: Narrowing
    state: ScanState
    memory: SliceCache | None
    exceptions: Sequence[AccountException] = ()

    @property
    def over_events(self) -> list[Alarm]:
        """The alarms that count events."""
        return [alarm for alarm in self.alarms if alarm.definition.source == Source.EVENTS]

    @property
    def by_occurrence(self) -> bool:
        """True if an alarm counts occurrences."""
        return any(alarm.definition.field == "occurrence" for alarm in self.over_events)

    def start(self, alarm: Alarm) -> Instant:
        """Return the start of an alarm's window."""
        return self.window.end - alarm.definition.window

    def later_end(self, alarm: Alarm) -> Instant | None:
        """Find where a later window of this alarm ended that was seen whole before, if any."""
        until = later_end(self.state.good_until, alarm.evaluated_until)
        return until if until > self.window.end else None

    def overlap_start(self, alarm: Alarm) -> Instant | None:
        """Find where this alarm's window and that later one begin to overlap, if they do."""
        until = self.later_end(alarm)
        start = None if until is None else until - alarm.definition.window
        return start if start is not None and start <= self.window.end else None

    def cuts(self) -> set[Instant]:
        """Collect the starts of all stretches that are counted by themselves."""
        overlaps = {self.overlap_start(alarm) for alarm in self.over_events}
        return {self.start(alarm) for alarm in self.over_events} | {
            start for start in overlaps if start is not None
        }
