"""Two hosts whose clocks differ share a database: each breach is one entry, told and injected once.

Segware's time is the first host's. The other one is behind, or ahead: then its scans say so and end
with 1, open what they see, and say of nothing that it is over.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import product
from typing import Any

import pytest

from events_tracker.base.times import HOUR, MINUTE, SECOND
from events_tracker.simulator.simulator import Handler, Reply, Simulator
from tests.reliability import invariants
from tests.reliability.crowds import HeldScans, as_usual, ended_well, patience
from tests.reliability.processes import Process, run
from tests.support.channels import injected, injection, texts, whatsapp
from tests.support.engines import on_sqlite
from tests.support.world import PADARIA, TestClock, Tracker

__all__ = ["patience"]

WINDOW = 2 * HOUR
APART = {
    "as late": 0,
    "30 s ahead": 30 * SECOND,
    "90 s ahead": 90 * SECOND,
    "90 s behind": -90 * SECOND,
    "5 min ahead": 5 * MINUTE,
    "5 min behind": -5 * MINUTE,
    "10 min ahead": 10 * MINUTE,
    "10 min behind": -10 * MINUTE,
    "an hour ahead": HOUR,
    "an hour behind": -HOUR,
}
AT_ONCE = ("10 min behind", "10 min ahead")
"""These are tried at every run; all of them take minutes."""
AGES = {
    "at the front edge": 0,
    "in the middle": HOUR,
    "at the back edge": WINDOW - 3 * MINUTE,
}
"""How old the events are when the first scan comes."""
FEW = [
    pytest.param(apart, id=name, marks=[] if name in AT_ONCE else [pytest.mark.reliability])
    for name, apart in APART.items()
]


class Hosts:
    """Two hosts on one database; they take turns, or both do everything every minute."""

    def __init__(self, one: Tracker, apart: int) -> None:
        self.one = one
        clock = TestClock(one.clock.now() + apart)
        self.other = Tracker(one.environ, one.folder, clock)
        self.ahead = apart > MINUTE
        self._minute = 0

    def scan(self, host: Tracker) -> object:
        return host.scan(exit_code=1 if host is self.other and self.ahead else 0)

    def advance(self, milliseconds: int) -> None:
        for host in (self.one, self.other):
            host.clock.advance(milliseconds)

    def minutes(self, count: int, *, together: bool, step: int = MINUTE) -> None:
        """So many rounds of scan, clear and notify."""
        for _ in range(count):
            order = [self.other, self.one] if self._minute % 2 else [self.one, self.other]
            for host in order if together else order[:1]:
                self.scan(host)
                host.clear()
                host.notify()
            self._minute += 1
            self.advance(step)


@pytest.fixture
def ready(tracker: Tracker, segware: Simulator) -> Tracker:
    """Two channels are on: one where twice is harmless, and one where it is not."""
    tracker.environ |= whatsapp(segware) | injection() | {"TRACKER_STALE_AFTER": "31d"}
    assert tracker("init").exit_code == 0
    return tracker


def told_once_each(ready: Tracker, segware: Simulator, database: str, breaches: int) -> None:
    """One entry, one message that it began, one that it is over, and one injection a breach."""
    entries = [(e["account_code"], e["clear_reason"].partition(";")[0]) for e in ready.history()]
    assert entries == [("1950", "below")] * breaches
    assert len(texts(segware)) == 2 * breaches
    assert injected(segware) == ["1950"] * breaches
    assert invariants.broken(database) == []


def matrix() -> Iterator[Any]:
    """Every difference at every age, with two of the four ways to go on: those that differ in both.

    Neighbours have the other two, so that every two things meet. What takes minutes is marked.
    """
    for place, ((name, apart), (edge, age)) in enumerate(product(APART.items(), AGES.items())):
        for together, clear_after in product((False, True), ("0s", "10m")):
            quick = name in AT_ONCE and (together, clear_after) == (False, "0s")
            if not quick and (together + (clear_after == "10m") + place) % 2:
                continue
            how = "together" if together else "in turns"
            yield pytest.param(
                apart,
                age,
                together,
                clear_after,
                id=f"{name}, {edge}, {how}, {clear_after}",
                marks=[] if quick else [pytest.mark.reliability],
            )


@pytest.mark.parametrize(("apart", "age", "together", "clear_after"), list(matrix()))
@on_sqlite
def test_a_breach_is_told_once(
    ready: Tracker,
    segware: Simulator,
    clock: TestClock,
    database: str,
    apart: int,
    age: int,
    together: bool,
    clear_after: str,
) -> None:
    """From its beginning until after it is over for both, minute by minute at both edges."""
    ready.environ["TRACKER_CLEAR_AFTER"] = clear_after
    hosts = Hosts(ready, apart)
    segware.add_events(clock.now() - age, PADARIA, "E130", count=60)
    hosts.minutes(13, together=together)
    left = WINDOW - age - 13 * MINUTE
    if left > 12 * MINUTE:
        hosts.advance(left - 12 * MINUTE)
    hosts.minutes(26, together=together)
    hosts.minutes(4, together=together, step=20 * MINUTE)
    told_once_each(ready, segware, database, 1)


@pytest.mark.parametrize("apart", FEW)
def test_the_next_breach_is_told_again(
    ready: Tracker, segware: Simulator, clock: TestClock, database: str, apart: int
) -> None:
    hosts = Hosts(ready, apart)
    for _ in range(2):
        segware.add_events(clock.now(), PADARIA, "E130", count=60)
        hosts.minutes(3, together=True)
        hosts.advance(WINDOW - 2 * MINUTE)
        hosts.minutes(14, together=True)
    told_once_each(ready, segware, database, 2)


@pytest.mark.parametrize("apart", FEW)
@on_sqlite
def test_how_long_it_was_below_is_not_cut_short(
    ready: Tracker, segware: Simulator, clock: TestClock, apart: int
) -> None:
    """By real time: what was below for nine minutes is not over yet."""
    ready.environ["TRACKER_CLEAR_AFTER"] = "10m"
    hosts = Hosts(ready, apart)
    segware.add_events(clock.now() - WINDOW + MINUTE, PADARIA, "E130", count=60)
    hosts.minutes(11, together=True)
    assert [entry["cleared_at"] for entry in ready.history()] == [None]
    hosts.minutes(3, together=True)
    assert ready.history("--open") == []


@pytest.mark.parametrize("apart", FEW)
@on_sqlite
def test_what_is_missing_is_told_once_too(
    ready: Tracker, segware: Simulator, clock: TestClock, database: str, apart: int
) -> None:
    """An account falls silent, and is heard again: to a host that is behind it is silent still."""
    rule = ("--operator", "<", "--value", "1", "--window", "1h", "--group-by", "account")
    made = ready("alarms", "create", "silent", *rule, "--accounts", "1950", "--codes", "E602")
    assert made.exit_code == 0, made.stderr
    ready.environ["TRACKER_CLEAR_AFTER"] = "0s"
    hosts = Hosts(ready, apart)
    segware.add_events(clock.now(), PADARIA, "E602")
    hosts.minutes(3, together=True)
    hosts.advance(HOUR - 5 * MINUTE)
    hosts.minutes(16, together=True)
    assert [entry["cleared_at"] for entry in ready.history()] == [None]
    segware.add_events(clock.now(), PADARIA, "E602")
    hosts.minutes(16, together=True)
    told_once_each(ready, segware, database, 1)


@pytest.mark.parametrize("apart", FEW)
@on_sqlite
def test_what_was_closed_by_hand_stays_silent_while_it_breaches(
    ready: Tracker, segware: Simulator, clock: TestClock, apart: int
) -> None:
    hosts = Hosts(ready, apart)
    segware.add_events(clock.now(), PADARIA, "E130", count=60)
    hosts.minutes(1, together=True)
    assert len(ready.clear("--force", "--account", "1950", "--reason", "x")["cleared"]) == 1
    hosts.minutes(13, together=True)
    hosts.advance(WINDOW - 26 * MINUTE)
    hosts.minutes(26, together=True)
    assert len(ready.history()) == 1
    segware.add_events(clock.now(), PADARIA, "E130", count=60)
    hosts.minutes(1, together=True)
    assert len(ready.history()) == 2, "it was quiet in between"


@pytest.mark.parametrize("apart", [-10 * MINUTE, -90 * SECOND, 0])
@on_sqlite
def test_while_scans_read_only_a_part_too(
    ready: Tracker, segware: Simulator, clock: TestClock, database: str, apart: int
) -> None:
    """An old slice fails, which only a longer window needs: there is no good scan, on no host."""
    ready.environ["TRACKER_CLEAR_AFTER"] = "0s"
    made = ready("alarms", "create", "long", "--window", "12h", "--codes", "E999")
    assert made.exit_code == 0, made.stderr
    hosts = Hosts(ready, apart)
    segware.add_events(clock.now() - WINDOW + 3 * MINUTE, PADARIA, "E130", count=60)
    fail_before(segware, lambda: clock.now() - 3 * HOUR)
    for minute in range(16):
        host = (hosts.one, hosts.other)[minute % 2]
        host.scan(exit_code=1)
        host.clear()
        host.notify()
        hosts.advance(MINUTE)
    told_once_each(ready, segware, database, 1)


def test_nothing_is_below_in_a_window_that_ends_before_the_trigger_was_seen(
    ready: Tracker, segware: Simulator, clock: TestClock
) -> None:
    """It was opened from a part of its window, so that this was no good scan."""
    hosts = Hosts(ready, -10 * MINUTE)
    segware.add_events(clock.now(), PADARIA, "E130", count=60)
    fail_before(segware, lambda: clock.now() - HOUR)
    (opened,) = hosts.one.scan(exit_code=1)["opened"]
    assert opened["partial"]
    segware.heal()
    for options in (["--dry-run"], []):
        scan = hosts.other.scan(*options)
        assert (len(scan["ongoing"]), scan["below"]) == (1, [])


def fail_before(segware: Simulator, moment: Callable[[], int]) -> None:
    """Answer 500 to whatever asks for events from before that moment."""

    def answer(handler: Handler) -> None:
        asked = datetime.fromisoformat(handler.received.query["startDate"])
        old = asked.timestamp() * SECOND < moment()
        handler.send(Reply(500) if old else handler.normal_reply())

    segware.fail_always("/v1/events", answer)


@pytest.mark.parametrize("apart", [-10 * MINUTE, -90 * SECOND])
def test_what_another_host_saw_while_one_was_reading_counts(
    ready: Tracker, segware: Simulator, clock: TestClock, database: str, apart: int
) -> None:
    """The later window is written down while the earlier one is still being read."""
    ready.environ["TRACKER_CLEAR_AFTER"] = "0s"
    hosts = Hosts(ready, apart)
    segware.add_events(clock.now() - WINDOW, PADARIA, "E130", count=60)
    hosts.minutes(1, together=True)
    one, other = hosts.one.clock.now(), hosts.other.clock.now()
    later = HeldScans(other, rest=as_usual)
    with HeldScans(one, rest=later) as earlier, later:
        segware.fail_always("/v1/events", earlier)
        with Process(run(hosts.one, ["scan"])) as first:
            earlier.have_come(1)
            with Process(run(hosts.other, ["scan"])) as second:
                later.have_come(1)
                earlier.go()
                assert ended_well([first.end().result]) == []
                assert len(ready.clear()["cleared"]) == 1
                later.go()
                assert ended_well([second.end().result]) == []
    segware.heal()
    hosts.minutes(14, together=True)
    told_once_each(ready, segware, database, 1)
