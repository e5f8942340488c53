"""Many processes at once, round after round, over accounts that begin and stop to swing."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import pytest

from events_tracker.base import limits
from events_tracker.base.times import MINUTE, iso
from events_tracker.simulator.server import Fault
from events_tracker.simulator.simulator import Handler, Simulator
from tests.reliability import invariants
from tests.reliability.crash_stories import done
from tests.reliability.invariants import Providers
from tests.reliability.processes import Process, gate, run
from tests.support.deliveries import date_ends_before_beginnings
from tests.support.engines import dump, sql
from tests.support.world import Result, TestClock, Tracker

SETTINGS = {"TRACKER_WINDOW": "10m", "TRACKER_THRESHOLD": "5"}
APART = 12 * MINUTE
"""Between rounds: what was seen in one has left the window of the next, and its leases lapsed."""
CROWD = [("scan", "--format", "json")] * 8 + [("clear",)] * 4 + [("notify",)] * 6


class PatientClock(TestClock):
    """Stands still like the other, but waits as long as it is asked to."""

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


_HELD_SECONDS = 60.0
"""Longer than anything takes that is waited for meanwhile."""
_READ_AGAIN = {"slices", "late_events"}
"""What any scan may add to that was answered in more than one slice: these mean speed only."""


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no process ask again while its answer is held."""
    monkeypatch.setattr(limits, "READ_SECONDS", 2 * _HELD_SECONDS)


@dataclass(frozen=True)
class Open:
    register_id: str
    below: bool


@dataclass
class Crowd:
    """The rounds so far. ``addresses`` are the DATABASE_URLs that the processes take in turn.

    ``settled`` waits until the first of them answers with all that was committed anywhere.
    """

    tracker: Tracker
    segware: Simulator
    providers: Providers
    addresses: Sequence[str]
    settled: Callable[[], None] = lambda: None
    accounts: int = 24
    seed: int = 7
    entries: int = 0
    overtaken: int = 0
    _swinging: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._number = 5
        self.tracker.environ |= SETTINGS
        done(self.tracker, "init")
        (self.tracker.folder / ".env").write_text("")
        for number in range(1, self.accounts + 1):
            self.segware.add_account(100 + number, str(5000 + number), f"Cliente {number}", 11)
        self.segware.fail_always("/v1/events", self._late)

    @property
    def database(self) -> str:
        return self.addresses[0]

    def _late(self, handler: Handler) -> None:
        reply = handler.normal_reply()
        if handler.pause(self._random.uniform(0, 0.05)):
            handler.send(reply)

    def round(self, meanwhile: Callable[[], None] = lambda: None) -> list[str]:
        """Let everybody run at once; returns what is wrong afterwards.

        ``meanwhile`` is done here while they run. Two scans of the round before are still on their
        way when it begins, and are answered when it is over.
        """
        held = HeldScans(self.tracker.clock.now(), rest=self._late)
        self.segware.fail_always("/v1/events", held)
        with held:
            before = self.processes([("scan", "--format", "json")] * 2)
            held.have_come(2)
            problems = self._crowd(meanwhile)
            rows = dump(self.database)
        late = [process.end().result for process in before]
        self.settled()
        problems += [f"a late scan: {problem}" for problem in self._late_scans(late)]
        after = dump(self.database)
        problems += [
            f"an overtaken scan changed {name}: {set(rows[name]) ^ set(after[name])}"
            for name in rows.keys() - _READ_AGAIN
            if rows[name] != after[name]
        ]
        return problems

    def _crowd(self, meanwhile: Callable[[], None]) -> list[str]:
        self.move_on()
        open_before, entries_before = self._open(), self._entries()
        with gate() as closed:
            processes = self.processes(self._random.sample(CROWD, len(CROWD)), closed)
        meanwhile()
        results = [process.end().result for process in processes]
        self.settled()
        new = {row[0]: row[1] for row in self._entries().items() if row[0] not in entries_before}
        self.entries += len(new)
        problems = [*ended_well(results), *invariants.broken(self.database)]
        problems += self._groups(open_before, Counter(new.values()))
        return problems + self._scans(results, set(new))

    def backlog(self) -> list[str]:
        """Let much begin and end that nobody is told of, its ends dated before its beginnings, and
        then everybody tell it at once; returns what is wrong afterwards."""
        self.move_on()
        done(self.tracker, "scan")
        self._swinging = set()
        for _ in range(2):
            self._calm()
            for command in ("scan", "clear"):
                done(self.tracker, command)
        date_ends_before_beginnings(self.database)
        with gate() as closed:
            processes = self.processes([("notify",)] * 6, closed)
        results = [process.end().result for process in processes]
        self.settled()
        return [
            *ended_well(results),
            *invariants.broken(self.database),
            *invariants.unsettled(self.database),
        ]

    def _calm(self) -> None:
        """Time passes in which next to nothing happens: silence would not be believed at once."""
        self.tracker.clock.advance(APART)
        self.segware.add_events(self.tracker.clock.now(), 101, "E602")

    def over(self) -> list[str]:
        """Let everything be over and told; returns what is wrong in the end."""
        self._swinging = set()
        for _ in range(2):
            self._calm()
            for command in ("scan", "clear", "notify", "notify"):
                done(self.tracker, command)
        self.settled()
        return [
            *invariants.broken(self.database),
            *invariants.unsettled(self.database),
            *invariants.wrongly_sent(self.database, Counter(), self.providers.messages(), ()),
            *self.providers.out_of_order(),
            *(f"still open: {row}" for row in sql(self.database, "SELECT * FROM triggers")),
        ]

    def move_on(self) -> None:
        """Time passes; some accounts begin to swing and some stop, each time by another number."""
        self.tracker.clock.advance(APART)
        for account in range(101, 101 + self.accounts):
            if self._random.random() < 0.5:
                self._swinging ^= {account}
        for account in sorted(self._swinging):
            self._number += 1
            at = self.tracker.clock.now() - MINUTE
            self.segware.add_events(at, account, "E130", count=self._number)

    def processes(self, commands: Sequence[Sequence[str]], closed: Any = None) -> list[Process]:
        found = []
        for number, command in enumerate(commands):
            address = self.addresses[number % len(self.addresses)]
            environ = {**self.tracker.environ, "DATABASE_URL": address}
            tracker = replace(
                self.tracker, environ=environ, clock=PatientClock(self.tracker.clock.now())
            )
            found.append(Process(run(tracker, command), closed))
        return found

    def _open(self) -> dict[int, Open]:
        rows = sql(self.database, "SELECT account_id, register_id, below_since FROM triggers")
        return {account: Open(id_, below is not None) for account, id_, below in rows}

    def _entries(self) -> dict[str, int]:
        return dict(sql(self.database, "SELECT id, account_id FROM register_entries"))

    def _groups(self, before: dict[int, Open], new: Counter[int]) -> list[str]:
        """What is wrong with each account's alert, given what was open and what was added."""
        problems, after = [], self._open()
        for account in range(101, 101 + self.accounts):
            was, now, added = before.get(account), after.get(account), new[account]
            if account in self._swinging:
                may_have_ended = was is None or was.below
                if now is None or now.below:
                    problems.append(f"{account} swings, but it is not open: {now}")
                elif added != (0 if was and now.register_id == was.register_id else 1):
                    problems.append(f"{account} has {added} new entries, {was} became {now}")
                elif was is not None and not may_have_ended and now != was:
                    problems.append(f"{account} went on, but {was} became {now}")
            elif added or (now is not None and (now != replace(was or now, below=True))):
                problems.append(f"{account} is calm: {added} new entries, {was} became {now}")
        return problems

    def _scans(self, results: Sequence[Result | None], new: set[str]) -> list[str]:
        """What is wrong with what the scans of one round said."""
        said = [
            result.json for result in results if result and result.stdout.startswith('{"pass": "sc')
        ]
        overtaken = [scan for scan in said if scan["overtaken"]]
        self.overtaken += len(overtaken)
        opened = Counter(alert["register_id"] for scan in said for alert in scan["opened"])
        problems = [f"an overtaken scan opened {s['opened']}" for s in overtaken if s["opened"]]
        if opened != Counter(new):
            problems.append(f"{len(new)} entries, but the scans say that they opened {opened}")
        return problems

    def _late_scans(self, results: Sequence[Result | None]) -> list[str]:
        self.overtaken += len(results)
        return [
            *ended_well(results),
            *(
                f"it was not overtaken: {r.stdout}"
                for r in results
                if r and not r.json["overtaken"]
            ),
        ]


