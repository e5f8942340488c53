"""The world of a simulated Segware: accounts, companies, client groups, events, occurrences.

Pure data. Times are whole milliseconds since 1970-01-01T00:00:00Z; only the simulator knows the
time of an event, which has none on the wire.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from events_tracker.simulator import names

MINUTE = 60_000
HOUR = 60 * MINUTE

SWINGING_ZONE = "1950"
"""Code of the account with a swinging zone: 140 times E130/ALR in two hours."""
STUCK_PANEL = "2207"
"""Code of the account whose panel is stuck: 500 times 1130/ALR in the last hour."""
JUST_BELOW = "3046"
"""Code of the account just below the usual threshold: 49 times E130/ALR."""
TWO_CUCS = "4118"
"""Code of the account with one code under two CUCs: E131/ALR 64 times and E131/ALI 53 times."""

_SEED = 7
_SCENES = {
    SWINGING_ZONE: "Padaria São José",
    STUCK_PANEL: "Condomínio Edifício Aurora",
    JUST_BELOW: "Farmácia Santa Luzia",
    TWO_CUCS: "Auto Posto Bandeirantes",
}


@dataclass(frozen=True)
class Account:
    """Monitored premises. People know ``account_code``; the API wants ``id``."""

    id: int
    account_code: str
    trade_name: str
    company_id: int
    client_group_id: int | None = None


@dataclass(frozen=True)
class Company:
    """A monitoring company."""

    id: int
    trade_name: str


@dataclass(frozen=True)
class ClientGroup:
    """A chain or an administrator that several accounts belong to."""

    id: int
    name: str


class Event(NamedTuple):
    """One event and its time. A tuple, because the benchmark makes a million of them."""

    at_ms: int
    account_id: int
    code: str
    cuc: str | None = "ALR"
    occurrence_id: str | int | None = None


@dataclass(frozen=True)
class Occurrence:
    """A ticket, and the user who closed it (None while it is open)."""

    at_ms: int
    id: str
    closing_person_id: int | None = None


@dataclass(frozen=True)
class World:
    """Everything that a simulator serves; ``events`` and ``occurrences`` are in order of time."""

    accounts: tuple[Account, ...] = ()
    companies: tuple[Company, ...] = ()
    client_groups: tuple[ClientGroup, ...] = ()
    events: tuple[Event, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()

    def account(self, code: str) -> Account:
        """Find the account with this code. Raises LookupError if there is none."""
        for account in self.accounts:
            if account.account_code == code:
                return account
        raise LookupError(f"no account has the code {code}")


def demo_world(now_ms: int, accounts: int = 400) -> World:
    """Make a realistic world up to ``now_ms``, the same from the same arguments.

    Only the four accounts named at the top of this module have many events of one kind; they come
    first in ``accounts``, of which there are at least four.
    """
    rng = random.Random(_SEED)
    companies = tuple(Company(11 + 3 * n, name) for n, name in enumerate(names.COMPANIES))
    groups = tuple(ClientGroup(501 + 7 * n, name) for n, name in enumerate(names.CLIENT_GROUPS))
    premises = _accounts(rng, max(accounts, len(_SCENES)), companies, groups)
    events, occurrences = _background(rng, premises, now_ms)
    for account, scene in zip(premises, _scenes(rng, now_ms), strict=False):
        occurrence = Occurrence(scene[0].at_ms, f"9{account.id:07d}")
        occurrences.append(occurrence)
        events += [
            event._replace(account_id=account.id, occurrence_id=occurrence.id) for event in scene
        ]
    return World(
        accounts=premises,
        companies=companies,
        client_groups=groups,
        events=tuple(sorted(events, key=lambda event: event.at_ms)),
        occurrences=tuple(sorted(occurrences, key=lambda occurrence: occurrence.at_ms)),
    )


def _accounts(
    rng: random.Random,
    count: int,
    companies: tuple[Company, ...],
    groups: tuple[ClientGroup, ...],
) -> tuple[Account, ...]:
    codes = [int(code) for code in _SCENES]
    others = [number for number in range(1_000, 10_000 + 2 * count) if number not in codes]
    codes += rng.sample(others, count - len(codes))
    # The id of one account is the code of another, so that taking one for the other shows.
    ids = codes[count // 2 :] + codes[: count // 2]
    trade_names = [f"{kind} {name}" for kind, name in product(names.KINDS, names.PROPER_NAMES)]
    trade_names = [name for name in trade_names if name not in _SCENES.values()]
    rng.shuffle(trade_names)
    made: list[Account] = []
    for number, (account_id, code) in enumerate(zip(ids, codes, strict=True)):
        branch, place = divmod(number, len(trade_names))
        name = trade_names[place] + (f" Filial {branch + 1}" if branch else "")
        group = rng.choice(groups).id if rng.random() < 0.6 else None
        if str(code) in (SWINGING_ZONE, STUCK_PANEL):
            group = groups[number % len(groups)].id
        made.append(
            Account(
                id=account_id,
                account_code=str(code),
                trade_name=_SCENES.get(str(code), name),
                company_id=rng.choice(companies).id,
                client_group_id=group,
            )
        )
    return tuple(made)


def _scenes(rng: random.Random, now_ms: int) -> tuple[list[Event], ...]:
    """Make the events of the four special accounts, in their order, each list in order of time.

    Those that are counted stay clear of the start of the last two hours, so that their numbers
    still hold some minutes later, in a demonstration that takes its time.
    """

    def burst(minutes: int, count: int, code: str, cuc: str) -> list[Event]:
        start, end = now_ms - minutes * MINUTE, now_ms - MINUTE // 2
        return [
            Event(at, 0, code, cuc)
            for at in sorted(rng.randrange(start, end) for _ in range(count))
        ]

    swinging = burst(112, 140, "E130", "ALR")
    restored = [
        event._replace(at_ms=event.at_ms + 9_000, code="R130", cuc="BEM") for event in swinging
    ]
    return (
        sorted(swinging + restored),
        burst(60, 500, "1130", "ALR"),
        burst(110, 49, "E130", "ALR"),
        sorted(burst(95, 64, "E131", "ALR") + burst(95, 53, "E131", "ALI")),
    )


def _background(
    rng: random.Random, accounts: tuple[Account, ...], now_ms: int
) -> tuple[list[Event], list[Occurrence]]:
    """Make six hours of everyday traffic, thicker towards the end."""
    events: list[Event] = []
    occurrences: list[Occurrence] = []
    everyday = (
        ("1401", "PAB", 0.9),
        ("3401", "CER", 0.9),
        ("E602", "PIN", 0.6),
        ("1401", "PAB", 0.4),
    )
    for position, account in enumerate(accounts):
        for code, cuc, chance in everyday:
            if rng.random() < chance:
                at = now_ms - int(6 * HOUR * rng.random() ** 2)
                events.append(Event(at, account.id, code, cuc))
        # None for the special accounts, whose numbers are exact.
        if position >= len(_SCENES) and rng.random() < 0.15:
            occurrence = Occurrence(
                at_ms=now_ms - int(6 * HOUR * rng.random() ** 2),
                id=f"8{account.id:07d}",
                closing_person_id=rng.choice((None, 31, 32, 47, 58)),
            )
            occurrences.append(occurrence)
            events += _alarm(rng, account, occurrence, now_ms)
    return events, occurrences


def _alarm(
    rng: random.Random, account: Account, occurrence: Occurrence, now_ms: int
) -> Iterator[Event]:
    """Make one to three real alarms of an account, each restored some minutes later."""
    alarm, restore = rng.choice((("E130", "R130"), ("1130", "3130"), ("E131", "R131")))
    at = occurrence.at_ms
    for _ in range(rng.randint(1, 3)):
        yield Event(min(at, now_ms), account.id, alarm, rng.choice(("ALR", "ALI")), occurrence.id)
        at += rng.randint(MINUTE // 2, 4 * MINUTE)
        yield Event(min(at, now_ms), account.id, restore, "BEM", occurrence.id)
        at += MINUTE


def uniform_events(world: World, now_ms: int, count: int) -> Iterator[Event]:
    """Make ``count`` events evenly over the two hours up to ``now_ms``, in order of time.

    One account in a hundred has a tenth of them, so that some are far above any threshold.
    """
    rng = random.Random(_SEED)
    everyday = (("1401", "PAB"), ("3401", "CER"), ("E602", "PIN"), ("R130", "BEM"))
    alarms = (("E130", "ALR"), ("1130", "ALR"), ("E131", "ALI"), ("E132", "ALR"))
    ids = [account.id for account in world.accounts]
    noisy = ids[: max(1, len(ids) // 100)]
    start = now_ms - 2 * HOUR
    for number in range(count):
        at = start + number * 2 * HOUR // count
        draw = rng.random()
        kinds = alarms if draw < 0.2 else everyday
        account_id = noisy[number % len(noisy)] if draw < 0.1 else ids[int(rng.random() * len(ids))]
        code, cuc = kinds[int(rng.random() * 4)]
        yield Event(at, account_id, code, cuc)
