"""When accounts were last heard: by any event that the tracker did not raise itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from events_tracker.base.times import LATEST, Instant
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.model.readings import Answer, Segment


class Hearing:
    """The end of the newest slice with an event of each account, in ``ends``; in any order.

    ``watched`` accounts are heard in every slice, all others only in those that end from ``since``
    on: what opens an alert was heard lately, as a rule, and is watched from then on. Slices had
    better come newest first: then only those that are not heard yet are looked for in older ones.
    """

    def __init__(self, watched: frozenset[int], since: Instant, never: NeverCounted) -> None:
        self.ends: dict[int, Instant] = {}
        self._watched = watched
        self._unheard = set(watched)
        self._since = since
        self._oldest, self._newest = LATEST, 0
        self._codes = never.codes
        self._ours: defaultdict[str, set[int]] = defaultdict(set)
        for account_id, code in never.injected:
            self._ours[code].add(account_id)

    def add(self, end: Instant, answer: Answer) -> None:
        """Add the slice that ends at ``end``."""
        among = self._unheard if end < self._oldest else self._watched
        heard: set[int] = set()
        for (_, code), accounts in answer.accounts.items():
            if code not in self._codes:
                here = set(accounts) if end >= self._since else among.intersection(accounts)
                heard |= here - self._ours[code] if code in self._ours else here
        self._unheard -= heard
        if end < self._newest:
            heard = {account_id for account_id in heard if self.ends.get(account_id, 0) < end}
        self.ends.update(dict.fromkeys(heard, end))
        self._oldest, self._newest = min(self._oldest, end), max(self._newest, end)


def last_heard(
    segments: Iterable[Segment], accounts: Iterable[int | None]
) -> Mapping[int | None, Instant]:
    """Find when these accounts were last heard in segments, newest first; who was not is not there.

    None, of a group that is not one account's, never is.
    """
    wanted, found = set(accounts), dict[int | None, Instant]()
    for segment in segments:
        here = segment.heard.keys() & wanted
        found.update((account_id, segment.heard[account_id]) for account_id in here)
        wanted -= here
    return found
