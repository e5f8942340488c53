"""A connection outlives the time of those who use it: each use brings its own deadline."""

import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from events_tracker.app.app import SystemClock
from events_tracker.base import limits
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import DeliveryError, SegwareError, SetupError, StorageError
from events_tracker.channels.webhook import Webhook
from events_tracker.model.deliveries import WebhookCall
from events_tracker.model.directory import Account
from events_tracker.segware import Server
from events_tracker.simulator.simulator import Handler, Simulator
from events_tracker.storage import open_store
from events_tracker.storage.engines.sqlite import SQLite
from tests.support.channels import WEBHOOK, WEBHOOK_SECRET
from tests.support.engines import connected, on_servers, on_sqlite
from tests.support.world import NOON, PADARIA, Tracker


def seconds(number: float) -> Deadline:
    return Deadline(SystemClock(), number)


@on_sqlite
def test_one_use_of_a_database_runs_out_of_time_and_the_next_has_time_of_its_own(
    tracker: Tracker, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events_tracker.base.limits.CTRL_C_SECONDS", 0)
    assert tracker("init").exit_code == 0
    kept = open_store(database, tmp_path)
    with connected(database) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="is locked by another process"):
            kept.within(seconds(0)).update(lambda rows: rows.runs.next_scan())
    assert kept.within(seconds(30)).update(lambda rows: rows.runs.next_scan()) == 1
    kept.close()


def test_that_a_database_which_is_away_is_waited_for_is_said_once(
    tracker: Tracker, tmp_path: Path
) -> None:
    waited: list[str] = []
    away = open_store("mysql://u@127.0.0.1:1/t", tmp_path, waiting=waited.append)
    tracker.clock.speed = 20.0
    with pytest.raises(StorageError, match="cannot be reached"):
        away.within(Deadline(tracker.clock, 60)).read(lambda rows: rows.triggers.count())
    (said,) = waited
    assert said.startswith("waiting for the database at mysql://127.0.0.1:1 (up to ")


@on_servers
def test_no_process_is_started_to_connect(database: str, tmp_path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from events_tracker.app.app import SystemClock
from events_tracker.base.deadline import Deadline
from events_tracker.storage import open_store

def refuse(event, _):
    assert event not in ("subprocess.Popen", "os.fork", "os.posix_spawn"), event

sys.addaudithook(refuse)
store = open_store({database!r}, Path()).within(Deadline(SystemClock(), 30))
store.upgrade({NOON})
"""
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, timeout=60, check=True)


@on_sqlite
def test_a_database_that_was_put_in_place_of_another_is_used_from_then_on(
    tracker: Tracker, database: str, tmp_path: Path, initialised: None
) -> None:
    kept = open_store(database, tmp_path)
    assert kept.within(seconds(30)).update(lambda rows: rows.runs.next_scan()) == 1
    for file in tmp_path.glob("tracker.db*"):
        file.rename(file.with_name(file.name.replace("tracker", "aside")))
    with pytest.raises(SetupError, match="there is no database yet"):
        kept.within(seconds(30)).update(lambda rows: rows.runs.next_scan())
    assert tracker("init").exit_code == 0
    assert kept.within(seconds(30)).update(lambda rows: rows.runs.next_scan()) == 1
    kept.close()


@on_sqlite
def test_uses_of_a_database_one_after_the_other_share_its_connection(
    tracker: Tracker,
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    initialised: None,
) -> None:
    made: list[SQLite] = []
    connect = SQLite.connect

    def connect_and_note(engine: SQLite) -> None:
        made.append(engine)
        connect(engine)

    monkeypatch.setattr(SQLite, "connect", connect_and_note)
    kept = open_store(database, tmp_path)
    for _ in range(3):
        assert kept.within(seconds(30)).read(lambda rows: rows.triggers.count()) == 0
    kept.close()
    assert len(made) == 1


def test_one_question_to_segware_runs_out_of_time_and_the_next_has_time_of_its_own(
    segware: Simulator,
) -> None:
    server = Server(segware.url, segware.token)
    late = server.within(seconds(0))
    with pytest.raises(SegwareError, match="before the pass ran out of time"):
        late.account(PADARIA, NOON)
    assert isinstance(server.within(seconds(30)).account(PADARIA, NOON), Account)
    with pytest.raises(SegwareError, match="before the pass ran out of time"):
        late.account(PADARIA, NOON)
    server.close()


def test_that_segware_keeps_somebody_waiting_is_told_once(
    segware: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SEGWARE_WAIT_NOTICED_SECONDS", 0.01)
    said: list[str] = []
    told = threading.Event()

    def tell(text: str) -> None:
        said.append(text)
        told.set()

    def wait(handler: Handler) -> None:
        assert told.wait(30)
        handler.send(handler.normal_reply())

    segware.fail_always("/v5/accounts", wait)
    server = Server(segware.url, segware.token, tell)
    for _ in range(2):
        assert server.within(seconds(60)).account(PADARIA, NOON).id == PADARIA
    server.close()
    waited = rf"waiting for Segware at {segware.url} \(up to [3-6]\d s more; Ctrl-C ends it\)…"
    assert [bool(re.fullmatch(waited, text)) for text in said] == [True]


def test_one_message_runs_out_of_time_and_the_next_has_time_of_its_own(segware: Simulator) -> None:
    channel = Webhook(segware.url + WEBHOOK, WEBHOOK_SECRET)
    call = WebhookCall("0123", b"{}", NOON)
    with pytest.raises(DeliveryError, match="before the pass ran out of time"):
        channel.send(call, seconds(0))
    channel.send(call, seconds(30))
    channel.close()
    assert len(segware.received(WEBHOOK)) == 1