def ended_well(results: Sequence[Result | None]) -> list[str]:
    return [
        f"a process ended with {result.exit_code}: {result.stderr}" if result else "one was killed"
        for result in results
        if result is None or result.exit_code != 0
    ]


class _Hold:
    """Holds answers as they would be now, until it is let go or left."""

    def __init__(self) -> None:
        self._come = threading.Semaphore(0)
        self._go = threading.Event()

    def hold(self, handler: Handler) -> None:
        reply = handler.normal_reply()
        self._come.release()
        assert self._go.wait(_HELD_SECONDS)
        handler.send(reply)

    def have_come(self, count: int) -> None:
        for _ in range(count):
            assert self._come.acquire(timeout=_HELD_SECONDS)

    def go(self) -> None:
        self._go.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.go()


class Held(_Hold):
    """Holds the answers to the next so many requests."""

    def __init__(self, segware: Simulator, count: int, path: str = "/v1/events") -> None:
        super().__init__()
        self._count = count
        segware.fail(path, *[self.hold] * count)

    def all_have_come(self) -> None:
        self.have_come(self._count)


class HeldScans(_Hold):
    """Holds every scan that asks for events up to a moment: a fault for ``fail_always``.

    A scan asks for several slices side by side, but once only for the one that ends its window.
    ``rest`` answers everything else.
    """

    def __init__(self, end: int, rest: Fault) -> None:
        super().__init__()
        self._end = iso(end)
        self._rest = rest

    def __call__(self, handler: Handler) -> None:
        if handler.received.query["endDate"] == self._end:
            self.hold(handler)
        else:
            self._rest(handler)


def as_usual(handler: Handler) -> None:
    """Answer as if there were no fault."""
    handler.send(handler.normal_reply())
