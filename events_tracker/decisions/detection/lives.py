"""The alerts that one alarm would have: each lives as a trigger does, and leaves an episode."""

from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from events_tracker.base.times import LATEST, Instant
from events_tracker.decisions.detection.counting import Evaluation
from events_tracker.decisions.detection.lifecycle import observed, quiet_for
from events_tracker.decisions.detection.opening import Opening, decide
from events_tracker.model.alarms import Alarm, Clearing
from events_tracker.model.alerts import Trigger
from events_tracker.model.groups import Group
from events_tracker.model.tuning import Episode


class Lives(Struct):
    """What is open by now, what is over, and how often each group opened.

    ``clearing``: that of the alarm itself.
    """

    alarm: Alarm
    clearing: Clearing
    openings: dict[Group, int] = field(default_factory=dict)
    over: list[Episode] = field(default_factory=list)
    _open: dict[Group, Trigger] = field(default_factory=dict)
    _begun: dict[Group, Episode] = field(default_factory=dict)
    _seq: int = 0

    def see(self, evaluation: Evaluation, at: Instant) -> None:
        """Open, observe and end alerts; what goes on holding is left as it is: thousands may."""
        self._seq += 1
        held = {group for group, trigger in self._open.items() if trigger.below_since is None}
        held.intersection_update(evaluation.holding)
        others = [group for group in evaluation.holding if group not in held]
        planned = decide(
            [replace(evaluation, holding=others)],
            [trigger for group, trigger in self._open.items() if group not in held],
            clearing=self.clearing,
        )
        for seen in planned.observations:
            trigger = observed(seen, self._seq, at, LATEST)
            quiet = quiet_for(trigger.below_since, trigger.observed_at)
            if quiet is not None and quiet >= self.clearing.after:
                del self._open[trigger.group]
                self.over.append(self._begun.pop(trigger.group)._replace(ended_at=at))
            else:
                self._open[trigger.group] = trigger
        for opening in planned.openings:
            group = opening.group
            self._open[group] = self._trigger(opening, at)
            self._begun[group] = Episode(group, at, opening.quantity, None)
            self.openings[group] = self.openings.get(group, 0) + 1

    def episodes(self) -> Iterator[Episode]:
        """List what is over, and what is open yet."""
        yield from self.over
        yield from self._begun.values()

    def _trigger(self, opening: Opening, at: Instant) -> Trigger:
        return Trigger(
            alarm_id=self.alarm.id,
            group_key=opening.key,
            register_id=opening.key,
            revision=self.alarm.revision,
            group=opening.group,
            quantity=opening.quantity,
            highest=opening.quantity,
            observed_seq=self._seq,
            observed_at=at,
            below_since=None,
            muted=False,
        )
