"""A situation that can be set up again and again in a moment: rows, messages, events and time."""

import asyncio
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from smtplib import SMTP
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from events_tracker.base import limits
from events_tracker.simulator.simulator import Simulator
from tests.reliability.crash_stories import Story
from tests.reliability.invariants import Providers, owed
from tests.support.channels import email, injection, webhook, whatsapp
from tests.support.engines import ENGINES, connected, dump
from tests.support.kept import Kept
from tests.support.mailbox import Mailbox
from tests.support.world import Tracker


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path, kept: Kept) -> Iterator[str]:
    """As everywhere, but SQLite's file is in memory where it can be: no power is cut here."""
    if request.param != "sqlite":
        yield kept.emptied(request.param)
        return
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        yield f"sqlite:///{folder}/tracker.db"


class Snapshot:
    """Every row of a database, to be brought back."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._file = Path(database.removeprefix("sqlite:///"))
        self._bytes = self._file.read_bytes() if database.startswith("sqlite") else b""
        self._rows = {} if self._bytes else dict(dump(database))

    def restore(self) -> None:
        if self._bytes:
            for end in ("-wal", "-shm"):
                self._file.with_name(self._file.name + end).unlink(missing_ok=True)
            self._file.write_bytes(self._bytes)
            return
        with connected(self._database) as connection:
            cursor = connection.cursor()
            cursor.execute("START TRANSACTION")
            for name, rows in self._rows.items():
                if name == "schema_migrations":
                    continue
                cursor.execute(f"DELETE FROM {name}")
                if rows:
                    marks = ", ".join(["%s"] * len(rows[0]))
                    cursor.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
            cursor.execute("COMMIT")


class CountedMailbox(Mailbox):
    """A mailbox that knows how many conversations are going on."""

    def __init__(self) -> None:
        super().__init__()
        self._talking = 0
        make: Callable[[], asyncio.Protocol] = self._server.factory

        def factory() -> asyncio.Protocol:
            protocol = make()
            lost = protocol.connection_lost

            def connection_lost(error: Exception | None) -> None:
                lost(error)
                self._talking -= 1

            protocol.connection_lost = connection_lost  # type: ignore[assignment,method-assign]
            self._talking += 1
            return protocol

        self._server.factory = factory  # type: ignore[method-assign]

    def settle(self) -> None:
        """Until everybody who had called before has hung up."""
        host, _, port = self.address.rpartition(":")
        with SMTP(host, int(port)):
            pass
        until(lambda: self._talking == 0)


def until(holds: Any) -> None:
    """Wait for what comes by itself in a moment. Raises AssertionError if it does not."""
    ends = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < ends, "it does not come"
        time.sleep(0.0005)


@dataclass
class Stage:
    """Where a story is played again and again."""

    story: Story
    tracker: Tracker
    segware: Simulator
    mailbox: CountedMailbox
    database: str

    def __post_init__(self) -> None:
        self.providers = Providers(self.segware, self.mailbox)
        self.story.prepare(self.tracker, self.segware, self.database)
        self.tracker.environ |= dict(self.story.settings)
        # It says nothing here, and reading it takes longer than many a pass.
        (self.tracker.folder / ".env").write_text("")
        self._began_at = self.tracker.clock.at
        self._snapshot = Snapshot(self.database)
        events = self.segware._events
        self._events = list(zip(events._times, events._things, strict=True))
        self.owed_before = owed(self.database, "sent")

    def restore(self) -> None:
        """The beginning, once more."""
        self._snapshot.restore()
        self.tracker.clock.at = self._began_at
        self.segware._events.clear()
        self.segware._events.add(self._events)
        self.segware.heal()
        self.story.trouble(self.segware)
        self.providers.forget()

    def settle(self) -> None:
        """Until the providers have seen all that a process sent before it died."""
        server = self.segware._server
        assert server is not None
        with closing(urllib.request.urlopen(self.segware.url + "/heartbeat")):
            pass
        until(lambda: not server._connections)
        self.mailbox.settle()


@contextmanager
def every_channel(tracker: Tracker, segware: Simulator) -> Iterator[CountedMailbox]:
    """All four are on; the mailbox is that of the e-mails.

    Digests name every alert, not thirty and how many more, so that all that was told can be seen.
    A claim is so small that what is due fills several.
    """
    with CountedMailbox() as mailbox, pytest.MonkeyPatch.context() as patched:
        patched.setattr(limits, "DIGEST_LINES", 1000)
        patched.setattr(limits, "CLAIMED_SINGLY", 3)
        patched.setattr(limits, "CLAIMED_AT_ONCE", 4)
        tracker.environ |= whatsapp(segware) | webhook(segware) | injection() | email(mailbox.url)
        yield mailbox


@pytest.fixture
def stage(story: Story, tracker: Tracker, segware: Simulator, database: str) -> Iterator[Stage]:
    """The story's beginning, with every channel on."""
    with every_channel(tracker, segware) as mailbox:
        yield Stage(story, tracker, segware, mailbox, database)
