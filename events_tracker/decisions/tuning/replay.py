"""The alerts that a rule would have opened, each group followed from change to change.

Between two changes of a group's number nothing happens to it but that time goes on, so that only
those looks are decided at which its number is another or its time to be over has come. A property
test holds that this is what looking at all groups at every look comes to.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from events_tracker.base.times import Duration, Instant
from events_tracker.decisions.detection.exceptions import Excepted
from events_tracker.decisions.tuning.looks import Looks
from events_tracker.decisions.tuning.tracks import Track, Tracks
from events_tracker.model.alarms import Alarm, Clearing, Operator
from events_tracker.model.groups import Group
from events_tracker.model.tuning import Episode


def replay(
    alarm: Alarm,
    tracks: Tracks,
    looks: Looks,
    excepted: Excepted,
    clearing: Clearing,
    known_by: Duration | None = None,
) -> list[Episode]:
    """Return the alerts of an alarm, by opening.

    ``tracks`` are those of its scope without the accounts that it never counts; ``clearing`` is its
    own. Where a window is not known as a whole it does what scans do: it opens what reaches the
    value all the same, if the condition rises, and sees nothing as below. ``known_by``: the window
    of which that is asked, where it is not the alarm's own, but that of the events whose detections
    it counts.
    """
    rule = alarm.definition
    own, peaks = excepted.values, tracks.peaks(rule.window)
    listed, whole = tracks.listed, looks.next_whole(known_by or rule.window)
    found: list[Episode] = []
    for group, track in tracks.of_groups.items():
        value = None if group.account_id is None else own.get(group.account_id)
        if value is None:
            value = rule.value_for(group.code)
        if rule.operator.rises and not rule.operator.holds(peaks[group], value):
            continue
        line = _Line(rule.operator, value, clearing, group in listed)
        found += _Life(group, line, looks, whole).through(track, rule.window)
    return sorted(found, key=lambda one: (one.opened_at, _order(one.group)))


def _order(group: Group) -> tuple[int, int, str, str]:
    return group.account_id or 0, group.company_id or 0, group.cuc or "", group.code or ""


class _Line(Struct, frozen=True):
    """What a group's number is compared with. ``listed``: it is compared at zero too."""

    operator: Operator
    value: int
    clearing: Clearing
    listed: bool

    def holds(self, number: int) -> bool:
        return self._there(number) and self.operator.holds(number, self.value)

    def keeps(self, number: int) -> bool:
        return self._there(number) and self.operator.keeps(number, self.value, self.clearing.below)

    def _there(self, number: int) -> bool:
        return number > 0 or self.listed


class _Life:
    """One group, from look to look: no alert, an open one, or one that was seen below."""

    def __init__(self, group: Group, line: _Line, looks: Looks, whole: Sequence[int]) -> None:
        self._group, self._line, self._looks, self._whole = group, line, looks, whole
        self._opened: Episode | None = None
        self._below_since: Instant | None = None

    def through(self, track: Track, window: Duration) -> Iterator[Episode]:
        """Yield what opened, in order; the last one may be open yet."""
        for first, after, number in self._stretches(track, window):
            yield from self._stay(first, after, number)
        if self._opened is not None:
            yield self._opened

    def _stretches(self, track: Track, window: Duration) -> Iterator[tuple[int, int, int]]:
        """Go through the looks at which the number is one and the same: first, after, number."""
        changes: defaultdict[int, int] = defaultdict(int)
        for look, change in track.changes(self._looks, window):
            changes[look] += change
        number = before = 0
        for look in sorted(changes):
            if changes[look]:
                if before < look:
                    yield before, look, number
                number, before = number + changes[look], look
        if before < len(self._looks.moments):
            yield before, len(self._looks.moments), number

    def _stay(self, first: int, after: int, number: int) -> Iterator[Episode]:
        """Look at a number that stays as it is."""
        holds, keeps = self._line.holds(number), self._line.keeps(number)
        rises = self._line.operator.rises
        look = first
        while look < after:
            seen = look if rises else self._whole[look]
            if self._opened is None:
                if not holds or seen >= after:
                    return
                self._open(seen, number)
                look = seen + 1
            elif keeps:
                if seen < after:
                    self._below_since = None
                return
            else:
                end = self._end(self._whole[look], after)
                if end is None:
                    return
                yield self._opened._replace(ended_at=self._looks.moments[end])
                self._opened = None
                look = end + 1

    def _open(self, look: int, number: int) -> None:
        moment = self._looks.moments[look]
        self._opened = Episode(self._group, moment, number, None)
        self._below_since = None

    def _end(self, seen: int, after: int) -> int | None:
        """Find the look at which the open alert is over; None if it is none before ``after``."""
        if seen >= after:
            return None
        if self._below_since is None:
            self._below_since = self._looks.moments[seen]
        due = self._looks.since(self._below_since + self._line.clearing.after)
        if due >= after:
            return None
        end = self._whole[max(seen, due)]
        return end if end < after else None
