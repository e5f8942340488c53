"""Accounts that die in the simulated Segware after their alert: reported as a recount has it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from random import Random

import pytest
from msgspec import Struct

from events_tracker.base.times import DAY, HOUR, MINUTE, Span, instant
from events_tracker.decisions.hours import Folding
from events_tracker.model.hours import Hour
from events_tracker.model.readings import Answer, Pair
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import on_sqlite
from tests.support.hours import keep
from tests.support.world import NOON, Tracker

pytestmark = [on_sqlite, pytest.mark.usefixtures("initialised")]

DAYS = 16
START = NOON - DAYS * DAY
STORM = NOON + 20 * MINUTE
DEATH = NOON + 40 * MINUTE
END = NOON + 7 * HOUR
OPENING = ("PAB", "1401")


class Account(Struct, frozen=True):
    """An account that sends something each so often; ``tests``: that is a periodic test."""

    id: int
    code: str
    every: int
    tests: bool
    dies: bool

    def events(self, random: Random) -> list[tuple[int, Pair]]:
        """What it sends in all the time, one after the other."""
        found: list[tuple[int, Pair]] = []
        at = START + random.randrange(self.every)
        while at < (DEATH if self.dies else END):
            usual = ("TST", "E602" if self.tests else "E301")
            pair = OPENING if random.random() < 0.1 else usual
            found.append((at, pair))
            at += self.every + random.randrange(self.every // 10)
        return sorted([*found, *((STORM + n * 1000, ("ALR", "E130")) for n in range(60))])


def accounts() -> list[Account]:
    """Accounts that are mostly heard each hour or two, or each day; every other dies."""
    periods = (50 * MINUTE, 70 * MINUTE, 100 * MINUTE, 3 * HOUR, DAY)
    return [
        Account(number, str(6000 + number), every, tests, dies)
        for number, (every, tests, dies) in enumerate(
            ((every, tests, dies) for every in periods for tests in (True, False)
             for dies in (True, False)), 200
        )
    ]  # fmt: skip


def hours(events: Mapping[int, list[tuple[int, Pair]]]) -> Iterable[Hour]:
    """Fold what came before the first scan, as scans would have."""
    minutes: dict[int, dict[Pair, list[int]]] = {}
    for id_, sent in events.items():
        for at, pair in sent:
            minutes.setdefault(at - at % MINUTE, {}).setdefault(pair, []).append(id_)
    for start in range(START, NOON - 2 * HOUR, HOUR):
        folding = Folding(start, (), lambda pair: pair == OPENING)
        for at in range(start, start + HOUR, MINUTE):
            folding.add(Span(at, at + MINUTE - 1), Answer(minutes.get(at, {})))
        yield folding.hour()


def furnish(segware: Simulator, events: Mapping[Account, list[tuple[int, Pair]]]) -> None:
    """Let the simulated Segware know what scans may ask for."""
    for one, sent in events.items():
        segware.add_account(one.id, one.code, f"Cliente {one.code}", 11)
        for at, (cuc, code) in sent:
            if at > NOON - 3 * HOUR:
                segware.add_events(at, one.id, code, cuc)


def is_dead(times: list[int], over: int, now: int, doubt: int) -> bool:
    """Count again. ``doubt``: so much shorter is its silence now, so much longer those before."""
    sent = [at for at in times if at <= now]
    quiet = now - sent[-1] - doubt
    longest = max(b - a for a, b in zip([START, *sent], sent, strict=False)) + doubt
    return quiet > longest + HOUR and quiet > 3 * HOUR and sent[-1] + doubt <= over


def reported(tracker: Tracker) -> Mapping[str, str]:
    """What the report says of silent accounts, by their codes."""
    found = tracker("report", "--format", "json").json["attention"]
    return {one["account_code"]: one["text"] for one in found if one["kind"] == "silent"}


def test_dead_accounts_are_told_of_as_a_recount_has_it(
    tracker: Tracker, segware: Simulator
) -> None:
    random = Random(8)
    world = {one: one.events(random) for one in accounts()}
    keep(tracker, hours({one.id: sent for one, sent in world.items()}))
    furnish(segware, world)
    told: set[str] = set()
    silent: Mapping[str, str] = {}
    while tracker.clock.now() < END:
        tracker.clock.advance(5 * MINUTE)
        tracker.scan()
        now = tracker.clock.now()
        if (now - NOON) % HOUR:
            continue
        tracker.clear()
        over = {one["account_code"]: one["cleared_at"] for one in tracker.history()}
        silent = reported(tracker)
        for one, sent in world.items():
            if over[one.code] is None:
                assert one.code not in silent
                continue
            over_at = instant(datetime.fromisoformat(over[one.code]))
            times = [at for at, _ in sent]
            # Of openings only the hour is known, and of the last minutes nothing yet.
            if is_dead(times, over_at, now, 70 * MINUTE):
                assert one.code in silent
            if one.code in silent:
                assert is_dead(times, over_at, now, 0)
                assert ("sends no periodic test" in silent[one.code]) == (not one.tests)
        told |= silent.keys()
    assert told >= {one.code for one in world if one.dies and one.every < DAY}
    assert not told & {one.code for one in world if one.tests and not one.dies}
    # One of them comes back to life.
    alive = min(silent)
    (back,) = [one for one in world if one.code == alive]
    segware.add_events(tracker.clock.now(), back.id, "E602", "TST")
    for _ in range(3):
        tracker.clock.advance(5 * MINUTE)
        tracker.scan()
    assert reported(tracker).keys() == silent.keys() - {alive}
