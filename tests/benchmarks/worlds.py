"""The events of the worlds that the benchmark serves, from two hours ago until an hour from now.

So a window that moves with the clock keeps as many.
"""

import random
from collections.abc import Iterator
from itertools import islice, product

from events_tracker.simulator.world import HOUR, MINUTE, Account, Event

STEP = 5 * MINUTE
UNEVEN = 0.3
"""How far the density of one step may lie from the mean, as a part of it."""
KINDS = (
    ("E130", "ALR"), ("1130", "ALR"), ("1401", "PAB"), ("3401", "CER"), ("E602", "PIN"),
    ("R130", "BEM"), ("3130", "BEM"), ("E301", "FEN"), ("R301", "FEN"), ("E302", "BAT"),
)  # fmt: skip
"""The first two are among the default codes."""
ALERT_CODES = [f"E9{number:02d}" for number in range(8)]


def traffic(accounts: tuple[Account, ...], now: int, count: int, steps: bool) -> Iterator[Event]:
    """``count`` events in two hours, of any account and kind; even, or in steps of density."""
    rng = random.Random(7)
    starts = range(now - 2 * HOUR, now + HOUR, STEP)
    weights = [1 + rng.uniform(-UNEVEN, UNEVEN) if steps else 1 for _ in starts]
    in_window = sum(weights[: 2 * HOUR // STEP])
    for start, weight in zip(starts, weights, strict=True):
        for _ in range(round(count * weight / in_window)):
            account = accounts[int(rng.random() * len(accounts))]
            code, cuc = KINDS[int(rng.random() * len(KINDS))]
            yield Event(start + int(rng.random() * STEP), account.id, code, cuc)


def loud_groups(accounts: tuple[Account, ...], now: int, groups: int, each: int) -> Iterator[Event]:
    """``each`` events of the first kind for each of ``groups`` accounts, within the last hour."""
    code, cuc = KINDS[0]
    for number, account in enumerate(accounts[:groups]):
        for turn in range(each):
            yield Event(now - HOUR + turn * 50 * MINUTE // each + number, account.id, code, cuc)


def single_events(accounts: tuple[Account, ...], now: int, count: int) -> Iterator[Event]:
    """One event for each of ``count`` groups, from an hour to twenty minutes ago."""
    groups = islice(product(accounts, ALERT_CODES), count)
    for number, (account, code) in enumerate(groups):
        yield Event(now - HOUR + number * 40 * MINUTE // count, account.id, code)
