"""The alerts that a rule would have opened, each group followed from change to change.

Between two changes of a group's number nothing happens to it but that time goes on, so that only
those looks are decided at which its number is another or its time to be over has come. A property
test holds that this is what looking at all groups at every look comes to.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from events_tracker.base.times import Duration, Instant
from events_tracker.decisions.detection.exceptions import Excepted
from events_tracker.decisions.tuning.looks import Looks
from events_tracker.decisions.tuning.tracks import Stretch, Tracks
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
    whole = looks.next_whole(known_by or rule.window)
    lines = _Lines(rule.operator, clearing.below)
    found: list[Episode] = []
    for group in tracks.of_groups:
        value = None if group.account_id is None else own.get(group.account_id)
        if value is None:
            value = rule.value_for(group.code)
        line = lines[value, group in tracks.listed]
        if rule.operator.rises and not line[peaks[group]].holds:
            continue
        life = _Life(group, line, looks, whole, clearing.after)
        found += life.through(tracks.course(group, looks, rule.window))
    return sorted(found, key=lambda one: (one.opened_at, _order(one.group)))


def _order(group: Group) -> tuple[int, int, str, str]:
    return group.account_id or 0, group.company_id or 0, group.cuc or "", group.code or ""


class _Judged(NamedTuple):
    """What a number means: whether it opens an alert, and whether it keeps an open one open."""

    holds: bool
    keeps: bool


class _Line(dict[int, _Judged]):
    """Each number judged once, as scans do. ``listed``: the group is compared at zero too."""

    def __init__(self, operator: Operator, value: int, below: int, listed: bool) -> None:
        super().__init__()
        self._operator, self._value, self._below, self._listed = operator, value, below, listed
        self.rises = operator.rises

    def __missing__(self, number: int) -> _Judged:
        there = number > 0 or self._listed
        holds = there and self._operator.holds(number, self._value)
        keeps = there and self._operator.keeps(number, self._value, self._below)
        self[number] = judged = _Judged(holds, keeps)
        return judged


class _Lines(dict[tuple[int, bool], _Line]):
    """The lines of a rule, by value and by whether the group is compared at zero too."""

    def __init__(self, operator: Operator, below: int) -> None:
        super().__init__()
        self.operator, self._below = operator, below

    def __missing__(self, of: tuple[int, bool]) -> _Line:
        self[of] = line = _Line(self.operator, of[0], self._below, of[1])
        return line


class _Life:
    """One group, from look to look: no alert, an open one, or one that was seen below."""

    def __init__(
        self,
        group: Group,
        line: _Line,
        looks: Looks,
        whole: Sequence[int],
        clear_after: Duration,
    ) -> None:
        self._group, self._line, self._looks, self._whole = group, line, looks, whole
        self._clear_after, self._rises = clear_after, line.rises
        self._opened: Episode | None = None
        self._below_since: Instant | None = None

    def through(self, course: Iterable[Stretch]) -> Iterator[Episode]:
        """Yield what opened, in order; the last one may be open yet."""
        for first, after, number in course:
            holds, keeps = self._line[number]
            if self._opened is None:
                if holds:
                    yield from self._stay(first, after, number)
            elif not keeps or self._below_since is not None:
                yield from self._stay(first, after, number)
        if self._opened is not None:
            yield self._opened

    def _stay(self, first: int, after: int, number: int) -> Iterator[Episode]:
        """Look at a number that stays as it is."""
        holds, keeps = self._line[number]
        look = first
        while look < after:
            seen = look if self._rises else self._whole[look]
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
        due = self._looks.since(self._below_since + self._clear_after)
        if due >= after:
            return None
        end = self._whole[max(seen, due)]
        return end if end < after else None
