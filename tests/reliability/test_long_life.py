"""A month of a thousand accounts, faults sprinkled in: nothing is wrong, and nothing grows."""

import gc
import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import BytesIO, TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from events_tracker.app import passes
from events_tracker.app.app import App, counts_source
from events_tracker.base import limits
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import DeliveryError, Retry
from events_tracker.base.times import DAY, HOUR, MINUTE, Instant, Span, iso
from events_tracker.cli import cli
from events_tracker.model.deliveries import Injections, Message
from events_tracker.segware import Segware
from events_tracker.settings import Settings
from tests.reliability.hours_recount import Happened
from tests.reliability.month_recount import Key, Recount
from tests.reliability.month_world import Source, World, moods
from tests.support.engines import sql
from tests.support.world import TestClock

START = 1_795_219_200_000
"""2026-11-21T00:00:00.000Z."""
SPAN = 10 * MINUTE
ACCOUNTS, EPISODES, STORM = 1_000, 40, 60
CODE = "E702"
BY_THE_MINUTE = 40 * HOUR
"""Of so long a time every minute's counts are compared: by then a break of three hours is over."""


@dataclass
class MonthApp(App):
    """One invocation, with another Segware."""

    source: Source | None = None

    def segware(self, settings: Settings, deadline: Deadline) -> Segware:
        return self.source  # type: ignore[return-value]


