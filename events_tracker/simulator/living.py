"""What a demo's accounts send before it starts and for as long as it goes on.

Pure data, like the world: the same moments always hold the same events.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from events_tracker.simulator.world import (
    HOUR,
    JUST_BELOW,
    MINUTE,
    STUCK_PANEL,
    SWINGING_ZONE,
    Event,
    World,
)

SECOND = 1_000
HISTORY = 5 * HOUR
"""How long before its start the demo's story begins."""
_LEFT_OPEN = 4
"""Place in ``World.accounts`` of the account that sends until somebody closes it by hand."""
_EVERYDAY_EVERY = 2 * SECOND
_FOR_EVER = 100 * 365 * 24 * HOUR


@dataclass(frozen=True)
class Spell:
    """An account that sends one kind of event from ``start`` until before ``end``, every so often.

    Where it ``repeats``, it is silent after ``end`` until that long after ``start``, and then sends
    again, for ever. All in milliseconds.
    """

    account_id: int
    code: str
    cuc: str
    start: int
    end: int
    every: int
    repeats: int | None = None

    def events(self, after: int, until: int) -> Iterator[Event]:
        """Make its events after one moment and up to another."""
        first = max(0, (after - self.start) // self.every + 1)
        for at in range(self.start + first * self.every, until + 1, self.every):
            since = at - self.start
            if self.repeats is not None:
                since %= self.repeats
            if since < self.end - self.start:
                yield Event(at, self.account_id, self.code, self.cuc)


class Life:
    """What a demo world has sent since ``HISTORY`` before its start, and goes on to send."""

    def __init__(self, world: World, start: int) -> None:
        self._accounts = world.accounts
        self.closed_by_hand = world.accounts[_LEFT_OPEN].account_code
        """Code of an account that goes on sending until the start: somebody closes its alert."""
        self.taken_over = STUCK_PANEL
        """Code of an account that goes on sending for ever: somebody takes its alert over."""
        self._spells = (*_past(world, start), *_to_come(world, start))

    def events(self, after: int, until: int) -> list[Event]:
        """Make what was sent after one moment and up to another."""
        sent = [event for spell in self._spells for event in spell.events(after, until)]
        return [*sent, *self._everyday(after, until)]

    def _everyday(self, after: int, until: int) -> Iterator[Event]:
        """Let somebody open, close or test something every two seconds."""
        for number in range(after // _EVERYDAY_EVERY + 1, until // _EVERYDAY_EVERY + 1):
            rng = random.Random(number)
            code, cuc = rng.choice((("1401", "PAB"), ("3401", "CER"), ("E602", "PIN")))
            yield Event(number * _EVERYDAY_EVERY, rng.choice(self._accounts).id, code, cuc)


def _past(world: World, start: int) -> Iterator[Spell]:
    """Tell of what is over by the start, but for one that was left open until it was closed."""
    places = world.accounts
    zones = (
        (places[_LEFT_OPEN], "E131", start - HISTORY + HOUR, start),
        (places[5], "E130", start - HISTORY, start - HISTORY + HOUR),
        (places[6], "1130", start - HISTORY + HOUR // 2, start - HISTORY + HOUR),
        (places[7], "E132", start - HISTORY + HOUR, start - HISTORY + 2 * HOUR),
    )
    for account, code, since, end in zones:
        yield Spell(account.id, code, "ALR", since, end, 35 * SECOND)
    company = places[8].company_id
    dark = [account for account in places[8:] if account.company_id == company][:14]
    for number, account in enumerate(dark):
        failed = start - 3 * HOUR - 5 * MINUTE + number * 17 * SECOND
        yield Spell(account.id, "E301", "FAL", failed, failed + SECOND, MINUTE)


def _to_come(world: World, start: int) -> Iterator[Spell]:
    """Let the open ones go on, one more reach its threshold at once, and panic come and go."""
    end = start + _FOR_EVER
    swinging, stuck, just_below = (
        world.account(code).id for code in (SWINGING_ZONE, STUCK_PANEL, JUST_BELOW)
    )
    yield Spell(swinging, "E130", "ALR", start + SECOND, end, 40 * SECOND)
    yield Spell(stuck, "1130", "ALR", start + SECOND, end, 7 * SECOND)
    yield Spell(just_below, "E130", "ALR", start + 20 * SECOND, end, 90 * SECOND)
    for place, minutes in ((20, 7), (30, 11)):
        since = start - HISTORY + (minutes - 1) * MINUTE
        yield Spell(
            world.accounts[place].id, "E120", "PAN", since, since + MINUTE, 6 * SECOND,
            repeats=minutes * MINUTE,
        )  # fmt: skip
