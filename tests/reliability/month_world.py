"""A month of a thousand accounts: what happens to them, and a Segware that answers for it.

Only a few hours are ever in memory. The same seed gives the same month.
"""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge

from msgspec.structs import replace

from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import SegwareError
from events_tracker.base.times import DAY, HOUR, MINUTE, SECOND, Duration, Instant, Span
from events_tracker.model.directory import Account, Organization
from events_tracker.model.readings import Answer, EventKind, answer_of

KEPT = 4 * HOUR
"""How long scans still ask for an event: the window, and what a scan may read again of it."""
LATEST = 8 * MINUTE
"""The latest an event arrives; within TRACKER_SETTLE, so that it counts at once."""
CODES = ("E130", "E131", "E132", "1130", "1131")
COMPANIES, CLIENT_GROUPS = 5, 12

Arrival = tuple[Instant, Instant, EventKind]
"""When an event happened, when it arrived, and what it was."""


class World:
    """What happens: a test signal of every account each hour, and some accounts that go mad.

    ``episodes`` a day; twice in a month, at once, ``storm`` accounts. ``kept``: how long an event
    may be asked for.
    """

    def __init__(
        self,
        start: Instant,
        accounts: int,
        episodes: int,
        storm: int,
        seed: int,
        kept: Duration = KEPT,
    ) -> None:
        self._kept = kept
        self._start = start
        self._accounts = range(1, accounts + 1)
        self._episodes = episodes
        self._storm = storm
        self._random = random.Random(seed)
        self._hours = 0
        self._later: list[Arrival] = []
        self._happened: list[Arrival] = []
        self._times: list[Instant] = []

    def upto(self, now: Instant) -> list[Arrival]:
        """Let time pass; returns what happens until then, and what is about to in the same hour."""
        new: list[Arrival] = []
        while self._start + self._hours * HOUR <= now:
            new += self._hour(self._start + self._hours * HOUR)
            self._hours += 1
        if new:
            old = bisect_left(self._times, now - self._kept)
            self._happened = list(merge(self._happened[old:], sorted(new)))
            self._times = [at for at, _, _ in self._happened]
        return new

    def _hour(self, start: Instant) -> list[Arrival]:
        dice = self._random
        for account in self._accounts:
            self._later.append(self._event(start + dice.randrange(HOUR), account, "E602", "TST"))
            if dice.random() < 0.2:
                code = dice.choice(CODES)
                self._later.append(self._event(start + dice.randrange(HOUR), account, code, "ALR"))
        for _ in range(self._mad(start)):
            self._later += self._episode(start + dice.randrange(HOUR))
        end = start + HOUR
        now, self._later = (
            [event for event in self._later if event[0] < end],
            [event for event in self._later if event[0] >= end],
        )
        return now

    def _mad(self, start: Instant) -> int:
        hour = (start - self._start) // HOUR
        if hour in (30, 400):
            return self._storm
        return sum(self._random.random() < self._episodes / 24 / 8 for _ in range(8))

    def _episode(self, start: Instant) -> Iterator[Arrival]:
        """One account sends the same event about once a minute, for an hour to five."""
        dice = self._random
        account, code = dice.choice(self._accounts), dice.choice(CODES)
        cuc = dice.choice(["ALR", "ALR", "ALI", None])
        at, end = start, start + dice.randrange(HOUR, 5 * HOUR)
        while at < end:
            yield self._event(at, account, code, cuc)
            at += dice.randrange(20 * SECOND, 100 * SECOND)

    def _event(self, at: Instant, account: int, code: str, cuc: str | None) -> Arrival:
        late = self._random.randrange(LATEST) if self._random.random() < 0.02 else 0
        return at, at + late, EventKind(account, cuc, code, None)

    def inject(self, at: Instant, account: int, code: str) -> Arrival:
        """What the tracker raised comes back like anything else; returns it."""
        place = bisect_right(self._times, at)
        event = (at, at, EventKind(account, "ALR", code, None))
        self._times.insert(place, at)
        self._happened.insert(place, event)
        return event

    def between(self, asked: Span, now: Instant) -> list[EventKind]:
        """The events of a stretch that have arrived by now."""
        first, last = bisect_left(self._times, asked.start), bisect_right(self._times, asked.end)
        return [kind for _, arrived, kind in self._happened[first:last] if arrived <= now]


@dataclass
class Source:
    """Stands in for `Segware`; ``mood`` is how it answers during one pass.

    ``missing``: how many requests for events were not answered in this pass.
    """

    world: World
    now: Instant = 0
    mood: str = "well"
    missing: int = 0
    asked: int = 0
    _dice: random.Random = field(default_factory=lambda: random.Random(5))

    def wake(self, now: Instant, mood: str) -> None:
        """A new pass begins."""
        self.now, self.mood, self.missing, self.asked = now, mood, 0, 0

    def within(self, deadline: Deadline) -> "Source":
        """Time is never short here."""
        return self

    def events(self, asked: Span, with_occurrences: bool = False) -> Answer:
        self.asked += 1
        if self.mood == "down" or (self.mood == "half" and self._dice.random() < 0.5):
            self.missing += 1
            raise SegwareError("http://127.0.0.1/v1/events answered 500")
        if self.mood == "silent":
            return Answer({}, 0, self.now)
        return replace(answer_of(self.world.between(asked, self.now)), served_at=self.now)

    def account(self, account_id: int, now: Instant) -> Account:
        self._look_up()
        return self._account(account_id, now)

    def accounts(self, now: Instant) -> list[Account]:
        self._look_up()
        return [self._account(id_, now) for id_ in range(1, 1_001)]

    def company(self, company_id: int, now: Instant) -> Organization:
        self._look_up()
        return Organization(company_id, f"Empresa {company_id}", True, now, "/v1/company")

    def client_groups(self, now: Instant) -> list[Organization]:
        self._look_up()
        route = "/v1/clientGroups"
        return [Organization(id_, f"Rede {id_}", True, now, route) for id_ in range(CLIENT_GROUPS)]

    def _account(self, id_: int, now: Instant) -> Account:
        return Account(
            id=id_,
            code=str(10_000 + id_),
            trade_name=f"Cliente {id_}",
            company_id=id_ % COMPANIES,
            client_group_id=id_ % CLIENT_GROUPS,
            known=True,
            read_at=now,
            read_from="/v5/accounts",
        )

    def _look_up(self) -> None:
        if self.mood == "no facts":
            raise SegwareError("http://127.0.0.1/v5/accounts answered 500")

    def close(self) -> None:
        """Nothing is open."""


def moods(start: Instant, days: int) -> Iterator[tuple[Instant, str]]:
    """Every pass of the month: the first two days by the minute, then in steps of ten minutes.

    ``gone``: nobody runs anything at all (a reboot, a broken crontab). Beside what is sprinkled in:
    three hours of that, and two hours in which the API is down.
    """
    dice = random.Random(11)
    now, before = start, "well"
    while now < start + days * DAY:
        hour = (now - start) // HOUR
        mood = "well"
        draw = dice.random()
        for name, chance in (
            ("down", 0.01),
            ("half", 0.015),
            ("silent", 0.003),
            ("no facts", 0.02),
            ("gone", 0.01),
        ):
            draw -= chance
            if draw < 0:
                mood = name
                break
        if mood == "silent" and before == "silent":
            mood = "well"  # a second silence in a row would be believed
        if hour % 240 in (20, 21, 22):
            mood = "gone"
        if hour % 240 in (60, 61):
            mood = "down"
        yield now, mood
        before = mood
        now += MINUTE if now < start + 2 * DAY else 10 * MINUTE