@dataclass
class Sender:
    """A channel. It is down now and then, and breaks off now and then."""

    channel: str
    month: "Month"

    def send(self, message: Message, deadline: Deadline) -> None:
        draw = self.month.dice.random()
        if draw < 0.02:
            raise DeliveryError(f"{self.channel} answered 500", Retry.LATER)
        if isinstance(message, Injections):
            for code in message.codes:
                self.month.injected[code] += 1
                self.month.inject(int(code) - 10_000)
        else:
            self.month.messages[self.month.clock.now() // SPAN] += 1
        if draw < 0.025:
            raise DeliveryError(f"{self.channel} broke the connection", Retry.UNKNOWN)

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class Month:
    """The stage: world, program, and the recount beside it."""

    folder: Path
    clock: TestClock = field(default_factory=lambda: TestClock(START))
    dice: random.Random = field(default_factory=lambda: random.Random(3))
    recount: Recount = field(default_factory=Recount)
    happened: Happened = field(default_factory=Happened)
    messages: Counter[int] = field(default_factory=Counter)
    injected: Counter[str] = field(default_factory=Counter)
    passes: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    opened: int = 0
    closed: int = 0
    tracker_alarms: int = 0
    sizes: list[int] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    observed_at: Instant = 0
    purged_on: int = 0
    out: BytesIO = field(default_factory=BytesIO)
    err: BytesIO = field(default_factory=BytesIO)

    def __post_init__(self) -> None:
        self.world = World(START - 4 * HOUR, ACCOUNTS, EPISODES, STORM, seed=7)
        self.source = Source(self.world)
        self.streams = TextIOWrapper(self.out, "utf-8"), TextIOWrapper(self.err, "utf-8")
        self.database = f"sqlite:///{self.folder / 'month.db'}"
        self.environ = {
            "DATABASE_URL": self.database,
            "SEGWARE_URL": "http://127.0.0.1:1",
            "SEGWARE_TOKEN": "token",
            "TRACKER_CODES": "*",
            # The recount knows one answer a moment: what is late counts at once.
            "TRACKER_SETTLE": "10m",
            "TRACKER_CLEAR_AFTER": "10m",
            "TRACKER_STALE_AFTER": "45m",
            "TRACKER_RETENTION": "2d",
            "TRACKER_REGISTER_RETENTION": "3d",
            "TRACKER_COUNTS_RETENTION": "3d",
            "WHATSAPP_ENABLED": "true",
            "CHATPRO_URL": "http://127.0.0.1:1",
            "CHATPRO_INSTANCE_ID": "instance",
            "CHATPRO_TOKEN": "token",
            "CHATPRO_RECIPIENT": "5511988887777",
            "SEGWARE_ALARM_ENABLED": "true",
            "NOTIFY_MAX_ATTEMPTS": "99",
        }

    def run(self, *arguments: str, may_fail: bool = False) -> str:
        """One command; what it printed. Into the same streams each time: click keeps every one."""
        app = MonthApp(self.environ, self.folder, self.clock, source=self.source)
        for stream in self.streams:
            stream.seek(0)
            stream.truncate()
        with redirect_stdout(self.streams[0]), redirect_stderr(self.streams[1]):
            code = cli.main([*arguments], "tracker", standalone_mode=False, obj=app)
        self.passes[arguments[0]] += 1
        for stream in self.streams:
            stream.flush()
        said = self.err.getvalue().decode()
        assert "unexpected" not in said
        assert not code or may_fail, (arguments, iso(self.clock.at), said)
        return self.out.getvalue().decode()

    def json(self, *arguments: str, may_fail: bool = False) -> Any:
        """One command; its JSON."""
        return json.loads(self.run(*arguments, "--format", "json", may_fail=may_fail))

    def step(self, now: Instant, mood: str) -> None:
        """One minute's crontab: scan, clear, notify; once a day purge."""
        self.clock.at = now
        new = self.world.upto(now)
        self.recount.happen(new)
        if now < START + BY_THE_MINUTE:
            self.happened.happen(new)
        if mood == "gone":
            return
        self.source.wake(now, mood)
        self._scan(now, mood)
        self._clear()
        self.json("notify", may_fail=True)
        if now % DAY < SPAN and now // DAY > START // DAY and self.purged_on != now // DAY:
            self.purged_on = now // DAY
            self._end_of_day(now)

    def inject(self, account: int) -> None:
        """What was injected is an event like all others."""
        event = self.world.inject(self.clock.now(), account, CODE)
        self.happened.happen([event])

    def check_hours(self) -> int:
        """Compare the kept counts with all that happened; returns the minutes that are kept."""
        app = MonthApp(self.environ, self.folder, self.clock)
        settings, span = app.settings(), Span(START, self.clock.at)
        store = app.store(settings, app.deadline(30))
        kept = store.read(lambda rows: rows.hours.read(counts_source(settings), span))
        app.close()
        cells, differing = self.happened.compared(kept)
        assert differing == []
        minutes = sum(hour.detail.minutes for hour in kept.hours)
        print(f"\n{minutes} minutes kept, {cells} counts in them, none differs")
        return minutes

    def check_replay(self) -> int:
        """Replay the rule in force over the kept counts; returns the entries that were found."""
        check = self.json("tune")["check"]
        print(f"\nreplayed: {check}")
        unexplained = [one for one in check["not_found"] if " missing on " not in one["why"]]
        assert unexplained == []
        assert check["within_minutes"] <= 2
        return int(check["found"])

    def _scan(self, now: Instant, mood: str) -> None:
        scan = self.json("scan", may_fail=mood != "well")
        self.requests += self.source.asked
        opened = {_key(alert) for alert in scan["opened"]}
        if mood == "silent":
            assert opened == set(), iso(now)
            return
        if self.source.missing:
            self.recount.scanned_in_part(now, opened)
        else:
            self.observed_at = now
            expected = self.recount.scanned(now)
            assert opened == expected, (iso(now), mood, opened ^ expected)
            wrong = {
                _key(alert): alert["quantity"]
                for alert in scan["opened"]
                if alert["quantity"] != self.recount.open[_key(alert)].quantity
            }
            assert wrong == {}, iso(now)
        self.opened += len(opened)
        shown = {_key(alert) for alert in [*scan["opened"], *scan["ongoing"], *scan["below"]]}
        assert shown == self.recount.open.keys(), (iso(now), mood)

    def _clear(self) -> None:
        closed = self.json("clear")["cleared"]
        gone = self.recount.cleared(self.observed_at, {_key(alert) for alert in closed})
        for alert in closed:
            was = gone[_key(alert)]
            assert alert["opened_at"] == iso(was.opened_at)
            assert alert["quantity"] <= alert["highest"] <= was.highest
        self.closed += len(closed)

    def _end_of_day(self, now: Instant) -> None:
        """The register of the day against the recount, then purge, and the sizes after it."""
        since = iso(now - DAY - HOUR)
        entries = self.json("history", "--since", since)
        self.tracker_alarms += sum(entry["alarm"] == "tracker" for entry in entries)
        still_open = {_key(e) for e in self.json("history", "--open") if e["alarm"] != "tracker"}
        assert still_open == self.recount.open.keys()
        self.json("purge")
        self.recount.forget(now - 3 * HOUR)
        self.sizes.append(sum(path.stat().st_size for path in self.folder.glob("month.db*")))
        gc.collect()
        self.memory.append(_resident())


def _key(alert: dict[str, Any]) -> Key:
    return alert["account_id"], alert["cuc"], alert["code"]


def _resident() -> int:
    """What this process has in memory now, in KiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


@pytest.fixture
def month(monkeypatch: pytest.MonkeyPatch) -> Iterator[Month]:
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        month = Month(Path(folder))
        monkeypatch.setattr(passes, "sender", lambda _settings, channel: Sender(channel, month))
        # What was injected is kept as long as the longest possible window may look back at it.
        monkeypatch.setattr(limits, "LONGEST_WINDOW", 4 * DAY)
        month.run("init")
        (month.folder / ".env").unlink()  # all is in the environment; reading it costs a fifth
        yield month


def report(month: Month, days: float) -> list[int]:
    """Print what it came to; returns the messages of each span of ten minutes."""
    spans = round(days * DAY) // SPAN
    first = START // SPAN
    told = [month.messages[first + span] for span in range(spans)]
    busy = sum(count > 10 for count in told)
    print(
        f"\n{days:g} days: {dict(month.passes)}, {month.requests} requests; opened {month.opened}, "
        f"closed {month.closed}, tracker {month.tracker_alarms}; "
        f"{sum(told)} messages, {sum(told) / spans:.2f} per 10 minutes, most {max(told)}, "
        f"{busy} spans of {spans} above 10"
    )
    print(f"database in KiB: {[size // 1024 for size in month.sizes]}")
    print(f"memory in MiB: {[size // 1024 for size in month.memory]}")
    return told


@pytest.mark.reliability
def test_a_few_hours_agree_with_a_recount(month: Month) -> None:
    for now, mood in moods(START, 1):
        if now >= START + 6 * HOUR:
            break
        month.step(now, mood)
    report(month, 0.25)
    # The hours that ended an hour and a quarter ago: of the first, the first scan saw nothing yet.
    assert month.check_hours() >= 4 * 60 - 5
    assert month.check_replay() > 3
    assert month.opened > 5
    assert max(month.injected.values()) >= 1


@pytest.mark.month
@pytest.mark.timeout(900)
def test_a_month_agrees_with_a_recount_and_nothing_grows(month: Month) -> None:
    for now, mood in moods(START, 30):
        month.step(now, mood)
        if now == START + BY_THE_MINUTE:
            # But for the break, all of them.
            assert month.check_hours() >= 2_400 - 3 * 60 - 3 * 60
            assert month.check_replay() > 100
    told = report(month, 30)
    assert month.opened > 500
    assert month.opened - month.closed == len(month.recount.open)
    assert sum(told) / len(told) <= 1
    assert sum(count > 10 for count in told) < len(told) / 100
    # After the two days by the minute, and the days for which they are kept, nothing grows.
    settled = 8
    assert max(month.sizes[settled:]) <= 1.1 * max(month.sizes[:settled])
    assert max(month.memory[-5:]) <= month.memory[settled] + 16 * 1024
    for table, rows in (("runs", 2_000), ("notifications", 1_000), ("slices", 400)):
        ((count,),) = sql(month.database, f"SELECT COUNT(*) FROM {table}")
        assert count <= rows, table
